using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Tests.Heaps.Views;

/// <summary>A layout like incminimark's: one heap, a phase and stacks in the root struct, flags that mean different things by
/// region, a visited flag whose sense flips, cards in front of arrays. Layouts are strong enough for both families.</summary>
public class TracingLayoutTests
{
    private static readonly Address Nursery = new(0x100000);
    private static readonly Address Old = new(0x140000);
    private static readonly Condition Visited = Condition.Always with { Epoch = "visited_means", EpochField = "GCFLAG_VISITED" };

    private static readonly StructLayout Array = new("GcArray", StructRole.Object, 0,
        [
            Field.Word("tid", 0, FieldRole.TypeId) with { Width = 32 },
            Field.Flag("GCFLAG_VISITED", 0, 34),
            new Field("GCFLAG_PINNED", 0, 41, 1, [new Meaning(FieldRole.Flag, Condition.InRegion("nursery"))]),
            new Field("GCFLAG_PARENT_KNOWN", 0, 41, 1, [new Meaning(FieldRole.Flag, Condition.InRegion("old"))]),
            Field.Flag("GCFLAG_HAS_CARDS", 0, 38),
            Field.Word("length", 8, FieldRole.Integer),
        ],
        [
            new Vector("items", 16, false, "length", 0, FieldRole.Owned),
            new CardBits("cards", -1, "length", 128, true, Condition.WhenSet("GCFLAG_HAS_CARDS")),
        ]);

    private static readonly Layout Tracing = new()
    {
        Collector = "test",
        Revision = "tracing",
        Structs =
        [
            new StructLayout("gc", StructRole.Root, 64,
                [
                    Field.Word("gc_state", 0, FieldRole.Phase),
                    Field.Word("visited_means", 8, FieldRole.Integer),
                    Field.Word("to_trace_count", 16, FieldRole.Integer),
                    Field.Word("forward", 32, FieldRole.Borrowed),
                ],
                [
                    new ChunkedStack("objects_to_trace", 24, "to_trace_count", 2),
                    new Vector("g", 40, false, "", 2, FieldRole.Owned),
                ]),
            Array,
        ],
        Types = [new ObjectType("none", "GcArray", 0, true), new ObjectType("array", "GcArray", 1, true)],
        Root = TestHeap.Root,
        RootStruct = "gc",
        Colours =
        [
            new ColourRule(Colour.Grey, Condition.WhenOn("objects_to_trace")),
            new ColourRule(Colour.Black, Visited),
            new ColourRule(Colour.White, Condition.InPhase("STATE_MARKING", "STATE_SWEEPING")),
        ],
        Phases = ["STATE_SCANNING", "STATE_MARKING", "STATE_SWEEPING"],
        Sites = [new Site("", "")],
        Names = ["", "a", "b"],
        Regions = [new Region("nursery", Nursery, Nursery + 0x40000), new Region("old", Old, Old + 0x40000)],
        Interpreters = ["main"],
    };

    private readonly TestHeap heap = new(Tracing);
    private readonly Address young;
    private readonly Address a;
    private readonly Address b;

    public TracingLayoutTests()
    {
        young = Make(1, Nursery, "");
        a = Make(2, Old, "a");
        b = Make(3, Old + 0x100, "b");
        heap.Write(TestHeap.Root + 8, 1);
        heap.Write(TestHeap.Root, 1);
    }

    [Fact]
    public void A_flag_means_one_thing_in_the_nursery_and_another_outside()
    {
        SetBit(young, 41);
        SetBit(a, 41);

        Assert.Equal(FieldRole.Flag, heap.View.ObjectAt(young)!.Read("GCFLAG_PINNED")!.Value.Role);
        Assert.Null(heap.View.ObjectAt(young)!.Read("GCFLAG_PARENT_KNOWN")!.Value.Meaning);
        Assert.Null(heap.View.ObjectAt(a)!.Read("GCFLAG_PINNED")!.Value.Meaning);
        Assert.Equal(1UL, heap.View.ObjectAt(a)!.Read("GCFLAG_PARENT_KNOWN")!.Value.Value);
    }

    [Fact]
    public void The_sense_of_the_visited_flag_flips_with_the_epoch()
    {
        SetBit(a, 34);
        Assert.Equal((Colour.Black, Colour.White), (heap.View.ObjectAt(a)!.Colour, heap.View.ObjectAt(b)!.Colour));

        heap.Write(TestHeap.Root + 8, 0);
        Assert.Equal((Colour.White, Colour.Black), (heap.View.ObjectAt(a)!.Colour, heap.View.ObjectAt(b)!.Colour));
    }

    [Fact]
    public void An_object_waiting_on_a_chunked_stack_is_grey()
    {
        heap.Write(new Address(0x12000) + 8, b.Value);
        heap.Write(TestHeap.Root + 16, 1);
        heap.Write(TestHeap.Root + 24, 0x12000);

        Assert.Equal(Colour.Grey, heap.View.ObjectAt(b)!.Colour);
        Assert.Empty(heap.View.Roots());
    }

    [Fact]
    public void A_phase_in_a_struct_without_lists_speaks_for_the_whole_heap()
    {
        Assert.Equal("STATE_MARKING", heap.View.PhaseName(heap.View.ObjectAt(a)!.Phase!.Value));
        Assert.Null(heap.View.ObjectAt(a)!.Owner);
    }

    [Fact]
    public void Cards_are_there_only_when_the_header_says_so()
    {
        heap.Write(a + 8, 2);
        heap.Write(a - 8, 1UL << 56);
        Assert.Empty(heap.View.ObjectAt(a)!.Containers.Last().Items());

        SetBit(a, 38);
        Assert.Equal("cards[0] items 0-1", Assert.Single(heap.View.ObjectAt(a)!.Containers.Last().Items()).Name);
    }

    [Fact]
    public void A_black_object_that_refers_to_a_white_one_while_marking_is_a_violation()
    {
        var run = new SanitizerRun(heap.View);
        heap.After = (number, e) => run.After(number, e);
        heap.Operation(() => SetBit(a, 34));
        Assert.Empty(run.Violations);

        heap.Operation(() => heap.Write(a + 16, b.Value));

        Assert.Equal("black-to-white", run.FirstCorruption!.Code);
        Assert.Equal("black #2 array 'a' refers to white #3 array 'b' through items[0]; sweeping will free it", run.FirstCorruption.Message);
    }

    [Fact]
    public void While_sweeping_black_to_white_is_not_asked_for()
    {
        heap.Write(TestHeap.Root, 2);
        var run = new SanitizerRun(heap.View);
        heap.After = (number, e) => run.After(number, e);
        SetBit(a, 34);
        heap.Operation(() => heap.Write(a + 16, b.Value));

        Assert.Empty(run.Violations);
    }

    [Fact]
    public void While_sweeping_only_an_object_that_a_root_reaches_must_not_refer_to_freed_memory()
    {
        heap.Write(TestHeap.Root, 2);
        var run = new SanitizerRun(heap.View);
        heap.After = (number, e) => run.After(number, e);
        heap.Write(a + 16, b.Value);
        heap.Operation(() => heap.Free(b));
        Assert.Empty(run.Violations);

        heap.Operation(() => heap.Write(TestHeap.Root + 40, a.Value));

        Assert.Equal(("use-after-free", 2UL), (run.FirstCorruption!.Code, run.FirstCorruption.Object));
    }

    private Address Make(ulong number, Address at, string name)
    {
        var o = heap.Allocate(40, number, 1, name, 1, at: at);
        heap.Write(o, 1);
        heap.Write(o + 8, 1);
        return o;
    }

    private void SetBit(Address o, int bit) => heap.Write(o, heap.Read(o) | 1UL << bit);
}
