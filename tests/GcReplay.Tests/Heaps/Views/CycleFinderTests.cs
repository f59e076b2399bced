using CsCheck;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class CycleFinderTests
{
    private readonly TestHeap heap = new();

    [Fact]
    public void A_ring_that_nothing_refers_to_is_garbage()
    {
        var (a, _) = Ring();

        var cycle = Of(a);

        Assert.True(cycle.IsCycle);
        Assert.True(cycle.IsGarbage);
        Assert.Equal([1UL, 2UL], cycle.Members.Select(m => m.Number));
        Assert.Equal((2, 0, 0), (cycle.Inside.Count, cycle.Incoming.Count, cycle.Outgoing.Count));
    }

    [Fact]
    public void A_ring_is_held_through_whatever_leads_to_it()
    {
        var (a, _) = Ring();
        var holder = heap.Rooted(0);
        heap.Store(holder, 0, a);

        var cycle = Of(a);

        Assert.False(cycle.IsGarbage);
        Assert.Equal([3UL, 1UL], cycle.Holder!.Path.Select(o => o.Number));
        Assert.Equal("g0", heap.View.Census().Describe(cycle.Holder.Reference!.Value));
    }

    [Fact]
    public void What_only_its_count_says_is_held_is_no_garbage()
    {
        var (a, _) = Ring();
        heap.Do(GcReplay.Heaps.Events.EventKind.Retain, a.Value, words: () => heap.Write(a, heap.Read(a) + 2));

        var cycle = Of(a);

        Assert.Equal(2, cycle.CountedElsewhere);
        Assert.Equal((null, 2L), (cycle.Holder!.Reference, cycle.Holder.Uncounted));
    }

    [Fact]
    public void An_untracked_member_is_not_looked_at_and_holds_the_others()
    {
        var (a, b) = Ring();
        heap.Unlink(b);

        var cycle = Of(a);

        Assert.False(cycle.IsGarbage);
        Assert.Equal([2UL], cycle.Unseen.Select(o => o.Number));
        Assert.NotNull(cycle.Holder);
    }

    [Fact]
    public void A_dead_object_is_in_no_component()
    {
        var a = heap.Rooted(0);
        var entry = heap.View.ObjectAt(a)!.Entry;
        heap.Global(0, Address.Null);
        heap.Unlink(a);
        heap.Free(a);

        Assert.Null(new CycleFinder(heap.View).Of(entry));
    }

    [Fact]
    public void Garbage_is_what_no_root_leads_to() => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 5]).Array[0, 16].Sample(stores =>
    {
        var random = new TestHeap();
        var objects = Enumerable.Range(0, 6).Select(_ => random.Rooted(0, slots: 4)).ToList();
        foreach (var (from, slot, to) in stores)
            random.Store(objects[from], slot, objects[to]);
        var census = random.View.Census();
        var reachable = census.Reachable();
        var finder = new CycleFinder(random.View);

        for (var i = 0; i < 6; i++)
            Assert.Equal(!reachable[i], finder.Of(census.Objects[i])!.IsGarbage);
    });

    private Cycle Of(Address o) => new CycleFinder(heap.View).Of(heap.View.ObjectAt(o)!.Entry)!;

    /// <summary>#1 and #2, tracked, that hold each other.</summary>
    private (Address, Address) Ring()
    {
        var (a, b) = (heap.Rooted(0), heap.Rooted(1));
        heap.Store(a, 0, b);
        heap.Store(b, 0, a);
        heap.Global(0, Address.Null);
        heap.Global(1, Address.Null);
        return (a, b);
    }
}
