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
    public static Verdict? Of(Scene scene, Edge slot, long at, bool isLive)
    {
        var isSwept = !isLive && IsSwept(scene, slot.Target, at);
        var verdict = isSwept ? Swept(scene, slot, slot.Target, at) : Emptied(scene, slot, slot.Target, at, isLive);
        var asked = isSwept ? at - 1 : scene.SpanBegin(at) - 1;
        return asked > 0 && verdict is not null && Way(scene, slot.Target, asked) is { } way ? verdict.With(new ChainLink(asked, ChainRole.Evidence, way) { Objects = [slot.Target.Number] }) : verdict;
    }

    /// <summary>How the program could reach it at a position; null when it could not.</summary>
    private static string? Way(Scene scene, ObjectName o, long asked)
    {
        var view = scene.ViewAt(asked);
        return view.Object(o.Number, o.IsRuntime) is { IsLive: true } there && Reach.Way(view, there) is { Count: > 0 } way
            ? $"the program can reach {there} here: {string.Join("; ", way)}"
            : null;
    }

    /// <summary>Whether an event that freed an object was one of a sweep, not of a collection that empties a space.</summary>
    public static bool IsSwept(Scene scene, ObjectName victim, long at) =>
        scene.IsSweeping(at) && scene.ViewAt(at - 1) is var before && before.Object(victim.Number) is { } dying && !before.IsYoung(dying.Entry);

    /// <summary>Freed by a sweep.</summary>
    private static Verdict? Swept(Scene scene, Edge slot, ObjectName victim, long death)
    {
        var trail = new LostTrail(scene);
        var before = scene.ViewAt(death - 1).Object(victim.Number);
        if (before is null)
            return null;
        var place = before.Address;
        var marks = Scene.MarksOf(scene.ViewAt(death - 1), before).ToList();
        var begin = scene.LastPhaseChange(death);
        if (scene.Dealings.With(victim, Math.Max(1, begin), death).LastOrDefault(d => d.Kind == EventKind.Sweep) is { Number: > 0 } sweep
            && IsMarked(scene, sweep.Number - 1, place, marks))
            return new Verdict(sweep.Number, $"{scene.What(sweep.Number)}: it is marked, and is freed all the same", "the sweep freed an object that was marked");
        if (begin == 0)
            return null;
        if (IsMarked(scene, begin, place, marks) && marks.Select(m => scene.LastChange(place + m.Offset, m, death - 1, begin)).DefaultIfEmpty(0).Max() is var lost and > 0)
            return MarkLost(scene, lost);
        var end = scene.IsMarking(begin - 1) ? begin - 1 : begin;
        // It moved since into a place that was kept for it, and not marked.
        if (scene.ViewAt(end).ObjectAt(place) is { IsRuntime: true, IsLive: true } kept && Unmarked.Of(scene, new ObjectName(kept.Number, true), end) is { } unmarked)
            return unmarked;
        var edges = LostEdges.To(scene.ViewAt(end), victim.Number, entry => scene.ViewAt(end).ColourOf(entry) == Colour.Black);
        return trail.NotMarked(edges.Count == 0 ? slot : edges[0], CycleBegin(scene, end), end);
    }

    private static Verdict MarkLost(Scene scene, long lost) => new(
        lost, $"{scene.What(lost)}: overwrites the mark that stood where the object is from now on",
        scene.Event(lost).Kind == EventKind.Move ? "it moved into a marked place and the mark was overwritten while sweeping" : "its mark was overwritten while sweeping");

    private static bool IsMarked(Scene scene, long number, Address place, List<Field> marks)
    {
        var space = scene.ViewAt(number).Space;
        return marks.Any(m => m.Extract(space.Peek(place + m.Offset), FieldRole.Flag) != 0);
    }

    /// <summary>The event with which the sweep before the present cycle ended; 0 for the first cycle.</summary>
    private static long CycleBegin(Scene scene, long end)
    {
        for (var at = end; at > 0;)
        {
            at = scene.LastPhaseChange(at) - 1;
            if (at > 0 && scene.IsSweeping(at))
                return at;
        }

        return 0;
    }

    /// <summary>Freed with the space it lay in, or moved out of it while a reference went on naming it there.</summary>
    private static Verdict? Emptied(Scene scene, Edge slot, ObjectName victim, long at, bool isLive)
    {
        var trail = new LostTrail(scene);
        var begin = scene.Around(at, EventKind.CollectionBegin);
        if (begin == 0 && (begin = scene.LastOf(at, 1, EventKind.CollectionBegin)) == 0)
            return null;
        if (NotFollowed(scene, victim, begin, at) is { } unfollowed)
            return unfollowed;
        if (isLive)
            return trail.NotKept(slot, begin, at);
        var end = scene.FirstOf(at, scene.EventCount, EventKind.CollectionEnd) is var found and > 0 ? found : scene.EventCount;
        var edges = LostEdges.To(scene.ViewAt(begin - 1), victim.Number, entry => Survives(scene, entry, begin, end));
        return trail.NotKept(edges.Count > 0 ? edges[0] : slot, begin, at);
    }

    /// <summary>A visit of the place that the object had left already, which left the slot as it was.</summary>
    private static Verdict? NotFollowed(Scene scene, ObjectName victim, long begin, long at)
    {
        var dealings = scene.Dealings.With(victim, begin, at);
        var moved = dealings.FirstOrDefault(d => d.Kind == EventKind.Move);
        if (moved.Number == 0)
            return null;
        var visit = dealings.FirstOrDefault(d => d.Number > moved.Number && d.Kind == EventKind.Visit && d.Event.C == moved.Event.A && !scene.Writes(d.Number, new Address(d.Event.B)));
        return visit.Number == 0 ? null : new Verdict(
            visit.Number, $"{scene.What(visit.Number)}: the object moved away by event {moved.Number}, and the slot goes on naming the place it left", "a slot was visited and not updated");
    }

    private static bool Survives(Scene scene, ObjectEntry entry, long begin, long end) =>
        scene.Debugger.Objects.Find(new ObjectName(entry.Number, entry.IsRuntime), scene.Progress) is not { Death: > 0 } life || life.Death < begin || life.Death > end;
}
