using System.Globalization;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>Compares with what the pymalloc of CPython 3.9.18 did: <c>pymalloc-3.9.txt</c> and, with its debug hooks,
/// <c>pymalloc-debug-3.9.txt</c>, recorded by <c>record-pymalloc.c</c>, which says what the lines mean.</summary>
public class PymallocConformanceTests
{
    private const string Folder = "tests/GcReplay.Tests/Simulation/Allocators";

    [Fact]
    public void Places_arenas_pool_headers_and_the_words_that_free_overwrites_are_those_of_CPython() =>
        Assert.All(Sequences("pymalloc-3.9.txt"), sequence => new Replay("pymalloc", isDebug: false).Run(sequence));

    [Fact]
    public void The_words_of_the_debug_hooks_are_those_of_CPython() =>
        Assert.All(Sequences("pymalloc-debug-3.9.txt"), sequence => new Replay("debug", isDebug: true).Run(sequence));

    private static string[] Sequences(string file) =>
        File.ReadAllText(Repository.PathOf($"{Folder}/{file}")).Split("# sequence", StringSplitOptions.RemoveEmptyEntries);

    private sealed class Replay(string allocator, bool isDebug)
    {
        private const ulong HashStart = 0xcbf29ce484222325;
        private readonly AllocatorProcess process = new(allocator);
        private readonly List<(Address Start, ulong Bytes)> cells = [];

        private AddressSpace Space => process.Journal.Space;

        public void Run(string sequence)
        {
            foreach (var line in sequence.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                var words = line.Split(' ');
                int Number(int at) => int.Parse(words[at], CultureInfo.InvariantCulture);
                Assert.Equal(line, words[0] switch
                {
                    "a" => $"a {words[1]} {Allocate((ulong)Number(1))}",
                    "A" => $"A {words[1]} {words[2]} {AllocateMany(Number(1), (ulong)Number(2))}",
                    "f" => $"f {words[1]} {Free(Number(1))}",
                    "F" => $"F {words[1]} {words[2]} {words[3]} {FreeMany(Number(1), Number(2), Number(3))}",
                    _ => $"p {words[1]} {PoolOf(cells[Number(1)].Start)}",
                });
            }
        }

        private string Allocate(ulong bytes)
        {
            var cell = process.Allocate(bytes);
            var end = cell + (long)process.Live[cell.Value];
            cells.Add((cell, process.Live[cell.Value]));
            var fresh = $"{Place(cell)} {Peek(cell - 16)} {Peek(cell - 8)} {Peek(cell)} {Peek(end - 8)} {Peek(end)}";
            process.Fill(cell, process.Live[cell.Value]);
            return isDebug ? fresh : Place(cell);
        }

        private string AllocateMany(int count, ulong bytes)
        {
            var hash = HashStart;
            for (var i = 0; i < count; i++)
            {
                Allocate(bytes);
                hash = Hash(hash, Place(cells[^1].Start));
            }

            return $"{Place(cells[^1].Start)} {hash:x}";
        }

        private string Free(int index)
        {
            var (cell, bytes) = cells[index];
            var isRaw = Place(cell) == "raw";
            var changed = process.Changed(cell, bytes, () => process.Free(cell)).Select(address => $"{(address - cell) / 8:x}").ToArray();
            return Arenas() + " " + (isRaw ? "raw"
                : isDebug ? Around(cell, bytes)
                : !Space.IsMapped(cell) ? "gone"
                : changed.Length == 0 ? "none" : string.Join(',', changed));
        }

        private string FreeMany(int from, int to, int step)
        {
            var hash = HashStart;
            for (var i = from; i < to; i += step)
            {
                process.Free(cells[i].Start);
                hash = Hash(hash, Arenas());
            }

            return $"{Arenas()} {hash:x}";
        }

        private string PoolOf(Address cell)
        {
            var pool = new Address(cell.Value / PymallocAllocator.PoolBytes * PymallocAllocator.PoolBytes);
            var indexes = Space.Peek(pool + 32);
            var offsets = Space.Peek(pool + 40);
            return $"{(uint)(Space.Peek(pool) & uint.MaxValue):x} {PlaceAt(pool + 8)} {PlaceAt(pool + 16)} {PlaceAt(pool + 24)} "
                + $"{indexes & uint.MaxValue:x} {indexes >> 32:x} {offsets & uint.MaxValue:x} {offsets >> 32:x}";
        }

        private string Arenas()
        {
            var field = PymallocAllocator.TheName == allocator ? 0 : 16;
            return $"{Space.Peek(AllocatorProcess.Control + field + PymallocCounterOffset):x}";
        }

        /// <summary>The words of a freed cell and its guards, as the recording shows them.</summary>
        private string Around(Address cell, ulong bytes)
        {
            var shown = new List<(string Text, int Count)>();
            for (var at = cell - 16; at <= cell + (long)bytes; at += 8)
            {
                var text = SlotOf(new Address(Space.Peek(at))) is null ? Peek(at) : PlaceAt(at);
                if (shown.Count > 0 && shown[^1].Text == text)
                    shown[^1] = (text, shown[^1].Count + 1);
                else
                    shown.Add((text, 1));
            }

            return string.Join(' ', shown.Select(word => word.Count == 1 ? word.Text : $"{word.Text}*{word.Count}"));
        }

        private static int PymallocCounterOffset { get; } =
            new AllocatorProcess("pymalloc").Allocator.ControlLayout.Field("narenas_currently_allocated")!.Offset;

        private string Peek(Address at) => $"{Space.Peek(at):x}";

        private string PlaceAt(Address at) => Place(new Address(Space.Peek(at)));

        private static string Place(Address at) => at.IsNull ? "0"
            : SlotOf(at) is { } slot ? $"{slot:x}:{at - (PymallocAllocator.ArenasEnd - (slot + 1) * PymallocAllocator.ArenaBytes):x}" : "raw";

        private static long? SlotOf(Address at) => at >= PymallocAllocator.ArenasStart && at < PymallocAllocator.ArenasEnd
            ? (PymallocAllocator.ArenasEnd - at - 1) / PymallocAllocator.ArenaBytes : null;

        private static ulong Hash(ulong hash, string text) =>
            (text + " ").Aggregate(hash, (so, character) => unchecked((so ^ character) * 0x100000001b3));
    }
}
