using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class HeapViewTests
{
    private readonly TestHeap heap = new();

    private HeapView View => heap.View;

    [Fact]
    public void Structs_are_found_from_the_root_through_pointers()
    {
        heap.Interpreter("sub");

        Assert.Equal(["_PyRuntime", "sub", "main"], View.Instances().Select(i => i.Name));
        Assert.Equal(1, View.Instances("PyInterpreterState").First().Interpreter);
    }

    [Fact]
    public void A_cycle_of_pointers_and_a_pointer_into_nowhere_end_the_search()
    {
        heap.Write(heap.Main, heap.Main.Value);
        heap.Write(heap.Main + 24, 0x7777000);

        Assert.Equal(["_PyRuntime", "main"], View.Instances().Select(i => i.Name));
    }

    [Fact]
    public void An_ended_interpreter_is_found_in_the_shadow_and_its_lists_keep_their_names()
    {
        var sub = heap.Interpreter("sub");
        heap.EndInterpreter(sub);

        var ended = View.Instances().Single(i => i.HasEnded);
        Assert.Equal(("sub", 1), (ended.Name, ended.Interpreter));
        Assert.Equal(HeadState.Freed, View.List("sub.generation2")!.HeadState);
    }

    [Fact]
    public void An_object_is_shown_by_number_type_and_name()
    {
        var o = heap.Object("method", 1, "compile");

        Assert.Equal("#1 method 'compile'", View.ObjectAt(o)!.ToString());
        Assert.Equal("#1 method 'compile'", View.Object(1)!.ToString());
        Assert.Null(View.Object(2));
    }

    [Fact]
    public void References_name_their_slots_and_know_their_referrers()
    {
        var a = heap.Rooted(3);
        var b = heap.Object("leaf", 0);
        heap.Store(a, 1, b);

        var reference = Assert.Single(View.ObjectAt(a)!.References);
        Assert.Equal(("slots[1]", b, true), (reference.Name, reference.Target, reference.IsOwned));
        Assert.Equal(reference, Assert.Single(View.ObjectAt(b)!.Referrers));
        Assert.Equal("g3", Assert.Single(View.ObjectAt(a)!.Referrers).Name);
    }

    [Fact]
    public void Links_of_lists_that_name_an_object_are_found_in_heads_and_neighbours()
    {
        var (a, b) = (heap.Object("node", 0), heap.Object("node", 0));
        heap.Link(TestHeap.Generation(heap.Main, 0), a);
        heap.Link(TestHeap.Generation(heap.Main, 0), b);

        Assert.Equal(["main.generation0.next", "_gc_prev"], View.LinksTo(a).Select(l => l.Name));
        Assert.Equal(["_gc_prev", "_gc_next"], View.LinksTo(TestHeap.Generation(heap.Main, 0)).Select(l => l.Name));
    }

    [Fact]
    public void A_frame_of_an_interpreter_holds_roots()
    {
        var a = heap.Object("node", 0);
        heap.Write(heap.Main + 16, 3);
        heap.Write(heap.Main + 96 + 16, a.Value);

        Assert.Equal("main.frame[2]", Assert.Single(View.Roots()).Name);
    }

    [Fact]
    public void A_count_that_is_garbage_does_not_lead_out_of_the_cell()
    {
        var a = heap.Rooted(0, slots: 2);
        heap.Store(a, 0, a);
        heap.Rooted(1);
        heap.Write(a + 16, ulong.MaxValue);

        Assert.Single(View.ObjectAt(a)!.References);
    }

    [Fact]
    public void Living_objects_come_by_number_and_freed_ones_are_known_until_their_memory_is_reused()
    {
        var a = heap.Object("node", 1);
        heap.Object("node", 1);
        heap.Free(a);
        Assert.Equal([2UL], View.LiveObjects().Select(o => o.Number));
        Assert.Equal(ObjectState.Freed, View.Object(1)!.State);

        heap.Object("node", 1, at: a - 16);
        Assert.Equal([2UL, 3UL], View.LiveObjects().Select(o => o.Number));
        Assert.Null(View.Object(1));
        Assert.Equal(3UL, View.HighestNumber());
    }

    [Fact]
    public void Birthplace_and_owner_are_different_things()
    {
        var sub = heap.Interpreter("sub");
        var o = heap.Object("node", 0, birthplace: 0);
        heap.Link(TestHeap.Generation(sub, 0), o);

        Assert.Equal(0, View.ObjectAt(o)!.Birthplace);
        Assert.Equal(new Owner(1, false), View.ObjectAt(o)!.Owner);
        heap.EndInterpreter(sub);
        Assert.Equal(new Owner(1, true), View.ObjectAt(o)!.Owner);
    }

    [Fact]
    public void A_ring_without_a_head_has_no_owner()
    {
        var sub = heap.Interpreter("sub");
        var a = heap.Object("node", 0);
        var b = heap.Object("node", 0);
        heap.Write(a - 16, b.Value - 16);
        heap.Write(b - 16, a.Value - 16);

        Assert.Null(View.ObjectAt(a)!.Owner);
        Assert.Empty(View.FullPass());
        Assert.False(sub.IsNull);
    }

    [Fact]
    public void A_phase_belongs_to_the_lists_that_a_collection_holds()
    {
        var a = heap.Rooted(0);
        var sub = heap.Interpreter("sub");
        var b = heap.Object("node", 0);
        heap.Link(TestHeap.Generation(sub, 0), b);
        BeginCollection("update_refs", TestHeap.Generation(heap.Main, 0));
        heap.Write(a - 8, 5 << 2 | 2);

        Assert.Equal("update_refs", View.PhaseName(View.ObjectAt(a)!.Phase!.Value));
        Assert.Null(View.ObjectAt(b)!.Phase);
        Assert.Equal((FieldRole.CollectorCount, 5UL), (View.ObjectAt(a)!.Read("_gc_prev")!.Value.Role, View.ObjectAt(a)!.Read("_gc_prev")!.Value.Value));
        Assert.Equal(FieldRole.Link, View.ObjectAt(b)!.Read("_gc_prev")!.Value.Role);
        Assert.Equal(Colour.Grey, View.ObjectAt(a)!.Colour);
        Assert.Equal(Colour.None, View.ObjectAt(b)!.Colour);
        Assert.Empty(View.List("main.generation0")!.Walk().Faults);
    }

    [Fact]
    public void An_object_on_the_unreachable_list_is_white_and_belongs_to_the_collecting_interpreter()
    {
        var a = heap.Rooted(0);
        BeginCollection("move_unreachable", TestHeap.Generation(heap.Main, 0));
        heap.InitList(TestHeap.Stack + 32);
        heap.Relink(a, TestHeap.Stack + 32);
        heap.Write(a - 16, heap.Read(a - 16) | 1);

        Assert.Equal(Colour.White, View.ObjectAt(a)!.Colour);
        Assert.Equal("main.collection.unreachable", View.ObjectAt(a)!.List!.Name);
        Assert.Equal(View.List("unreachable"), View.ObjectAt(a)!.List);
        Assert.Equal(new Owner(0, false), View.ObjectAt(a)!.Owner);
        Assert.Empty(View.List("unreachable")!.Walk().Faults);
    }

    [Fact]
    public void Every_address_has_a_name()
    {
        var sub = heap.Interpreter("sub");
        var a = heap.Object("method", 2, "compile");
        var freed = heap.Object("node", 0, "a");
        heap.Free(freed);

        Assert.Equal("#1 method 'compile'", View.Describe(a));
        Assert.Equal("#1 method 'compile'._gc_next", View.Describe(a - 16));
        Assert.Equal("#1 method 'compile'.slots[1]", View.Describe(a + 32));
        Assert.Equal("sub.generation2 head", View.Describe(sub + 64));
        Assert.Equal("sub.id", View.Describe(sub + 8));
        Assert.Equal("g1", View.Describe(TestHeap.Root + 40));
        Assert.Equal("freed memory of #2 node 'a', offset 8", View.Describe(freed + 8));
        Assert.Equal("stack, offset 8", View.Describe(TestHeap.Stack + 8));
        Assert.Equal("unmapped memory", View.Describe(new Address(0x5000000)));
        heap.EndInterpreter(sub);
        Assert.Equal("freed memory of interpreter sub's state, offset 688", View.Describe(sub + 688));
        Assert.Equal("sub.generation2 head (freed memory of interpreter sub's state, offset 64)", View.Describe(sub + 64));
        heap.Unmap(new Address(0x100000), 0x100000);
        Assert.Equal("unmapped memory, once interpreter sub's state, offset 688", View.Describe(sub + 688));
    }

    private void BeginCollection(string phase, Address young)
    {
        heap.Write(heap.Main + 24, TestHeap.Stack.Value);
        heap.Write(TestHeap.Stack, (ulong)heap.Layout.Phases.IndexOf(phase));
        heap.Write(TestHeap.Stack + 16, young.Value);
    }
}
