using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Explaining.Links;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>A container of fixed size had no place left: what fills it, and since when it grew.</summary>
internal static class FullContainer
{
    private const int PeersMax = 8;

    /// <summary>So many items are asked what they are.</summary>
    private const int ItemsMax = 2000;

    /// <summary>Ends the chain where the container began to fill; false when the struct that an assertion is about has none that is full.</summary>
    public static bool Explains(Inquiry inquiry, StructInstance instance, long failed)
    {
        if (Find(inquiry, instance, failed) is not { } full)
            return false;
        var view = inquiry.At(failed).View;
        var (name, filling) = (full.Name, Filling(view, full.View));
        // Only while a tracing collector marks is there something to lose.
        var truth = !GroundTruth.IsKnown(view) ? "; no promise is broken" : GroundTruth.Ask(view).Lost.Count == 0 ? "; no promise is broken and nothing is lost" : "";
        var (first, last, taken) = Growth(inquiry, full, failed);
        if (!Telling.IsKnown(inquiry, first))
            return false;
        var where = EventText.OperationOf(inquiry.At(last)) is { } operation ? $", in line {operation.Line} ({operation.Text})" : "";
        inquiry.Add(last, ChainRole.Evidence, $"takes the last of the {full.Count} places of {name}{where}");
        var grew = taken == 0 ? $"{name} only grows" : $"{name} grows for good: of what is put into it only {taken} are taken out";
        inquiry.End(new ChainLink(first, ChainRole.Decision, $"from here on {grew}, until each of its {full.Count} places is taken"));
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{name} is full: each of its {full.Count} places is taken{filling}, and since event {first} {(taken == 0 ? "it only grew" : $"only {taken} were taken out of it")}{truth}");
        return true;
    }

    /// <summary>A counted vector behind whose last item its room ends; where nothing tells the end of that, one that fills its pages and into which others put
    /// something at this place.</summary>
    private static Full? Find(Inquiry inquiry, StructInstance instance, long failed)
    {
        var view = inquiry.At(failed).View;
        var found = new List<Full>();
        foreach (var vector in instance.Layout.Containers.OfType<Vector>().Where(v => v.CountField.Length > 0))
        {
            var place = instance.Address + vector.Offset;
            var first = vector.IsIndirect ? new Address(view.TryRead(place, out var word) ? word : 0) : place;
            if (!first.IsNull && view.Read(instance, vector.CountField) is { IsMapped: true, Value: > 0 and <= int.MaxValue } count)
                found.Add(new Full(place, first, (long)count.Value, $"{instance.Name}.{vector.Name}", ContainerView.Of(view, instance.Layout, instance.Address, vector)));
        }

        if (found.Find(f => IsAtEnd(view, f)) is { } ended)
            return ended;
        found.RemoveAll(f => f.End.Value % AddressSpace.PageBytes != 0);
        if (found.Count == 0)
            return null;
        var witness = inquiry.Witness;
        var pushed = witness.PeersOf(StaleReasoner.Interrupted(inquiry.At(failed)), PeersMax).Select(n => witness.Event(n + 1)).Where(e => e.Kind == EventKind.Push).Select(e => e.Event.A).ToList();
        return found.Find(f => pushed.Contains(f.Place.Value));
    }

    /// <summary>Whether its room ends behind its last item. What lies in a cell can be given a larger one.</summary>
    private static bool IsAtEnd(HeapView view, Full full) =>
        view.Shadow.CellAt(full.First) is null && (!view.Space.IsMapped(full.End) || view.Layout.Regions.Any(r => r.Contains(full.First) && r.End == full.End));

    /// <summary>Since which event it grew, its last push, and how many were taken out meanwhile: the stretch in which it only grew, when it has at least half
    /// of its items from there; otherwise that since which it never was less than half full.</summary>
    private static (long First, long Last, long Taken) Growth(Inquiry inquiry, Full full, long failed)
    {
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        var test = new Moves(full.Place.Value, full.First.Value);
        var (at, first, last, count, taken) = (failed, 0L, 0L, full.Count, 0L);
        while ((at = scan.Backward(at - 1, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress)) > 0)
        {
            if (inquiry.Debugger.Timeline.EventAt(at).Kind == EventKind.Push)
            {
                (first, last, count) = (at, last == 0 ? at : last, count - 1);
            }
            else
            {
                if (count * 2 <= full.Count)
                    break;
                (taken, count) = (taken + 1, count + 1);
            }
        }

        return (first, last, taken);
    }

    /// <summary>What most of the items are: <c>, most of them by #1 plain</c>; empty when nothing is most.</summary>
    private static string Filling(HeapView view, ContainerView container)
    {
        var items = container.Members().TakeLast(ItemsMax).Select(view.ObjectAt).OfType<ObjectView>().ToList();
        if (items.GroupBy(o => o.Number).MaxBy(g => g.Count()) is { } one && one.Count() * 2 > items.Count)
            return $", most of them by {one.First()}";
        return items.GroupBy(o => o.Type.Name).MaxBy(g => g.Count()) is { } type && type.Count() * 2 > items.Count ? $", most of them by objects of type {type.Key}" : "";
    }

    /// <param name="First">The first item.</param>
    private sealed record Full(Address Place, Address First, long Count, string Name, ContainerView View)
    {
        public Address End => First + Count * 8;
    }

    private readonly struct Moves(ulong container, ulong first) : IEventTest
    {
        private const ulong Kinds = 1UL << (int)EventKind.Push | 1UL << (int)EventKind.Pop | 1UL << (int)EventKind.RootShift;

        // A shift names the items, the others name the container.
        public bool Hits(EventBlock block, int index) =>
            (Kinds >> block.Kinds[index] & 1) != 0 && block.A[index] == ((EventKind)block.Kinds[index] == EventKind.RootShift ? first : container);

        public bool MayHit(BlockSummary summary) => (summary.Kinds & Kinds) != 0;
    }
}
