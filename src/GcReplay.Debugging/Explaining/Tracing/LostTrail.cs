using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Why a collector that knew one end of a reference lost the other: the slot was not visited, what it named was not kept when it was,
/// or the barrier of the store did not tell.</summary>
/// <remarks>What was left out has no event of its own. It belongs to the last thing that was done with the object before it was forgotten.</remarks>
internal sealed class LostTrail(Witness witness)
{
    /// <summary>So many events at which things may have changed are looked at.</summary>
    private const int CandidatesMax = 400;

    private readonly BarrierQuestion barriers = new(witness);
    private readonly RootGap roots = new(witness);

    /// <summary>Why marking did not reach the target.</summary>
    /// <param name="from">The cycle begins behind this event.</param>
    /// <param name="to">Marking ends with this event.</param>
    public Verdict NotMarked(Edge edge, long from, long to)
    {
        var dealings = Real(witness.Dealings.With(edge.Target, from + 1, to));
        if (ColourAt(edge.Target, to) == Colour.Grey && dealings.Count > 0)
            return Dropped(edge, dealings.LastOrDefault(d => !d.IsIdle, dealings[^1]).Number);
        var stored = LastStore(edge, to, from);
        if (edge.Holder is null)
        {
            var seen = dealings.LastOrDefault(d => d.Number > stored && d.IsVisitOf(edge.Root));
            if (seen.Number == 0)
                return Immortals.Unlisted(witness, edge.Target, to) ?? roots.NotVisited(edge, Math.Max(from, stored), to);
            if (new Precedent(witness).Around(seen.Number, edge.Target) is { } missing)
                return LeftOut(seen.Number, missing);
            var isGrey = dealings.Any(d => d.Number > seen.Number && ColourAt(edge.Target, d.Number) == Colour.Grey);
            return Dropped(edge, isGrey ? dealings.Last(d => !d.IsIdle).Number : LastOfBurst(edge, seen.Number));
        }

        if (Immortals.IsExempt(witness, edge.Holder.Value, to) && LastStore(edge, to, 1) is > 0 and var untold)
            return barriers.Of(edge, untold);
        if (from > 0 && StaleMark.Of(witness, edge.Holder.Value, to, from) is { } stale)
            return stale;
        var flip = Flip(edge, from, to, IsBlackToWhite);
        return flip == 0 ? Unknown(edge, dealings, to) : AfterFlip(edge, flip, from, to, false);
    }

    /// <summary>Why a collection that empties a space did not move or keep the target, or did not update the slot.</summary>
    /// <param name="from">The event that begins it.</param>
    /// <param name="to">The last event at which it could have.</param>
    public Verdict NotKept(Edge edge, long from, long to)
    {
        var visits = VisitsOf(edge, from, to);
        if (visits.Count > 0)
        {
            var dealings = witness.Dealings.With(edge.Target, from, to);
            var isMoved = dealings.Any(d => d.Kind == EventKind.Move);
            var visit = isMoved ? visits[^1] : visits.FirstOrDefault(v => v.Event.D != 0, visits[^1]);
            return new Verdict(
                visit.Number,
                isMoved
                    ? $"{witness.What(visit.Number)}: the slot goes on naming the place that {witness.NameOf(edge.Target, visit.Number)} left"
                    : $"{witness.What(visit.Number)}: {witness.NameOf(edge.Target, visit.Number)} is neither moved nor kept after it",
                isMoved ? $"{edge.Name} was visited and not updated" : $"{edge.Name} was visited, and what it names was not kept");
        }

        if (edge.Holder is not { } holder)
            return roots.NotVisited(edge, from, to);
        var handled = Real(witness.Dealings.With(holder, from, to)).TakeWhile(d => d.Kind != EventKind.Sweep).ToList();
        if (handled.FirstOrDefault(d => d.Kind == EventKind.Pop && witness.IsOnCardList(holder, d.Number - 1)).Number is > 0 and var popped
            && witness.ViewAt(popped - 1).Object(holder.Number, holder.IsRuntime) is { } carded && !HasCard(carded, edge.SlotAt(witness, popped - 1))
            && LastStore(edge, from, 1) is > 0 and var stored)
            return barriers.Of(edge, stored);
        if (handled.Any(d => !d.IsIdleVisit))
            return NotLookedAt(edge, handled);
        var flip = Flip(edge, 0, from - 1, IsForgottenYoung);
        return flip == 0 ? Unknown(edge, [], from) : AfterFlip(edge, flip, 0, from, true);
    }

    /// <summary>Why a reference that a barrier or a list should tell the collector of is not told of after an event.</summary>
    public Verdict NotTold(Edge edge, long number, bool isAboutYoung)
    {
        if (!isAboutYoung && Immortals.Unlisted(witness, edge.Target, number) is { } unmarked)
            return unmarked;
        if (!isAboutYoung && edge.Holder is { } holder && Immortals.IsExempt(witness, holder, number) && LastStore(edge, number, 1) is > 0 and var stored)
            return barriers.Of(edge, stored);
        Func<Edge, long, bool> isBad = isAboutYoung ? IsForgottenYoung : IsBlackToWhite;
        var flip = Flip(edge, 0, number, isBad);
        return flip == 0 ? Unknown(edge, witness.Dealings.With(edge.Target, 1, number), number) : AfterFlip(edge, flip, 0, number, isAboutYoung);
    }

    private Verdict AfterFlip(Edge edge, long flip, long from, long to, bool isAboutYoung)
    {
        var e = witness.Event(flip);
        if (e.Kind is not (EventKind.Move or EventKind.Visit) && witness.Writes(flip, edge.SlotAt(witness, flip)))
            return barriers.Of(edge, flip);
        var isMoved = edge.Holder is { } listed && (isAboutYoung ? witness.IsRemembered(listed, flip - 1) && !witness.IsRemembered(listed, flip) : e.Kind is EventKind.Counters or EventKind.Splice
            && ColourAt(listed, flip - 1) != ColourAt(listed, flip));
        if (isMoved && isAboutYoung && e.Kind is not (EventKind.Pop or EventKind.Unlink) && TakenForDead(edge.Holder!.Value, flip) is { } unmarked)
            return unmarked;
        if (edge.Holder is { } holder && (isMoved || witness.IsDealing(holder, flip)))
        {
            var begin = witness.SpanBegin(flip);
            // What leaves a list is looked at from there on; what turns black may have been looked at before.
            var isTaken = isMoved || e.Kind is EventKind.Pop or EventKind.Unlink;
            var missing = isTaken ? new Precedent(witness).Around(flip, holder) : null;
            if (isTaken && !isAboutYoung && !witness.IsOnCardList(holder, flip - 1) && witness.FirstOf(begin, flip, EventKind.PhaseBegin) is > 0 and var phase && !(missing?.Event < phase))
                return NotGreyAgain(edge, flip, phase);
            if (missing is { } step && !(isAboutYoung && step.Event < flip))
                return LeftOut(flip, step);
            var first = isTaken ? flip : Math.Max(from + 1, begin);
            var handled = Real(witness.Dealings.With(holder, first, Math.Min(to, witness.SpanEnd(flip))));
            return handled.Count == 0 ? Dropped(edge, flip) : NotLookedAt(edge, handled);
        }

        return !isAboutYoung && edge.Holder is { } marked && witness.CycleBegin(flip) is > 0 and var cycle && StaleMark.Of(witness, marked, flip, cycle) is { } stale ? stale : Dropped(edge, flip);
    }

    /// <summary>Why marking did not reach an object that was taken off a list for that, although the program can reach it.</summary>
    private Verdict? TakenForDead(ObjectName o, long flip)
    {
        var end = flip - 1;
        var view = witness.ViewAt(end);
        if (view.Object(o.Number, o.IsRuntime) is not { IsLive: true, Colour: Colour.White } there || !view.IsReachable(there))
            return null;
        var edges = LostEdges.To(view, o.Number, entry => view.ColourOf(entry) == Colour.Black);
        return edges.Count == 0 ? null : NotMarked(edges[0], witness.CycleBegin(end), end)
            .With(new ChainLink(flip, ChainRole.Precondition, $"{witness.What(flip)}: {witness.NameOf(o, flip)} is taken off its list, for it is white"));
    }

    /// <summary>What others had done to them was not done to an object.</summary>
    private Verdict LeftOut(long flip, Deviation missing) => new Verdict(
        missing.Event, $"{witness.What(missing.Event)}: {missing.Message}", $"the step was left out that event {missing.Peer} takes for another object")
        .With(new ChainLink(flip, ChainRole.Precondition, $"{witness.What(flip)}: the object is off its list from here on"));

    /// <summary>The holder was handled, but not the slot.</summary>
    private Verdict NotLookedAt(Edge edge, List<Dealing> handled)
    {
        var sweep = handled.FindIndex(d => d.Kind == EventKind.Sweep);
        if (sweep > 0)
            handled = handled[..sweep];
        if (handled.LastOrDefault(d => d.IsHolder && d.IsVisitOf(edge.SlotAt(witness, d.Number))) is { Number: > 0 } visit)
        {
            var last = LastOfBurst(edge, visit.Number);
            return new Verdict(last, $"{witness.What(last)}: the last that is done about {edge.Name} when it is visited, and it is not enough", $"{edge.Name} was visited, and the collector forgot about it");
        }

        var cause = Begin(edge, handled);
        var isScanned = handled.Any(d => d.IsScan || d.IsHolder && d.Kind == EventKind.Visit);
        return new Verdict(
            cause.Number,
            isScanned
                ? $"{witness.What(cause.Number)}: its slots are looked at from here on, and {edge.Name} is left out"
                : $"{witness.What(cause.Number)}: the last that is done with the object; its slots are never looked at",
            isScanned ? $"{edge.Name} was not visited when its object was scanned" : $"the object of {edge.Name} was handled and never scanned");
    }

    /// <summary>The event that began the scan in which the slot is missing, or the last one with an object that was never scanned.</summary>
    private Dealing Begin(Edge edge, List<Dealing> handled)
    {
        var visits = handled.Where(d => d.IsHolder && d.Kind == EventKind.Visit).ToList();
        if (visits.Count == 0)
        {
            // What turned it black, or what began that; a scan that changes nothing may only find that it was black already.
            var black = handled.FindLastIndex(d => d.IsScan && witness.Event(d.Number).ChangeCount > 0);
            // Behind its move, a visit of a slot that names it only writes the new address.
            var move = handled.LastOrDefault(d => d.Kind == EventKind.Move);
            var dealt = handled.LastOrDefault(d => !d.IsIdleVisit && (move.Number == 0 || d.Number <= move.Number || d.Kind != EventKind.Visit), handled[^1]);
            return black < 0 ? handled.LastOrDefault(d => d.Kind == EventKind.Scan, dealt)
                : black > 0 && handled[black - 1].IsScan ? handled[black - 1]
                : handled[black];
        }

        var slot = edge.SlotAt(witness, visits[^1].Number);
        var near = visits.LastOrDefault(v => v.Event.B < slot.Value, visits[^1]);
        return handled.LastOrDefault(d => d.Number < near.Number && d.Kind != EventKind.Visit, near);
    }

    /// <summary>The last event of those that follow from a visit which deals with holder or target.</summary>
    private long LastOfBurst(Edge edge, long visit)
    {
        var last = visit;
        for (var at = visit + 1; at <= witness.EventCount && witness.Event(at).Kind is not (EventKind.Visit or EventKind.Pop or EventKind.PhaseEnd or EventKind.CollectionEnd); at++)
        {
            if (witness.IsDealing(edge.Target, at) || edge.Holder is { } holder && witness.IsDealing(holder, at))
                last = at;
        }

        return last;
    }

    /// <summary>A collection empties a list which stood for grey.</summary>
    private Verdict NotGreyAgain(Edge edge, long flip, long phase) => new Verdict(
        phase, $"{witness.What(phase)}: from here on the collection takes objects off the list that counts them as grey, and the black one of {edge.Name} was not made grey before",
        $"the list that told of {edge.Name} was emptied, and its object was not made grey again")
        .With(new ChainLink(flip, ChainRole.Precondition, $"{witness.What(flip)}: the object is off its list from here on"));

    /// <summary>Without scans that only check: at their place of the code no slot is ever visited.</summary>
    private List<Dealing> Real(IReadOnlyList<Dealing> dealings) => [.. dealings.Where(d => d.Kind != EventKind.Scan || witness.IsScan(EventSort.Of(d.Event)))];

    private Verdict Dropped(Edge edge, long number) => new(
        number, $"{witness.What(number)}: the last that is done with {witness.NameOf(edge.Target, number)} before it is taken for dead",
        "the collector had it in hand and dropped it");

    private Verdict Unknown(Edge edge, IReadOnlyList<Dealing> dealings, long number)
    {
        var last = dealings.Count > 0 ? dealings[^1].Number : LastStore(edge, number, 0) is var stored and > 0 ? stored : number;
        return new Verdict(last, $"{witness.What(last)}: the last that is known of {edge.Name}", "what led to this is not in the trace");
    }

    private List<Dealing> VisitsOf(Edge edge, long from, long to) =>
        [.. witness.Dealings.With(edge.Target, from, to).Where(d => d.IsVisitOf(edge.SlotAt(witness, d.Number)))];

    /// <summary>The last event that wrote the slot; 0 when none did. One that only updates it after a move does not count.</summary>
    private long LastStore(Edge edge, long number, long first)
    {
        for (var at = number; at >= first; at--)
        {
            at = witness.Debugger.Words.LastWrite(edge.SlotAt(witness, at), at, Math.Max(1, first), witness.Progress)?.Number ?? 0;
            if (at == 0 || witness.Event(at).Kind is not (EventKind.Move or EventKind.Visit))
                return at;
        }

        return 0;
    }

    /// <summary>The last event that made something hold which holds at the end of a stretch; 0 when none did.</summary>
    private long Flip(Edge edge, long from, long to, Func<Edge, long, bool> holds)
    {
        var numbers = new SortedSet<long>();
        foreach (var dealing in edge.Holder is { } holder ? witness.Dealings.With(holder, from + 1, to) : [])
            numbers.Add(dealing.Number);
        foreach (var dealing in witness.Dealings.With(edge.Target, from + 1, to))
            numbers.Add(dealing.Number);
        for (var (at, stores) = (LastStore(edge, to, from + 1), 0); at > from && stores < CandidatesMax; at = LastStore(edge, at - 1, from + 1), stores++)
            numbers.Add(at);
        var oldest = numbers.Count > 0 ? numbers.Min : to;
        numbers.UnionWith(witness.AllOf(Math.Max(from + 1, oldest), to, EventKind.Counters, EventKind.Splice, EventKind.CollectionBegin).TakeLast(CandidatesMax));
        foreach (var number in numbers.Reverse().Take(CandidatesMax))
        {
            if (!holds(edge, number - 1))
                return number;
        }

        return 0;
    }

    private Colour ColourAt(ObjectName o, long number) => witness.ViewAt(number).Object(o.Number, o.IsRuntime)?.Colour ?? Colour.None;

    private bool IsBlackToWhite(Edge edge, long number) =>
        Ends(edge, number) is var (view, holder, target)
        && (holder is null ? edge.Holder is null : holder.Colour == Colour.Black) && target.Colour == Colour.White;

    private bool IsForgottenYoung(Edge edge, long number)
    {
        if (Ends(edge, number) is not var (view, holder, target) || holder is null || !view.IsYoung(target.Entry) || view.IsYoung(holder.Entry))
            return false;
        var tracing = view.Tracing;
        if (tracing.Remembered.Any(list => view.MembersOf(list).Contains(holder.Address.Value)))
            return false;
        return !view.MembersOf(tracing.CardList).Contains(holder.Address.Value) || !HasCard(holder, edge.SlotAt(witness, number));
    }

    private static bool HasCard(ObjectView holder, Address slot)
    {
        var items = holder.Layout.Containers.OfType<Vector>().FirstOrDefault(v => v is { ItemRole: FieldRole.Owned, IsIndirect: false });
        return items is not null && holder.Containers.OfType<CardBitsView>().Any(c => c.IsSetFor((slot - holder.Address - items.Offset) / 8));
    }

    /// <summary>The state, holder and target of a reference that is there after an event; null when it is not.</summary>
    private (HeapView View, ObjectView? Holder, ObjectView Target)? Ends(Edge edge, long number)
    {
        var view = witness.ViewAt(number);
        if (view.Object(edge.Target.Number, edge.Target.IsRuntime) is not { IsLive: true } target)
            return null;
        var holder = edge.Holder is { } h ? view.Object(h.Number, h.IsRuntime) : null;
        if (edge.Holder is not null && holder is not { IsLive: true })
            return null;
        var slot = holder is null ? edge.Root : holder.Address + edge.Offset;
        return view.TryRead(slot, out var word) && witness.Dealings.Names(new Address(word), edge.Target, number) ? (view, holder, target) : null;
    }
}
