using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A tracing collector freed what the program can reach, or moved it and left a reference to its old place.</summary>
internal sealed class LostObjectReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) =>
        inquiry.Corruption is { Code: "live-object-freed" or "use-after-free" or "forwarding-left-behind" } && inquiry.Debugger.Timeline.View is { CountsReferences: false };

    public void Explain(Inquiry inquiry)
    {
        var scene = new Scene(inquiry.Debugger);
        var violation = inquiry.Corruption!;
        var origins = new List<ChainLink>();
        var slot = Stale(scene, violation);
        var verdict = slot is null
            ? ShadowReasoner.Freed(scene, scene.ViewAt(violation.Event).Shadow.CellAt(violation.About)?.Start ?? violation.About, violation.Event)
            : new Origin(scene, origins).Of(slot, violation.Event) is var (source, number) ? Verdict(scene, source, number) : null;
        if (verdict is null)
            return;
        foreach (var link in origins.Concat(verdict.Before))
            inquiry.Add(link);
        inquiry.End(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What) { Objects = slot is null ? [] : [slot.Target.Number] });
        inquiry.Summary = $"{inquiry.Corruption!.Message}. The cause is at event {verdict.Event}: {verdict.Why}.";
    }

    /// <summary>The reference to what is gone: as the violation says or, where somebody accessed freed memory, one that names it.</summary>
    private static Edge? Stale(Scene scene, Violation violation)
    {
        var view = scene.ViewAt(violation.Event);
        if (scene.Event(violation.Event).Kind != EventKind.Hazard)
            return view.TryRead(violation.About, out var word) ? Edge.At(view, violation.About, Named(view, new Address(word))) : null;
        if (view.Shadow.CellAt(violation.About) is not { } cell || Named(view, violation.About) is not { Number: > 0 } victim)
            return null;
        var referrer = view.ReferrersOf(cell.Start + PrefixOf(view, victim)).OrderBy(r => r.IsOwned ? 0 : 1).Select(r => (Reference?)r).FirstOrDefault();
        return referrer is { } found ? Edge.At(view, found.Slot, victim) : new Edge(null, 0, Address.Null, "", victim);
    }

    /// <summary>The object that an address names, or named before it was freed there or moved away; number 0 for none.</summary>
    private static ObjectName Named(HeapView view, Address address) =>
        view.Shadow.OccupantAt(address) is { IsRuntime: false } entry ? new ObjectName(entry.Number, false) : default;

    private static long PrefixOf(HeapView view, ObjectName o) => (view.Object(o.Number)?.Entry.PrefixWords ?? 0) * 8L;

    private static Verdict? Verdict(Scene scene, Edge slot, long number)
    {
        var (view, victim) = (scene.ViewAt(number), slot.Target);
        var isLive = view.Object(victim.Number)?.IsLive ?? false;
        var place = slot.Holder is null && slot.Root.IsNull ? Address.Null : scene.SlotAt(slot, number);
        var word = view.Space.Peek(place);
        if (!place.IsNull && LeftOver(scene, slot, place, number) is { } leftOver)
            return leftOver;
        if (!place.IsNull && Undone(scene, slot, place, word, number) is { } undone)
            return undone;
        if (victim.Number == 0)
            return null;
        var went = scene.Debugger.Words.LastFree(word == 0 ? scene.AddressAt(victim, number) : new Address(word), number, scene.Progress);
        var at = went > 0 ? went : number;
        var isSwept = !isLive && scene.IsSweeping(at) && scene.ViewAt(at - 1) is var before && before.Object(victim.Number) is { } dying && !before.IsYoung(dying.Entry);
        return isSwept ? Swept(scene, slot, victim, at) : Emptied(scene, slot, victim, at, isLive);
    }

    /// <summary>The object that holds the slot moved, and the word was not copied: what stands there is what was there before.</summary>
    private static Verdict? LeftOver(Scene scene, Edge slot, Address place, long number)
    {
        if (slot.Holder is not { } holder || scene.LastMove(holder, number) is not (> 0 and var move))
            return null;
        var written = scene.Debugger.Words.LastWrite(place, number, 1, scene.Progress)?.Number ?? 0;
        return written >= move ? null : new Verdict(
            move, $"{scene.What(move)}: {slot.Name} is not copied, and what stood there before is taken for its contents", $"a word of the object that holds {slot.Name} was not copied when it moved");
    }

    /// <summary>An event said that it stores something else there.</summary>
    private static Verdict? Undone(Scene scene, Edge slot, Address place, ulong word, long number)
    {
        var written = scene.Debugger.Words.LastWrite(place, number, 1, scene.Progress)?.Number ?? 0;
        var stores = scene.AllOf(Math.Max(1, written), number, EventKind.Store).Where(n => scene.Event(n).Event is var e && e.B == place.Value && e.C != word).ToList();
        return stores.Count == 0 ? null : new Verdict(
            stores[^1], $"{scene.What(stores[^1])}: says so, and does not write it: {slot.Name} goes on naming what dies", $"the store that should have cleared {slot.Name} did not write it");
    }

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
        if (IsMarked(scene, begin, place, marks) && marks.Select(m => scene.LastChange(place + m.Offset, m, death, begin)).DefaultIfEmpty(0).Max() is var lost and > 0)
            return MarkLost(scene, victim, lost);
        var end = scene.IsMarking(begin - 1) ? begin - 1 : begin;
        var edges = LostEdges.To(scene.ViewAt(end), victim.Number, entry => scene.ViewAt(end).ColourOf(entry) == Colour.Black);
        return trail.NotMarked(edges.Count == 0 ? slot : edges[0], CycleBegin(scene, end), end);
    }

    private static Verdict MarkLost(Scene scene, ObjectName victim, long lost)
    {
        var visit = scene.Event(lost).Kind == EventKind.Move
            ? scene.Dealings.With(victim, scene.Around(lost, EventKind.CollectionBegin), lost).LastOrDefault(d => d.Kind == EventKind.Visit).Number
            : 0;
        var text = $"{scene.What(lost)}: overwrites the mark that stood where the object is from now on";
        return visit == 0
            ? new Verdict(lost, text, "its mark was overwritten while sweeping")
            : new Verdict(visit, $"{scene.What(visit)}: decides to move the object into a marked place, and does not keep the mark", "it moved into a marked place and the mark was overwritten while sweeping")
                .With(new ChainLink(lost, ChainRole.Precondition, text));
    }

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
