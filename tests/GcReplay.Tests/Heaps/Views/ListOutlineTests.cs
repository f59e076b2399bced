using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class ListOutlineTests
{
    private const int Members = ListOutline.Stride * 2 + 10;
    private readonly TestHeap heap = new();

    [Fact]
    public void Any_stretch_of_a_long_list_is_what_a_walk_along_it_finds()
    {
        var members = Fill();
        var outline = Outline();

        Assert.Equal((Members, 0, true), (outline.Count, outline.FaultCount, outline.IsWhole));
        Assert.Equal(members[500..510], outline.Members(500, 10).Select(n => outline.List.Family.ObjectOf(n.Node)));
        Assert.Equal(members[^3..], outline.Members(Members - 3, 100).Select(n => outline.List.Family.ObjectOf(n.Node)));
        Assert.Equal(511, outline.IndexOf(members[511]));
        Assert.Equal(-1, outline.IndexOf(new Address(0x1234)));
    }

    [Fact]
    public void A_fault_stands_at_the_member_whose_link_is_wrong()
    {
        var members = Fill();
        var outline = Outline();
        heap.Write(outline.List.Family.NodeOf(members[400]) + outline.List.Family.NextOffset, 0x7777_0000);

        var broken = Outline();

        Assert.Equal((401, false), (broken.Count, broken.IsWhole));
        Assert.Equal([400L], broken.FaultyMembers);
        Assert.Equal(ListFaultKind.Unmapped, Assert.Single(broken.FaultsAt(400)).Kind);
        Assert.Equal(0x7777_0000UL, broken.Members(400, 1).Single().Next!.Value.Value);
    }

    [Fact]
    public void Members_of_a_list_whose_head_is_gone_still_know_each_other()
    {
        var sub = heap.Interpreter("sub");
        var (a, b) = (heap.Object("node", 1), heap.Object("node", 1));
        heap.Link(TestHeap.Generation(sub, 0), a);
        heap.Link(TestHeap.Generation(sub, 0), b);
        heap.EndInterpreter(sub);
        heap.Allocate(64, 0, 0, "", 0, at: sub);
        var list = heap.View.Lists().First(l => l.Head == TestHeap.Generation(sub, 0));

        var outline = new ListOutline(heap.View, list, b);

        Assert.Equal([a, b], outline.Members(0, 10).Select(n => list.Family.ObjectOf(n.Node)));
        Assert.False(outline.IsWhole);
        Assert.Equal([0L, 1L], outline.FaultyMembers);
    }

    private Address[] Fill()
    {
        var members = Enumerable.Range(0, Members).Select(_ => heap.Object("node", 0)).ToArray();
        foreach (var member in members)
            heap.Link(TestHeap.Generation(heap.Main, 0), member);
        return members;
    }

    private ListOutline Outline() => new(heap.View, heap.View.List("main.generation0")!);
}
