using System.Globalization;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>Compares with what glibc 2.36 did: <c>glibc-2.36.txt</c>, recorded by <c>record-mallocs.c</c>.</summary>
public class GlibcConformanceTests
{
    /// <summary>tcache_init allocates this much first, whatever the tcache is set to hold.</summary>
    private const ulong TcacheStruct = 640;

    [Fact]
    public void Places_the_words_that_free_overwrites_and_the_end_of_the_heap_are_those_of_glibc()
    {
        var file = Path.Combine(Repository.Root, "tests/GcReplay.Tests/Simulation/Allocators/glibc-2.36.txt");
        var sequences = File.ReadAllText(file).Split("# sequence", StringSplitOptions.RemoveEmptyEntries);

        Assert.All(sequences, Replay);
    }

    private static void Replay(string sequence)
    {
        var process = new AllocatorProcess("glibc");
        process.Allocate(TcacheStruct);
        var cells = new List<Address>();
        foreach (var line in sequence.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var words = line.Split(' ');
            var operand = int.Parse(words[1], CultureInfo.InvariantCulture);
            if (words[0] == "a")
            {
                cells.Add(process.Allocate((ulong)operand));
                process.Fill(cells[^1], process.Live[cells[^1].Value]);
                Assert.Equal(line, $"a {operand} {PlaceOf(process, cells[^1])}");
            }
            else
            {
                var changed = ChangedBy(process, cells[operand], process.Live[cells[operand].Value]);
                Assert.Equal(line, $"f {operand} {process.ControlWord("system_mem"):x} {changed}");
            }
        }
    }

    /// <summary>Frees the cell; the indexes of its words that change.</summary>
    private static string ChangedBy(AllocatorProcess process, Address cell, ulong bytes)
    {
        var changed = process.Changed(cell, bytes, () => process.Free(cell)).Select(address => $"{(address - cell) / 8:x}").ToArray();
        if (!process.Journal.Space.IsMapped(cell + (long)bytes - 8))
            return "gone";
        return changed.Length == 0 ? "none" : string.Join(',', changed);
    }

    /// <summary>Where in the heap; of a mapped chunk only its size, since its place is the kernel's decision.</summary>
    private static string PlaceOf(AllocatorProcess process, Address cell) => cell < GlibcAllocator.HeapEnd
        ? $"h{cell - GlibcAllocator.HeapStart:x}"
        : $"m{process.Journal.Space.Peek(cell - 8) & ~7ul:x}";
}
