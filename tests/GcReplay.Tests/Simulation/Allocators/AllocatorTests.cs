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
    private enum Do
    {
        Allocate,
        Free,
        Forget,
    }

    private sealed record Act(Do Do, ulong Bytes, int Which);

    private static readonly Gen<ulong> Bytes = Gen.Frequency(
        (20, Gen.ULong[0, 200]), (6, Gen.ULong[200, 4000]), (3, Gen.ULong[4000, 140_000]), (1, Gen.ULong[140_000, 800_000]));

    private static readonly Gen<Act[]> Acts = Gen.Select(
        Gen.Frequency((10, Gen.Const(Do.Allocate)), (8, Gen.Const(Do.Free)), (1, Gen.Const(Do.Forget))), Bytes, Gen.Int[0, 1 << 20],
        (what, bytes, which) => new Act(what, bytes, which)).Array[1, 300];

    public static TheoryData<string> Names => [.. Table.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_remembered_outside_the_words(string name) =>
        Acts.Sample(acts =>
        {
            var original = new AllocatorProcess(name);
            var forgetful = new AllocatorProcess(name);
            foreach (var act in acts)
            {
                Assert.Equal(Run(original, act with { Do = act.Do == Do.Forget ? Do.Free : act.Do }), Run(forgetful, act));
                Assert.Equal(original.Journal.Space.Hash, forgetful.Journal.Space.Hash);
            }
        }, iter: 150);

    [Theory]
    [MemberData(nameof(Names))]
    public void Live_cells_are_mapped_aligned_apart_and_keep_their_words(string name) =>
        Acts.Sample(acts =>
        {
            var process = new AllocatorProcess(name, new Spread());
            foreach (var act in acts)
            {
                var cell = Run(process, act);
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
        }, iter: 150);

    [Fact]
    public void When_all_is_freed_the_glibc_heap_is_one_top() =>
        Acts.Sample(acts =>
        {
            var process = new AllocatorProcess("glibc");
            foreach (var act in acts)
                Run(process, act);
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
        Gen.Select(Acts, Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[-2, 6], Gen.Int[0, 4], Gen.ULong).Array[1, 40]).Sample((acts, stores) =>
        {
            var process = new AllocatorProcess(name);
            try
            {
                for (var i = 0; i < acts.Length; i++)
                {
                    process.Journal.StartCounting();
                    Run(process, acts[i]);
                    var (which, word, form, value) = stores[i % stores.Length];
                    if (i % 5 == 4)
                        StoreWildly(process, which, word, form, value);
                }
            }
            catch (SimulatedFault)
            {
                // How such a run should end.
            }
        }, iter: 500);

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
        Assert.Contains("glibc, pymalloc, debug, guard", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'glibc'?", error.Message, StringComparison.Ordinal);
    }

    private static Address Run(AllocatorProcess process, Act act)
    {
        switch (act.Do)
        {
            case Do.Allocate:
                return process.Allocate(act.Bytes);
            case Do.Forget:
                process.Forget();
                break;
            default:
                break;
        }

        if (process.Live.Count == 0)
            return Address.Null;
        var cell = new Address(process.Live.Keys.ElementAt(act.Which % process.Live.Count));
        process.Free(cell);
        return cell;
    }

    private static void StoreWildly(AllocatorProcess process, int which, int word, int form, ulong value)
    {
        var cells = process.Journal.Shadow.Cells().ToArray();
        if (cells.Length == 0)
            return;
        var cell = cells[which % cells.Length].Start;
        var at = which % 3 == 0 ? AllocatorProcess.Control + (long)(value % 290) * 8 : cell + word * 8;
        process.Journal.WriteOwn(at, form switch
        {
            0 => value % 256,
            1 => cells[value % (ulong)cells.Length].Start.Value - 16,
            2 => AllocatorProcess.Control.Value + value % 290 * 8,
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
