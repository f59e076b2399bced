using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

/// <summary>Every kind of container, read from words written by hand into a struct at <see cref="TestHeap.Root"/>.</summary>
public class ContainerViewTests
{
    private static readonly Address Items = new(0x12000);
    private static readonly Address Older = new(0x13000);
    private static readonly Address Nowhere = new(0x7777_0000);
    private readonly TestHeap heap = new();

    [Fact]
    public void A_linked_list_that_is_no_ring_ends_at_0()
    {
        var (a, b) = (heap.Object("node", 0), heap.Object("node", 0));
        Words(TestHeap.Root + 48, a.Value - 16);
        heap.Write(a - 16, b.Value - 16);

        Assert.Equal([a.Value, b.Value], Values(new LinkedList("all", 48, 0, -1, 16, 0, false, [])));
    }

    [Fact]
    public void Members_of_a_list_that_is_no_ring_know_their_list()
    {
        var finalizing = new LinkedList("finalizing", 64, 0, -1, 16, 0, false, []);
        var runtime = TestLayouts.CPython.Structs[0];
        var layout = TestLayouts.CPython with
        {
            Structs = TestLayouts.CPython.Structs.Replace(runtime, runtime with { Containers = runtime.Containers.Add(finalizing) }),
        };
        var view = new HeapView(heap.Space, heap.Shadow, layout);
        var (a, b) = (heap.Object("node", 0), heap.Object("node", 0));
        Words(TestHeap.Root + 64, b.Value - 16);

        Assert.Equal("_PyRuntime.finalizing", view.ObjectAt(b)!.List!.Name);
        Assert.Null(view.ObjectAt(a)!.List);
    }

    [Fact]
    public void A_vector_counts_its_items_and_may_lie_elsewhere()
    {
        Words(Items, 11, 12, 13);
        Words(TestHeap.Root + 40, 2, Items.Value);
        Assert.Equal([11UL, 12UL], Values(new Vector("v", 48, true, "n", 0, FieldRole.Borrowed)));
        Assert.Equal([2UL], Values(new Vector("w", 40, false, "", 1, FieldRole.Integer)));
        heap.Write(TestHeap.Root + 48, Nowhere.Value);
        Assert.Empty(Values(new Vector("v", 48, true, "n", 0, FieldRole.Borrowed)));
    }

    [Fact]
    public void A_chunked_stack_is_read_from_its_oldest_chunk_to_the_top()
    {
        Words(Older, 0, 1001, 1002, 1003);
        Words(Items, Older.Value, 1004, 1005, 9999);
        Words(TestHeap.Root + 40, 2, Items.Value);
        var stack = new ChunkedStack("s", 48, "n", 3);

        Assert.Equal([1001UL, 1002UL, 1003UL, 1004UL, 1005UL], Values(stack));
        Assert.Equal("s[4]", Read(stack).Items().Last().Name);
        heap.Write(Older, Items.Value);
        Assert.Equal(5, Values(stack).Length);
    }

    [Fact]
    public void A_chunked_deque_is_read_from_its_first_item_to_its_last()
    {
        Words(Older, Items.Value, 1, 2, 3);
        Words(Items, 0, 4, 5, 6);
        Words(TestHeap.Root + 32, 1, 2, Older.Value, Items.Value);
        var deque = new ChunkedDeque("d", 48, "m", "n", 3);

        Assert.Equal([2UL, 3UL, 4UL, 5UL], Values(deque));
        heap.Write(TestHeap.Root + 48, Items.Value);
        Assert.Equal([5UL], Values(deque));
    }

    [Fact]
    public void A_ring_goes_on_at_its_beginning()
    {
        Words(Items, 30, 40, 10, 20);
        Words(TestHeap.Root + 32, 2, 3, Items.Value, 4);

        Assert.Equal([10UL, 20UL, 30UL], Values(new Ring("r", 48, "m", "n", "k")));
    }

    [Fact]
    public void A_map_shows_keys_and_values_of_places_in_use()
    {
        Words(Items, 0, 0, 1, 77, 500, 5, 600, 6);
        Words(TestHeap.Root + 40, 4, Items.Value);
        var map = new Map("ids", 48, "n", FieldRole.Borrowed, FieldRole.Integer);

        Assert.Equal(["ids[2].key", "ids[2].value", "ids[3].key", "ids[3].value"], Read(map).Items().Select(i => i.Name));
        Assert.Equal(6UL, ((MapView)Read(map)).ValueOf(600));
        Assert.Null(((MapView)Read(map)).ValueOf(700));
        Assert.Equal([500UL, 600UL], Read(map).Members().Select(m => m.Value));
    }

    [Fact]
    public void A_bitmap_stands_for_addresses()
    {
        Words(Items, 1UL << 3, 1);
        Words(TestHeap.Root + 32, 0x100000, 80 * 16, Items.Value);
        var bitmap = (BitmapView)Read(new Bitmap("marks", 48, "m", "n", 16));

        Assert.Equal([0x100030UL, 0x100400UL], bitmap.Members().Select(m => m.Value));
        Assert.True(bitmap.IsSet(new Address(0x100400)));
        Assert.False(bitmap.IsSet(new Address(0x100410)));
        Assert.False(bitmap.IsSet(Nowhere));
    }

    [Fact]
    public void Object_bits_stand_for_the_objects_of_a_block()
    {
        Words(TestHeap.Root + 32, 48, 3, 0b101);

        Assert.Equal(
            [TestHeap.Root.Value + 64, TestHeap.Root.Value + 64 + 96],
            Values(new ObjectBits("bits", 48, 64, "m", "n")));
    }

    [Fact]
    public void Cards_may_grow_downwards_in_front_of_an_object()
    {
        // Byte 0 lies at -1, byte 1 at -2: the two uppermost bytes of the word in front.
        Words(TestHeap.Root - 8 + 0x1000, 0x0200_0000_0000_0000UL | 0x0001_0000_0000_0000UL);
        heap.Write(TestHeap.Root + 0x1000 + 40, 1100);
        var cards = new CardBits("cards", -1, "n", 128, true, Condition.Always);
        var items = ContainerView.Of(heap.View, Struct(cards), TestHeap.Root + 0x1000, cards).Items().Select(i => i.Name);

        Assert.Equal(["cards[1] items 128-255", "cards[8] items 1024-1099"], items);
    }

    [Fact]
    public void Raw_words_are_shown_as_they_are()
    {
        Words(TestHeap.Root + 48, 7, 8);
        Assert.Equal([7UL, 8UL], Values(new RawWords("pad", 48, 2)));
    }

    private static StructLayout Struct(Container container) =>
        new("by hand", StructRole.Plain, 128,
            [Field.Word("m", 32, FieldRole.Integer), Field.Word("n", 40, FieldRole.Integer), Field.Word("k", 56, FieldRole.Integer)], [container]);

    private ContainerView Read(Container container) => ContainerView.Of(heap.View, Struct(container), TestHeap.Root, container);

    private ImmutableArray<ulong> Values(Container container) => [.. Read(container).Items().Select(i => i.Value)];

    private void Words(Address at, params ulong[] words)
    {
        heap.Do(EventKind.Setup, at.Value);
        for (var i = 0; i < words.Length; i++)
            heap.Write(at + i * 8, words[i]);
    }
}
