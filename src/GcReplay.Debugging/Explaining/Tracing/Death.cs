using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Why a collection took an object for dead that the program could reach.</summary>
internal static class Death
{
    /// <param name="slot">A reference to it; on the way by which it was lost when nothing better is known.</param>
    /// <param name="at">The event that freed it or, when it lives elsewhere, the place that it left.</param>
    /// <param name="isLive">Whether it lives elsewhere.</param>
    public static Verdict? Of(Witness witness, Edge slot, long at, bool isLive)
    {
        var isSwept = !isLive && IsSwept(witness, slot.Target, at);
        var verdict = isSwept ? Swept(witness, slot, slot.Target, at) : Emptied(witness, slot, slot.Target, at, isLive);
        var asked = isSwept ? at - 1 : witness.SpanBegin(at) - 1;
        return asked > 0 && verdict is not null && Way(witness, slot.Target, asked) is { } way ? verdict.With(new ChainLink(asked, ChainRole.Evidence, way) { Objects = [slot.Target.Number] }) : verdict;
    }

    /// <summary>How the program could reach it at a position; null when it could not.</summary>
    private static string? Way(Witness witness, ObjectName o, long asked)
    {
        var view = witness.ViewAt(asked);
        return view.Object(o.Number, o.IsRuntime) is { IsLive: true } there && Reach.Way(view, there) is { Count: > 0 } way
            ? $"the program can reach {there} here: {string.Join("; ", Reach.Shown(way))}"
            : null;
    }

    /// <summary>Whether an event that freed an object was one of a sweep, not of a collection that empties a space.</summary>
    public static bool IsSwept(Witness witness, ObjectName victim, long at) =>
        witness.IsSweeping(at) && witness.ViewAt(at - 1) is var before && before.Object(victim.Number) is { } dying && !before.IsYoung(dying.Entry);

    /// <summary>Freed by a sweep.</summary>
    private static Verdict? Swept(Witness witness, Edge slot, ObjectName victim, long death)
    {
        var trail = new LostTrail(witness);
        var before = witness.ViewAt(death - 1).Object(victim.Number);
        if (before is null)
            return null;
        var place = before.Address;
        var marks = Witness.MarksOf(witness.ViewAt(death - 1), before).ToList();
        var begin = witness.LastPhaseChange(death);
        if (witness.Dealings.With(victim, Math.Max(1, begin), death).LastOrDefault(d => d.Kind == EventKind.Sweep) is { Number: > 0 } sweep
            && IsMarked(witness, sweep.Number - 1, place, marks))
            return new Verdict(sweep.Number, $"{witness.What(sweep.Number)}: it is marked, and is freed all the same", "the sweep freed an object that was marked");
        if (begin == 0)
            return null;
        if (IsMarked(witness, begin, place, marks) && marks.Select(m => witness.LastChange(place + m.Offset, m, death - 1, begin)).DefaultIfEmpty(0).Max() is var lost and > 0)
            return MarkLost(witness, lost);
        var end = witness.IsMarking(begin - 1) ? begin - 1 : begin;
        // It moved since into a place that was kept for it, and not marked.
        if (witness.ViewAt(end).ObjectAt(place) is { IsRuntime: true, IsLive: true } kept && Unmarked.Of(witness, new ObjectName(kept.Number, true), end) is { } unmarked)
            return unmarked;
        var edges = LostEdges.To(witness.ViewAt(end), victim.Number, entry => witness.ViewAt(end).ColourOf(entry) == Colour.Black);
        return trail.NotMarked(edges.Count == 0 ? slot : edges[0], witness.CycleBegin(end), end);
    }

    private static Verdict MarkLost(Witness witness, long lost) => new(
        lost, $"{witness.What(lost)}: overwrites the mark that stood where the object is from now on",
        witness.Event(lost).Kind == EventKind.Move ? "it moved into a marked place and the mark was overwritten while sweeping" : "its mark was overwritten while sweeping");

    private static bool IsMarked(Witness witness, long number, Address place, List<Field> marks)
    {
        var space = witness.ViewAt(number).Space;
        return marks.Any(m => m.Extract(space.Peek(place + m.Offset), FieldRole.Flag) != 0);
    }

    /// <summary>Freed with the space it lay in, or moved out of it while a reference went on naming it there.</summary>
    private static Verdict? Emptied(Witness witness, Edge slot, ObjectName victim, long at, bool isLive)
    {
        var trail = new LostTrail(witness);
        var begin = witness.Around(at, EventKind.CollectionBegin);
        if (begin == 0 && (begin = witness.LastOf(at, 1, EventKind.CollectionBegin)) == 0)
            return null;
        if (NotFollowed(witness, victim, begin, at) is { } unfollowed)
            return unfollowed;
        if (isLive)
            return trail.NotKept(slot, begin, at);
        var end = witness.FirstOf(at, witness.EventCount, EventKind.CollectionEnd) is var found and > 0 ? found : witness.EventCount;
        var edges = LostEdges.To(witness.ViewAt(begin - 1), victim.Number, entry => Survives(witness, entry, begin, end));
        return trail.NotKept(edges.Count > 0 ? edges[0] : slot, begin, at);
    }

    /// <summary>A visit of the place that the object had left already, which left the slot as it was.</summary>
    private static Verdict? NotFollowed(Witness witness, ObjectName victim, long begin, long at)
    {
        var dealings = witness.Dealings.With(victim, begin, at);
        var moved = dealings.FirstOrDefault(d => d.Kind == EventKind.Move);
        if (moved.Number == 0)
            return null;
        var visit = dealings.FirstOrDefault(d => d.Number > moved.Number && d.Kind == EventKind.Visit && d.Event.C == moved.Event.A && !witness.Writes(d.Number, new Address(d.Event.B)));
        return visit.Number == 0 ? null : new Verdict(
            visit.Number, $"{witness.What(visit.Number)}: the object moved away by event {moved.Number}, and the slot goes on naming the place it left", "a slot was visited and not updated");
    }

    private static bool Survives(Witness witness, ObjectEntry entry, long begin, long end) =>
        witness.Debugger.Objects.Find(new ObjectName(entry.Number, entry.IsRuntime), witness.Progress) is not { Death: > 0 } life || life.Death < begin || life.Death > end;
}
