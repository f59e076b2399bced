using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark.Arenas;

public class SmallObjectTests
{
    private static readonly SmallObjectSizes Sizes = new(5, 16, 64);

    /// <summary>How a sweep decides: the seed says who dies.</summary>
    private sealed record Act(int Kind, int Words, long Limit, ulong Seed)
    {
        public bool Dies(ulong number) => unchecked((number * 0x9E37_79B9_7F4A_7C15 ^ Seed) >> 61) < Seed % 9;
    }

    private static readonly Gen<Act[]> Acts = Gen.Select(
        Gen.Frequency((30, Gen.Const(0)), (2, Gen.Const(1)), (6, Gen.Const(2))), Gen.Int[1, 5], Gen.Long[1, 12], Gen.ULong,
        (kind, words, limit, seed) => new Act(kind, words, limit, seed)).Array[1, 250];

    [Theory]
    [InlineData(2, 20)]
    [InlineData(3, 30)]
    [InlineData(4, 40)]
    [InlineData(6, 61)]
    [InlineData(8, 81)]
    [InlineData(9, 91)]
    [InlineData(12, 121)]
    public void A_limit_in_simple_is_as_many_blocks_as_0_1_goes_into_it_by_rounding(long limit, int blocks)
    {
        var process = new ArenaProcess(isPaged: false, Sizes);
        Repeat(blocks + 1, () => process.Malloc(2));
        process.Prepare();

        Assert.False(process.Sweep(limit, _ => true));
        Assert.Equal(blocks, process.Freed.Count);
    }

    [Fact]
    public void A_sweep_in_simple_that_ends_at_its_limit_is_not_complete_although_nothing_is_left()
    {
        var process = new ArenaProcess(isPaged: false, Sizes);
        Repeat(61, () => process.Malloc(2));
        process.Prepare();

        Assert.False(process.Sweep(6, _ => false));
        Assert.True(process.Sweep(6, _ => false));
    }

    [Fact]
    public void Simple_counts_in_a_sweep_what_it_has_seen_and_what_is_new()
    {
        var process = new ArenaProcess(isPaged: false, Sizes);
        Repeat(40, () => process.Malloc(3));
        process.Prepare();
        Assert.Equal(0ul, process.Used);
        process.Malloc(5);
        process.Sweep(2, number => number % 2 == 0);

        Assert.Equal(10ul * 24 + 40, process.Used);
        Assert.Equal([40ul, 38, 36], process.Freed[..3]);
    }

    [Theory]
    [InlineData(16, 64, 3)]
    [InlineData(16, 96, 5)]
    [InlineData(16, 128, 7)]
    [InlineData(12, 64, 5)]
    public void An_arena_has_the_pages_that_fit_behind_its_first_word(int page, int arena, int pages)
    {
        var process = new ArenaProcess(isPaged: true, new SmallObjectSizes(5, page, arena));

        Repeat(pages, () => FillPage(process, 5, page));
        Assert.Equal(1ul, process.Arenas);
        process.Malloc(5);
        Assert.Equal(2ul, process.Arenas);
    }

    [Fact]
    public void A_page_of_16_words_has_12_for_blocks_and_hands_out_the_lowest_free_one()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        var blocks = Enumerable.Range(0, 4).Select(_ => process.Live[process.Malloc(3)]).ToArray();
        var other = process.Live[process.Malloc(3)];
        Assert.Equal([24L, 24, 24], blocks.Zip(blocks.Skip(1), (a, b) => b - a));
        Assert.Equal(128, other - blocks[0]);

        process.Prepare();
        process.Sweep(10, number => number is 2 or 4 or 5);

        Assert.Equal(blocks[1], process.Live[process.Malloc(3)]);
        Assert.Equal(blocks[3], process.Live[process.Malloc(3)]);
    }

    [Fact]
    public void A_sweep_goes_from_the_largest_size_down_and_takes_full_pages_first()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        var small = process.Malloc(1);
        var large = Enumerable.Range(0, 3).Select(_ => process.Malloc(5)).ToArray();
        process.Prepare();

        process.Sweep(100, _ => true);

        Assert.Equal([large[0], large[1], large[2], small], process.Freed);
    }

    [Fact]
    public void A_limit_that_is_reached_at_the_last_page_leaves_the_sweep_incomplete()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        Repeat(4, () => process.Malloc(5));
        process.Prepare();

        Assert.False(process.Sweep(2, _ => false));
        Assert.True(process.Sweep(2, _ => false));
    }

    [Fact]
    public void An_arena_without_a_used_page_is_unmapped_at_the_end_of_a_sweep_unless_it_is_the_current_one()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        Repeat(4, () => FillPage(process, 5, Sizes.Page));
        Assert.Equal(2ul, process.Arenas);
        process.Prepare();

        var events = process.Events(() => process.Sweep(100, _ => true));

        Assert.Equal(1ul, process.Arenas);
        Assert.Single(events, e => e.Kind == EventKind.Unmap);
    }

    [Fact]
    public void An_allocation_in_a_sweep_makes_the_lists_anew_before_there_is_another_arena()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        Repeat(6, () => FillPage(process, 5, Sizes.Page));
        process.Prepare();
        process.Sweep(4, number => number > 6);
        Assert.Equal(2ul, process.Arenas);

        var events = process.Events(() => process.Malloc(5));

        Assert.Single(events, e => e.Kind == EventKind.Unmap);
        Assert.Single(events, e => e.Kind == EventKind.Map);
        Assert.Equal(2ul, process.Arenas);
    }

    [Fact]
    public void Used_bytes_were_counted_anew_in_each_sweep_up_to_96a224bd967()
    {
        var now = new ArenaProcess(isPaged: true, Sizes);
        var before = new ArenaProcess(isPaged: true, Sizes, recountsInSweep: true);
        foreach (var process in new[] { now, before })
        {
            Repeat(8, () => process.Malloc(5));
            process.Prepare();
            process.Sweep(1, number => number == 7);
        }

        Assert.Equal(7ul * 40, now.Used);
        Assert.Equal(40ul, before.Used);
    }

    [Theory]
    [InlineData("glibc")]
    [InlineData("debug:pymalloc:glibc")]
    [InlineData("windows")]
    [InlineData("guard")]
    public void Simple_does_what_the_model_says_whatever_is_asked(string allocator) =>
        Acts.Sample(acts => Compare(acts, new ArenaProcess(isPaged: false, Sizes, allocator: allocator), new SimpleModel()), iter: 60);

    [Theory]
    [InlineData(16, 64, false)]
    [InlineData(16, 64, true)]
    [InlineData(12, 96, false)]
    [InlineData(20, 1024, false)]
    public void Paged_does_what_the_model_says_whatever_is_asked(int page, int arena, bool recounts) =>
        Acts.Sample(
            acts => Compare(acts, new ArenaProcess(isPaged: true, new(5, page, arena), recounts), new PagedModel(5, page, arena, recounts)),
            iter: 150);

    [Fact]
    public void A_free_block_that_is_corrupted_to_name_a_living_one_ends_the_run()
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        Repeat(2, () => process.Malloc(3));
        var free = process.Live[2];
        process.Prepare();
        process.Sweep(10, number => number == 2);
        process.Corrupt(free, process.Live[1].Value);
        process.Malloc(3);

        Assert.Throws<SimulatedAssertion>(() => process.Malloc(3));
    }

    [Theory]
    [InlineData(0xD000_0000_0000_0000UL)]
    [InlineData(0x18UL)]
    [InlineData(0x55UL)]
    public void A_chain_that_is_corrupted_to_name_no_memory_ends_the_run(ulong word)
    {
        var process = new ArenaProcess(isPaged: true, Sizes);
        Repeat(2, () => process.Malloc(3));
        var free = process.Live[2];
        process.Prepare();
        process.Sweep(10, number => number == 2);
        process.Corrupt(free, word);
        process.Malloc(3);

        Assert.ThrowsAny<SimulatedFault>(() => process.Malloc(3));
    }

    private static void Compare(Act[] acts, ArenaProcess process, SmallObjectModel model)
    {
        var freed = new List<ulong>();
        var isSweeping = false;
        foreach (var act in acts)
        {
            if (act.Kind == 0)
            {
                model.Malloc(process.Malloc(act.Words), act.Words);
            }
            else if (act.Kind == 1 && !isSweeping)
            {
                process.Prepare();
                model.Prepare();
                isSweeping = true;
            }
            else if (isSweeping)
            {
                var isComplete = process.Sweep(act.Limit, act.Dies);
                Assert.Equal(model.Sweep(act.Limit, act.Dies, freed), isComplete);
                isSweeping = !isComplete;
            }

            Assert.Equal(((ulong)model.Used, (ulong)model.Arenas), (process.Used, process.Arenas));
        }

        Assert.Equal(freed, process.Freed);
        foreach (var (words, blocks) in (model as PagedModel)?.Pages ?? [])
            Assert.Single(blocks.Select(block => process.Live[block.Value] - block.Key * words * 8L).Distinct());
    }

    private static void FillPage(ArenaProcess process, int words, int page) => Repeat((page - 4) / words, () => process.Malloc(words));

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }
}
