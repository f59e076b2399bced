using CsCheck;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;
using Table = GcReplay.Simulation.Allocators.Allocators;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>What holds for every allocator.</summary>
public class AllocatorTests
{
    private const ulong WordsOfControl = Allocator.ControlBytes / 8;

    public static TheoryData<string> Names => [.. Table.Names, "debug:pymalloc:windows"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_remembered_outside_the_words(string name) =>
        Acts.Many.Sample(acts =>
        {
            var original = new AllocatorProcess(name);
            var forgetful = new AllocatorProcess(name);
            foreach (var act in acts)
            {
                Assert.Equal(Acts.Run(original, act with { Do = act.Do == Do.Forget ? Do.Free : act.Do }), Acts.Run(forgetful, act));
                Assert.Equal(original.Journal.Space.Hash, forgetful.Journal.Space.Hash);
            }
        }, iter: Iterations(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Live_cells_are_mapped_aligned_apart_and_keep_their_words(string name) =>
        Acts.Many.Sample(acts =>
        {
            var process = new AllocatorProcess(name, new Spread());
            foreach (var act in acts)
            {
                var cell = Acts.Run(process, act);
                if (act.Do == Do.Allocate)
                    Mark(process, cell);
            }

            var end = 0UL;
            foreach (var (start, bytes) in process.Live)
            {
                Assert.True(start >= end && start % 16 == 0);
                end = start + bytes;
                Assert.Equal(start, process.Journal.ReadOwn(new Address(start)));
                Assert.Equal(bytes == 8 ? start : end, process.Journal.ReadOwn(new Address(end - 8)));
                Assert.Contains(process.Allocator.Regions, region => region.Contains(new Address(start)) && region.Contains(new Address(end - 8)));
            }
        }, iter: Iterations(name));

    [Fact]
    public void When_all_is_freed_the_glibc_heap_is_one_top() =>
        Acts.Many.Sample(acts =>
        {
            var process = new AllocatorProcess("glibc");
            foreach (var act in acts)
                Acts.Run(process, act);
            foreach (var start in process.Live.Keys.ToArray())
                process.Free(new Address(start));

            Assert.Equal(0ul, process.Journal.Shadow.LiveWords);
            Assert.Equal(0ul, process.ControlWord("mmapped_mem"));
            Assert.Equal(0ul, process.ControlWord("binmap_0_63") | process.ControlWord("binmap_64_127"));
            if (process.ControlWord("system_mem") is not 0 and var size)
            {
                Assert.Equal(GlibcAllocator.HeapStart.Value, process.ControlWord("top"));
                Assert.Equal(size | 1, process.Journal.Space.Peek(GlibcAllocator.HeapStart + 8));
            }
        }, iter: 100);

    /// <summary>Words as a dangling pointer would leave them: small numbers, addresses of the heap and of the control words, rubbish.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_a_wild_store_hits_only_the_simulated_process_fails(string name) =>
        Gen.Select(Acts.Many, Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[-2, 6], Gen.Int[0, 4], Gen.ULong).Array[1, 40]).Sample((acts, stores) =>
        {
            var process = new AllocatorProcess(name);
            try
            {
                for (var i = 0; i < acts.Length; i++)
                {
                    process.Journal.StartCounting();
                    Acts.Run(process, acts[i]);
                    var (which, word, form, value) = stores[i % stores.Length];
                    if (i % 5 == 4)
                        StoreWildly(process, which, word, form, value);
                }
            }
            catch (SimulatedFault)
            {
                // How such a run should end.
            }
        }, iter: 3 * Iterations(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_control_words_fit_and_no_field_lies_outside(string name)
    {
        var layout = new AllocatorProcess(name).Allocator.ControlLayout;

        Assert.Equal(StructRole.Plain, layout.Role);
        Assert.InRange(layout.Size, 8, Allocator.ControlBytes);
        Assert.All(layout.Fields, field => Assert.InRange(field.Offset, 0, layout.Size - 8));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones_and_the_nearest()
    {
        var error = Assert.Throws<GcReplayException>(() => Table.Create("glib", new Journal(), new AllocatorProcess.Always(0), 1));

        Assert.Contains("'glib'", error.Message, StringComparison.Ordinal);
        Assert.Contains("glibc, pymalloc, debug, windows, guard", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'glibc'?", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The debug hooks write each word of each cell twice.</summary>
    private static long Iterations(string name) => name.StartsWith(DebugAllocator.TheName, StringComparison.Ordinal) ? 20 : 150;

    [Theory]
    [InlineData("malloc_debug", "debug", "glibc")]
    [InlineData("pymalloc_debug", "debug", "pymalloc", "glibc")]
    [InlineData("debug", "debug", "pymalloc", "glibc")]
    [InlineData("pymalloc:windows", "pymalloc", "windows")]
    [InlineData("debug:pymalloc:guard", "debug", "pymalloc", "guard")]
    public void A_name_says_what_lies_below(string name, params string[] layers)
    {
        var structs = new AllocatorProcess(name).Allocator.Structs.Select(layout => layout.Name);

        Assert.Equal(layers.SelectMany(layer => new AllocatorProcess(layer).Allocator.Structs[..StructsOf(layer)]).Select(layout => layout.Name), structs);
    }

    [Theory]
    [InlineData("pymalloc:debug")]
    [InlineData("glibc:guard")]
    [InlineData("debug:debug")]
    [InlineData("pymalloc:pymalloc:glibc")]
    public void An_order_that_no_process_has_is_refused(string name)
    {
        var error = Assert.Throws<GcReplayException>(() => new AllocatorProcess(name));

        Assert.Contains("the order is debug, then pymalloc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sites_of_another_allocator_stay_out_of_a_traces_header()
    {
        Assert.DoesNotContain(Table.SitesOf("glibc"), site => site.Name == "windows.place");
        Assert.Contains(Table.SitesOf("debug:pymalloc:windows"), site => site.Name == "windows.place");
        Assert.Equal(Table.SitesOf("glibc"), Table.SitesOf("windows").Take(Table.SitesOf("glibc").Length));
    }

    /// <summary>How many of an allocator's structs are its own.</summary>
    private static int StructsOf(string layer) => layer switch
    {
        "pymalloc" => 3,
        "windows" => 2,
        _ => 1,
    };

    private static void StoreWildly(AllocatorProcess process, int which, int word, int form, ulong value)
    {
        var cells = process.Journal.Shadow.Cells().ToArray();
        if (cells.Length == 0)
            return;
        var cell = cells[which % cells.Length].Start;
        var at = which % 3 == 0 ? AllocatorProcess.Control + (long)(value % WordsOfControl) * 8 : cell + word * 8;
        process.Journal.WriteOwn(at, form switch
        {
            0 => value % 256,
            1 => cells[value % (ulong)cells.Length].Start.Value - 16,
            2 => AllocatorProcess.Control.Value + value % WordsOfControl * 8,
            3 => process.Journal.Space.Peek(at) ^ (1UL << (int)(value % 64)),
            _ => value,
        });
    }

    private static void Mark(AllocatorProcess process, Address cell)
    {
        var end = cell + (long)process.Live[cell.Value];
        process.Journal.WriteOwn(end - 8, end.Value);
        process.Journal.WriteOwn(cell, cell.Value);
    }

    /// <summary>A different answer each time.</summary>
    private sealed class Spread : IChoices
    {
        private int asked;

        public int Choose(int n, string site) => asked++ % n;
    }
}
