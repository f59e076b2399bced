using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Why the barrier of a store did not tell the collector of what was stored: it was not there, it decided to do nothing, or it did
/// not do all of it.</summary>
internal sealed class BarrierQuestion(Witness witness)
{
    /// <summary>So many other barriers are compared with one.</summary>
    private const int PeersMax = 60;

    private readonly FlagHistory history = new(witness);

    /// <param name="store">The event that wrote the slot.</param>
    public Verdict Of(Edge edge, long store)
    {
        var begin = Math.Max(1, witness.Around(store, EventKind.OperationBegin));
        var target = witness.Dealings.With(edge.Target, begin, store);
        var holder = edge.Holder is { } h ? witness.Dealings.With(h, begin, store) : [];
        var barrier = holder.Concat(target).Where(d => d.Kind == EventKind.Barrier).Select(d => d.Number).DefaultIfEmpty(0).Max();
        var stored = new ChainLink(store, ChainRole.Origin, $"{witness.What(store)}: makes {edge.Name} name {witness.NameOf(edge.Target, store)}");
        if (barrier == 0)
            return new Verdict(store, $"{witness.What(store)}: no barrier ran for this store", "the store had no barrier");
        if (witness.Event(barrier).Event.D == 0)
            return Idle(edge, barrier).With(stored);
        // An object on the list of those with cards: the barrier set others than it should have.
        var isOnCardList = edge.Holder is { } carded && witness.IsOnCardList(carded, store);
        var last = isOnCardList ? barrier : holder.Concat(target).Where(d => d.Number >= barrier && d.Number < store).Max(d => d.Number);
        return new Verdict(
            last, last == barrier
                ? $"{witness.What(barrier)}: the barrier decides to act, and nothing follows"
                : $"{witness.What(last)}: the last that the barrier at event {barrier} does, and it is not enough",
            "the barrier decided to act and did not do all of it").With(stored);
    }

    /// <summary>The barrier decided to do nothing: by a flag, and that has a history.</summary>
    private Verdict Idle(Edge edge, long barrier)
    {
        var decided = new Verdict(barrier, $"{witness.What(barrier)}: the barrier does nothing{(witness.ReasonOf(barrier) is { Length: > 0 } reason ? $" ({reason})" : "")}", "the barrier of the store decided to do nothing");
        foreach (var (o, flag) in Deciding(barrier))
        {
            var view = witness.ViewAt(barrier);
            if (view.Object(o.Number, o.IsRuntime) is not { } subject)
                continue;
            var state = subject.Read(flag).Value != 0 ? "set" : "clear";
            var text = $"{flag.Name} of {subject} is {state}";
            var changed = history.Since(o, flag, barrier);
            if (changed == 0)
                return decided with { What = $"{decided.What}: {text}" };
            decided = decided with { What = $"{decided.What}: {text}, since event {changed}", Why = $"the barrier of the store decided to do nothing, for {flag.Name} was {state}" };
            return history.Of(o, flag, barrier, isUntold: true) is { } earlier
                ? earlier.With(new ChainLink(barrier, ChainRole.Precondition, decided.What))
                : decided.With(new ChainLink(changed, ChainRole.Precondition, $"{witness.What(changed)}: since then {text}"));
        }

        return decided;
    }

    /// <summary>Flags that may have decided, the likeliest first: those that the reason names, then those that are otherwise wherever barriers
    /// act.</summary>
    private IEnumerable<(ObjectName Object, Field Flag)> Deciding(long barrier)
    {
        var subjects = Subjects(barrier);
        var reason = witness.ReasonOf(barrier);
        var named = subjects.SelectMany(s => s.Flags.Where(f => reason.Contains(f.Flag.Name, StringComparison.Ordinal)).Select(f => (s.Object, f.Flag))).ToList();
        if (named.Count > 0)
            return named;
        var acting = Peers(barrier).Select(n => Subjects(n).FirstOrDefault()).Where(s => s.Flags is not null).ToList();
        if (acting.Count == 0)
            return [];
        return subjects.SelectMany(s => s.Flags.Where(f => acting.All(a => a.Flags.All(o => o.Flag.Name != f.Flag.Name || o.IsSet != f.IsSet))).Select(f => (s.Object, f.Flag)));
    }

    /// <summary>Barriers that act, near one that does not.</summary>
    private IEnumerable<long> Peers(long barrier) => witness.Nearest(barrier, default(ActingBarrier), PeersMax).Order();

    /// <summary>The objects that a barrier looks at, with their flags: the one stored into, and another whose header it reads. Marks are
    /// for marking.</summary>
    private List<(ObjectName Object, List<(Field Flag, bool IsSet)> Flags)> Subjects(long barrier)
    {
        var e = witness.Event(barrier).Event;
        // As it found them: what an acting one changes is not what it went by.
        var view = witness.ViewAt(barrier - 1);
        var marks = Witness.MarkNames(view);
        var found = new List<(ObjectName, List<(Field, bool)>)>();
        foreach (var address in new[] { e.A, e.B }.Distinct())
        {
            if (view.ObjectAt(new Address(address)) is { } o)
                found.Add((new ObjectName(o.Number, o.IsRuntime), [.. o.Fields.Where(f => f.Role == FieldRole.Flag && !marks.Contains(f.Field.Name)).Select(f => (f.Field, f.Value != 0))]));
        }

        return found;
    }

    private readonly struct ActingBarrier : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Barrier && block.D[index] != 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.Barrier) != 0;
    }
}
