using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Tests.Heaps.Sanitizers;

/// <summary>Each sanitizer is silent on a healthy heap and fires when one word is corrupted.</summary>
public class SanitizerTests
{
    private readonly TestHeap heap = new();
    private readonly SanitizerRun run;
    private readonly Address sub;
    private readonly Address a;
    private readonly Address b;
    private readonly Address c;

    public SanitizerTests()
    {
        run = new SanitizerRun(heap.View);
        heap.After = (number, e) => run.After(number, e);
        sub = heap.Interpreter("sub");
        a = heap.Rooted(0, "node", 2, "a");
        b = heap.Rooted(1, "method", 2, "b");
        c = heap.Object("node", 2, "compile", birthplace: 1);
        heap.Link(TestHeap.Generation(sub, 2), c);
        heap.Store(a, 0, b);
        heap.Store(b, 0, a);
        heap.Store(a, 1, c);
    }

    [Fact]
    public void All_are_silent_on_a_healthy_heap()
    {
        heap.Operation();
        heap.Operation(() =>
        {
            heap.Splice(TestHeap.Generation(heap.Main, 0), TestHeap.Generation(heap.Main, 2));
            heap.Store(a, 1, default);
            heap.Unlink(c);
            heap.Free(c);
        });
        heap.EndInterpreter(sub);
        heap.Operation();

        Assert.Empty(run.Violations);
    }

    [Fact]
    public void Freeing_a_struct_whose_list_head_is_named_by_a_living_object_is_the_first_corrupt_event()
    {
        heap.Operation(() => heap.EndInterpreter(sub));

        Assert.Equal("freed-named-by-live-link", run.FirstCorruption!.Code);
        Assert.Equal((heap.LastEvent - 1, 3UL, "method"), (run.FirstCorruption.Event, run.FirstCorruption.Object, heap.View.ObjectAt(b)!.Type.Name));
        Assert.Equal("sub.generation2", run.FirstCorruption.List);
        Assert.Contains("next link names sub.generation2 head (freed memory of interpreter sub's state", run.FirstCorruption.Message);
    }

    [Fact]
    public void Garbage_that_only_garbage_refers_to_is_in_order()
    {
        var (d, e) = (heap.Object("node", 1), heap.Object("node", 1));
        heap.Store(d, 0, e);
        heap.Store(e, 0, d);
        Collect(d, e);

        Assert.Empty(run.Violations);
    }

    [Fact]
    public void Garbage_that_a_root_refers_to_is_found_when_the_collection_has_decided()
    {
        Collect(a, b);

        Assert.Equal("garbage-in-use", run.FirstCorruption!.Code);
        Assert.Equal((heap.LastEvent, 1UL), (run.FirstCorruption.Event, run.FirstCorruption.Object));
        Assert.Equal("#1 node 'a' is on main.collection.unreachable and taken for garbage, but g0 refers to it", run.FirstCorruption.Message);
    }

    [Fact]
    public void Garbage_that_an_object_outside_of_it_refers_to_is_found()
    {
        heap.Global(1, default);
        Collect(b);

        Assert.Contains("'b' is on main.collection.unreachable and taken for garbage, but #1 node 'a'.slots[0] refers to it", run.FirstCorruption!.Message);
    }

    [Fact]
    public void Garbage_that_a_dying_object_still_names_is_in_order()
    {
        var (d, dying) = (heap.Object("node", 1), heap.Object("node", 1));
        heap.Store(dying, 0, d);
        Collect(d);

        Assert.Empty(run.Violations);
    }

    /// <summary>A collection in main that takes objects for garbage.</summary>
    private void Collect(params Address[] garbage)
    {
        var unreachable = TestHeap.Stack + 32;
        heap.InitList(unreachable);
        heap.Write(heap.Main + 24, TestHeap.Stack.Value);
        foreach (var o in garbage)
        {
            if (heap.Read(o - 16) == 0)
                heap.Link(unreachable, o);
            else
                heap.Relink(o, unreachable);
        }

        var phase = (ulong)heap.Layout.Phases.IndexOf("finalizers");
        heap.Do(EventKind.PhaseBegin, phase, TestHeap.Stack.Value, words: () => heap.Write(TestHeap.Stack, phase));
    }

    [Fact]
    public void Unmapping_a_list_head_is_found_as_freeing_it_is()
    {
        heap.EndInterpreter(sub);
        var fresh = new SanitizerRun(heap.View);
        heap.After = (number, e) => fresh.After(number, e);
        heap.Unmap(new Address(sub.Page << 12), 4096);

        Assert.Equal(heap.LastEvent, fresh.FirstCorruption!.Event);
    }

    [Fact]
    public void Freeing_an_object_that_is_still_on_its_list_is_found_at_the_free()
    {
        heap.Operation(() =>
        {
            heap.Store(a, 0, default);
            heap.Global(1, default);
            heap.Store(b, 0, default);
            heap.Free(b);
        });

        Assert.Equal(heap.LastEvent - 1, Of("freed-named-by-live-link").Event);
        Assert.Equal(2UL, Of("dead-list").Object);
        Assert.Contains("#2 method 'b', which is freed", Of("dead-list").Message);
        Assert.Equal(2, run.Violations.Count);
    }

    [Theory]
    [InlineData(0UL, "is 0")]
    [InlineData(0x7000_0000UL, "unmapped memory")]
    [InlineData(0x18000UL, "no member of any list")]
    public void A_broken_next_breaks_list_integrity(ulong word, string message)
    {
        heap.Operation(() => heap.Write(b - 16, word));

        Assert.Contains(message, Of("list-integrity").Message);
        Assert.Equal("main.generation0", Of("list-integrity").List);
    }

    [Fact]
    public void A_prev_that_names_another_member_breaks_list_integrity()
    {
        heap.Operation(() => heap.Write(b - 8, b.Value - 16));

        Assert.Contains("prev of #2 method 'b' names #2 method 'b', not #1 node 'a'", Of("list-integrity").Message);
        Assert.Single(run.Violations);
    }

    [Fact]
    public void A_next_that_leads_back_to_a_member_breaks_list_integrity()
    {
        heap.Operation(() => heap.Write(b - 16, a.Value - 16));

        Assert.Contains("leads back to #1", Of("list-integrity").Message);
    }

    [Fact]
    public void A_head_that_names_a_member_of_another_list_makes_it_a_member_of_two()
    {
        heap.Operation(() => heap.Write(TestHeap.Generation(heap.Main, 1), c.Value - 16));

        Assert.Equal((3UL, "sub.generation2"), (Of("member-of-two-lists").Object, "sub.generation2"));
    }

    [Fact]
    public void A_reference_count_below_the_owned_references_is_found()
    {
        heap.Operation(() => heap.Write(a, 1));

        Assert.Contains("#1 node 'a' has reference count 1, but 2 owned references", Of("reference-count").Message);
        Assert.Single(run.Violations);
    }

    [Fact]
    public void Inside_an_operation_counts_are_not_asked_for()
    {
        heap.Operation(() =>
        {
            heap.Write(a, 1);
            heap.Operation();
            heap.Write(a, 2);
        });

        Assert.Empty(run.Violations);
    }

    [Fact]
    public void A_reference_to_freed_memory_is_a_use_after_free()
    {
        heap.Operation(() =>
        {
            heap.Unlink(c);
            heap.Free(c);
        });

        Assert.Contains("#1 node 'a'.slots[1] holds a reference to freed memory of #3 node 'compile', offset 0", Of("use-after-free").Message);
        Assert.Single(run.Violations);
    }

    [Fact]
    public void A_hazard_is_a_use_after_free_where_it_happens()
    {
        heap.Store(a, 1, default);
        heap.Unlink(c);
        heap.Free(c);
        heap.Do(EventKind.Hazard, c.Value - 8, c.Value - 16, 1);

        Assert.Equal(heap.LastEvent, run.FirstCorruption!.Event);
        Assert.Equal("write to freed memory of #3 node 'compile', offset -8", run.FirstCorruption.Message);
    }

    [Fact]
    public void A_ring_that_an_ended_interpreter_left_behind_is_reported_once_and_its_later_writes_are_consequences()
    {
        heap.Operation(() => heap.EndInterpreter(sub));
        heap.Operation(() =>
        {
            heap.Unlink(c);
            heap.Do(EventKind.Hazard, sub.Value + 64, sub.Value, 1);
        });

        Assert.Equal(["freed-named-by-live-link", "use-after-free"], run.Violations.Select(v => v.Code));
        Assert.Equal(run.Violations.Min(v => v.Event), run.FirstCorruption!.Event);
    }

    private Violation Of(string code) => Assert.Single(run.Violations, v => v.Code == code);
}
