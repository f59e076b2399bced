using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Judges an assertion that failed while every declared invariant held: either an event made the state that it complains of and should
/// not have, or nothing is lost and the assertion is wrong.</summary>
internal sealed class AssertionReasoner : IReasoner
{
    private const int TargetsMax = 4;

    public bool Takes(Inquiry inquiry) => inquiry is { Corruption: null, Failure.Kind: "assertion" }
        && Telling.IsKnown(inquiry, inquiry.Failure.Event) && inquiry.Debugger.Timeline.EventAt(inquiry.Failure.Event).Kind == EventKind.Assertion;

    public void Explain(Inquiry inquiry)
    {
        var failed = inquiry.Failure!.Event;
        if (BrokenPromise.Explains(inquiry, failed) || Waiting.Explains(inquiry))
            return;
        var about = new Address(inquiry.Debugger.Timeline.EventAt(failed).Event.A);
        var there = inquiry.At(failed);
        if (there.View.ObjectAt(about) is { IsRuntime: false } o)
        {
            if (o.IsLive && OfLists(inquiry, o, failed))
                return;
            there = inquiry.At(failed);
            if (o.IsLive && IsFalseAlarm(there.View, o))
                OfFalseAlarm(inquiry, o);
            else if (!OfEdge(inquiry, o, failed))
                OfObject(inquiry, o.Number, about, failed);
        }
        else if (there.View.InstanceAt(about) is { } instance)
        {
            if (!FullContainer.Explains(inquiry, instance, failed) && !InUse.Explains(inquiry, instance, failed) && !StuckObjects.Explains(inquiry, failed))
                OfStruct(inquiry, instance, failed);
        }
    }

    /// <summary>The object is not on a list that its flags stand for; false when lists and flags agree.</summary>
    private static bool OfLists(Inquiry inquiry, ObjectView o, long failed)
    {
        var (witness, name) = (inquiry.Witness, new ObjectName(o.Number, false));
        var access = StaleReasoner.Interrupted(inquiry.At(failed));
        var (reason, marks) = (witness.ReasonOf(failed), Witness.MarkNames(witness.ViewAt(failed)));
        var isAbout = witness.IsDealing(name, access);
        var flags = o.Layout.Fields.Where(f => f.Meanings is [{ Role: FieldRole.Flag }] && !marks.Contains(f.Name)).ToList();
        var named = flags.Where(f => reason.Contains(f.Name, StringComparison.Ordinal)).ToList();
        var history = new FlagHistory(witness);
        var odd = named.Count > 0 ? named
            : isAbout && o.References.Any(r => r.IsOwned) ? new Precedent(witness).OddFlags(access).Where(f => !marks.Contains(f.Name) && history.StandsForList(f, access)).ToList()
            : [];
        var verdict = Immortals.Unlisted(witness, name, failed) ?? MarkedTooLong(witness, name, access - 1) ?? odd.Select(f => history.Of(name, f, access - 1, isUntold: false)).FirstOrDefault(v => v is not null);
        if (verdict is null || !Telling.IsKnown(inquiry, verdict.Event))
            return false;
        foreach (var link in verdict.Before)
            inquiry.Add(link);
        Finish(inquiry, verdict.Event, verdict.Why, [name.Number]);
        return true;
    }

    /// <summary>The object carries a mark in a phase in which none does.</summary>
    private static Verdict? MarkedTooLong(Witness witness, ObjectName o, long number) =>
        witness.ViewAt(number) is var view && view.WholePhase is { } phase && view.Tracing.UnmarkedPhases.Contains(view.PhaseName(phase)) ? StaleMark.Of(witness, o, number) : null;

    /// <summary>A struct of the runtime is not as the assertion expects: an event did otherwise than its peers, or was the last to write a field that
    /// the assertion names or that was otherwise each other time.</summary>
    private static void OfStruct(Inquiry inquiry, StructInstance instance, long failed)
    {
        var (precedent, reason) = (new Precedent(inquiry.Witness), inquiry.Witness.ReasonOf(failed));
        var fields = instance.Layout.Fields.Where(f => reason.Contains(f.Name, StringComparison.Ordinal)).OrderByDescending(f => f.Name.Length).Take(1).ToList();
        List<Address> words = [.. fields.Select(f => instance.Address + f.Offset)];
        if (precedent.LastOfStruct(instance, words, failed) is { } deviation)
        {
            inquiry.Add(deviation.Peer, ChainRole.Evidence, $"one that does: {Clause.Of(inquiry, deviation.Peer)}");
            Finish(inquiry, deviation.Event, deviation.Message, []);
            return;
        }

        if (fields.Count == 0)
            fields = [.. precedent.OddFields(instance, StaleReasoner.Interrupted(inquiry.At(failed)))];
        if (fields.Select(f => (Field: f, Event: inquiry.Debugger.Words.LastWrite(instance.Address + f.Offset, failed - 1, progress: inquiry.Progress)?.Number ?? 0)).DefaultIfEmpty().MaxBy(w => w.Event) is { Event: > 0 } last
            && Telling.IsKnown(inquiry, last.Event))
        {
            Finish(inquiry, last.Event, $"was the last to write {last.Field.Name}, which {(reason.Length > 0 ? "the assertion looked at" : "is what it never was at this place")}", []);
        }
    }

    /// <summary>Whether it looked at colours, nothing black refers to what is white, and all that the program can reach is marked or will be.</summary>
    private static bool IsFalseAlarm(HeapView view, ObjectView o) =>
        GroundTruth.IsKnown(view) && o.Colour == Colour.Black && NotBlack(view, o).ToList() is { Count: > 0 } targets && targets.TrueForAll(t => t.Target.Colour != Colour.White) && view.IsReachable(o) && GroundTruth.Ask(view).Lost.Count == 0;

    private static IEnumerable<(Reference Reference, ObjectView Target)> NotBlack(HeapView view, ObjectView o) =>
        o.References.Where(r => r.IsOwned).Select(r => (r, Target: view.ObjectAt(r.Target))).Where(r => r.Target is { IsLive: true, Colour: not Colour.Black }).Select(r => (r.r, r.Target!));

    private static void OfFalseAlarm(Inquiry inquiry, ObjectView o)
    {
        var failed = inquiry.Failure!.Event;
        var view = inquiry.At(failed).View;
        var (number, text) = (o.Number, o.ToString());
        var targets = NotBlack(view, o).Take(TargetsMax).Select(t => (t.Reference.Slot, t.Reference.Name, t.Target.Number, t.Target.Address, Text: t.Target.ToString(), Colour: t.Target.Colour.ToString().ToLowerInvariant())).ToList();
        foreach (var target in targets)
        {
            if (inquiry.Debugger.Words.LastWrite(target.Slot, failed, progress: inquiry.Progress) is { } write && Telling.IsKnown(inquiry, write.Number))
                inquiry.Add(write.Number, ChainRole.Origin, $"{text}.{target.Name} names {target.Text} from here on", number, target.Number);
            var test = new Pushes(target.Address.Value);
            var pushed = new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(failed, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
            if (pushed > 0)
                inquiry.Add(pushed, ChainRole.Evidence, $"{target.Text} is {target.Colour} since it waits here to be visited", target.Number);
        }

        var seen = string.Join(" and ", targets.Select(t => $"{t.Colour} {t.Text} through {t.Name}"));
        inquiry.End(new ChainLink(failed, ChainRole.Decision, $"the assertion is wrong: black {text} refers to {seen}, which marking will still visit; nothing is lost") { Objects = [number, .. targets.Select(t => t.Number)] });
        inquiry.Summary = Telling.Sentences(inquiry, $"the assertion is wrong and nothing is lost: black {text} refers to {seen}, which {(targets.Count == 1 ? "waits" : "wait")} to be visited");
    }

    /// <summary>It looked at colours and was right: the reference from black to white is one of which the collector was not told.</summary>
    private static bool OfEdge(Inquiry inquiry, ObjectView o, long failed)
    {
        var view = inquiry.At(failed).View;
        if (!o.IsLive || !GroundTruth.IsKnown(view) || o.Colour != Colour.Black)
            return false;
        var lost = GroundTruth.Ask(view).Lost.Select(l => l.Number).ToHashSet();
        if (NotBlack(view, o).Where(t => t.Target.Colour == Colour.White).OrderBy(t => lost.Contains(t.Target.Number) ? 0 : 1).FirstOrDefault() is not { Target: { } target } white)
            return false;
        var edge = Edge.At(view, white.Reference.Slot, new ObjectName(target.Number, false));
        var (from, to, through) = (o.ToString(), target.ToString(), white.Reference.Name);
        if (new LostTrail(inquiry.Witness).NotTold(edge, failed, false) is not { } verdict)
            return false;
        foreach (var link in verdict.Before)
            inquiry.Add(link);
        inquiry.End(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What) { Objects = [o.Number, target.Number] });
        inquiry.Summary = Telling.Sentences(inquiry, $"black {from} refers to white {to} through {through}, of which the collector was not told (event {verdict.Event}: {verdict.Why})");
        return true;
    }

    /// <summary>The object is not in the state that the assertion expects: an event about it did otherwise than its peers, or the last to touch
    /// its flags or to put it where it was found.</summary>
    private static void OfObject(Inquiry inquiry, ulong number, Address address, long failed)
    {
        var text = inquiry.At(failed).View.Object(number)?.ToString() ?? $"#{number}";
        var life = Telling.LifeOf(inquiry, number);
        var first = Math.Max(life?.Birth ?? 0, inquiry.Debugger.Timeline.Start) + 1;
        // What the event at work had done already when it met the assertion is not what the assertion looked at.
        var last = StaleReasoner.Interrupted(inquiry.At(failed)) - 1;
        if (StayPrecedent.Of(inquiry, address, last + 1) is { } odd)
        {
            inquiry.Add(odd.Peer, ChainRole.Evidence, $"one that does: {Clause.Of(inquiry, odd.Peer)}");
            Finish(inquiry, odd.Event, odd.Message, [number]);
            return;
        }

        var words = FlagWords(inquiry, number, failed);
        foreach (var word in words)
        {
            if (new Precedent(inquiry.Witness).LastOfWord(address, word, first, last) is not { } deviation)
                continue;
            inquiry.Add(deviation.Peer, ChainRole.Evidence, $"one that does: {Clause.Of(inquiry, deviation.Peer)}");
            Finish(inquiry, deviation.Event, deviation.Message, [number]);
            return;
        }

        var written = words.Select(w => inquiry.Debugger.Words.LastWrite(w, last, progress: inquiry.Progress)?.Number ?? 0).DefaultIfEmpty(0).Max();
        var test = new Pushes(address.Value);
        var pushed = new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(last, first, ref test, inquiry.Progress);
        var cause = Math.Max(written, pushed);
        if (!Telling.IsKnown(inquiry, cause))
            return;
        var released = Treatment.EndOf(inquiry, address, cause, last + 1);
        if (released > cause)
            inquiry.Add(cause, ChainRole.Precondition, $"{text} is left as the assertion found it", number);
        Finish(
            inquiry, Math.Max(released, cause),
            released > cause ? $"is the last that was done with {text}, which stayed as the assertion found it"
                : cause == pushed && pushed != written ? $"put {text} where the assertion found it, and left its flags as they were"
                : $"was the last to set the flags of {text} before the assertion looked at them",
            [number]);
    }

    private static List<Address> FlagWords(Inquiry inquiry, ulong number, long position) =>
        inquiry.At(position).View.Object(number) is { } o
            ? [.. o.Layout.Fields.Where(f => f.Meanings is [{ Role: FieldRole.Flag }]).Select(f => o.Address + f.Offset).Distinct()]
            : [];

    private static void Finish(Inquiry inquiry, long cause, string message, ulong[] objects)
    {
        inquiry.End(new ChainLink(cause, ChainRole.Decision, message) { Objects = objects });
        inquiry.Summary = Telling.Sentences(inquiry, $"{Clause.Event(inquiry, cause)} {message}");
    }

    private readonly struct Pushes(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.Push && block.B[index] == address;

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));
    }
}
