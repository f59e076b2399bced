using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Most of what is in memory is garbage that a finished collection came across and let live: it still carried a mark of a cycle before.</summary>
internal sealed class KeptByMark(Inquiry inquiry)
{
    /// <summary>So many dead objects stand for all.</summary>
    private const int SamplesMax = 40;

    private readonly Witness witness = inquiry.Witness;
    private readonly Dictionary<long, (long Begin, HeldMemory Held)> cycles = [];

    /// <summary>Ends the chain where the mark should have been taken off; false when most of the garbage was reached when marking last began.</summary>
    public bool Explains(HeldMemory held, long position)
    {
        var dead = held.Dead.ToList();
        var step = Math.Max(1, dead.Count / SamplesMax);
        var samples = dead.Where((_, i) => i % step == 0).Select(i => new ObjectName(held.Census.Objects[i].Number, false)).ToList();
        var kept = samples.Select(o => Passed(o, position)).OfType<Kept>().ToList();
        if (kept.Count * 2 <= samples.Count)
            return false;
        var first = kept.Find(k => k.Cause > 0) ?? kept[0];
        var (text, amount) = (witness.NameOf(first.Object, first.Sweep - 1), $"{HeldMemory.Text(held.Garbage)} in {dead.Count} objects");
        inquiry.Add(first.Begin, ChainRole.Evidence, $"marking begins, and nothing keeps {text} any more", first.Object.Number);
        if (first.Cause == 0)
        {
            inquiry.End(new ChainLink(first.Sweep, ChainRole.Decision, $"{text} is let live, though nothing kept it when marking began at event {first.Begin}") { Objects = [first.Object.Number] });
            inquiry.Summary = Telling.Sentences(inquiry, $"{amount} are garbage that a collection came across and let live, such as {text} in event {first.Sweep}");
            return true;
        }

        inquiry.Add(first.Sweep, ChainRole.Consequence, $"comes across {text} and lets it live: {first.Mark} is set, and has been since event {first.Set}", first.Object.Number);
        var isLeft = first.Cause != first.Set;
        if (isLeft)
            inquiry.Add(first.Set, ChainRole.Precondition, $"sets {first.Mark} of {text}, which is reached by then", first.Object.Number);
        var fact = isLeft ? $"lets {text} live and leaves {first.Mark} set" : $"sets {first.Mark} of {text} when no marking is under way";
        inquiry.End(new ChainLink(first.Cause, ChainRole.Decision, $"{fact}: each collection to come takes it for reached") { Objects = [first.Object.Number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{amount} are garbage that no collection will free: {Clause.Event(inquiry, first.Cause)} {fact}, so that event {first.Sweep} took it for reached though nothing kept it");
        return true;
    }

    /// <summary>How the last sweep let an object live that was garbage before the marking of its cycle began; null when it did not.</summary>
    private Kept? Passed(ObjectName o, long position)
    {
        var sweeps = witness.Dealings.With(o, inquiry.Debugger.Timeline.Start + 1, position).Where(d => d.Kind is EventKind.Sweep or EventKind.Unmark).Select(d => d.Number).ToList();
        if (sweeps is not [.., var sweep] || Cycle(sweep) is not var (begin, before) || before.IndexOf(o.Number) is not (>= 0 and var index) || before.Reached[index])
            return null;
        var view = witness.ViewAt(sweep - 1);
        if (view.Object(o.Number, o.IsRuntime) is not { } there)
            return null;
        var set = Witness.MarksOf(view, there).Where(m => there.Read(m).Value != 0)
            .Select(m => (m.Name, Event: witness.LastChange(there.Address + m.Offset, m, sweep - 1))).DefaultIfEmpty().MaxBy(m => m.Event);
        if (set.Event == 0 || set.Event >= begin || !Telling.IsKnown(inquiry, set.Event))
            return new Kept(o, sweep, begin, "", 0, 0);
        var left = sweeps.Find(s => s > set.Event && s < begin);
        return new Kept(o, sweep, begin, set.Name, set.Event, left > 0 ? left : set.Event);
    }

    /// <summary>Where the marking of the cycle began in which an event sweeps, and who had the memory then; null when that is not in the trace.</summary>
    private (long Begin, HeldMemory Held)? Cycle(long sweep)
    {
        if (!witness.IsSweeping(sweep - 1) || witness.LastPhaseChange(sweep - 1) is not (> 1 and var swept))
            return null;
        if (cycles.TryGetValue(swept, out var known))
            return known;
        var begin = swept;
        while (begin > inquiry.Debugger.Timeline.Start + 1 && witness.IsMarking(begin - 1))
            begin = witness.LastPhaseChange(begin - 1);
        if (begin == swept || !Telling.IsKnown(inquiry, begin))
            return null;
        return cycles[swept] = (begin, HeldMemory.Of(witness.ViewAt(begin - 1)));
    }

    /// <param name="Sweep">Let it live.</param>
    /// <param name="Begin">The marking before that.</param>
    /// <param name="Set">Set the mark before that; 0 when the mark is of this cycle.</param>
    /// <param name="Cause">Should have taken it off, or should not have set it.</param>
    private sealed record Kept(ObjectName Object, long Sweep, long Begin, string Mark, long Set, long Cause);
}
