using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Simulation.Allocators;
using GcReplay.Traces;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark.Arenas;

/// <summary>A simulated process that only allocates and sweeps small objects. Each act is done by objects made for it alone.</summary>
internal sealed class ArenaProcess
{
    private static readonly Address Words = new(0x60_0000);
    private static readonly Address Control = new(0x61_0000);
    private readonly EventList sink = new();
    private readonly bool isPaged;
    private readonly bool recountsInSweep;
    private ulong born;

    public ArenaProcess(bool isPaged, SmallObjectSizes sizes, bool recountsInSweep = false, string allocator = "glibc")
    {
        this.isPaged = isPaged;
        this.recountsInSweep = recountsInSweep;
        AllocatorName = allocator;
        Journal = new Journal(sink);
        Journal.Map(Words, 4096);
        Journal.Map(Control, Allocator.ControlBytes);
        NewAllocator().SetUp(Control);
        Make().SetUp(sizes);
    }

    public Journal Journal { get; }

    public string AllocatorName { get; }

    /// <summary>Numbers of blocks that were freed, in order.</summary>
    public List<ulong> Freed { get; } = [];

    /// <summary>Living blocks by number.</summary>
    public SortedDictionary<ulong, Address> Live { get; } = [];

    public ulong Used => Journal.Space.Peek(Words);

    public ulong Arenas => Journal.Space.Peek(Words + 8);

    /// <param name="words">Size of the block.</param>
    public ulong Malloc(int words)
    {
        var block = Make().Malloc((ulong)words * 8, ++born, ObjectEntry.Descriptor(1, 0, 0, 0));
        for (var i = 0; i < words; i++)
            Journal.WriteOwn(block + i * 8L, 0xF111_0000_0000_0000 + born);
        Live.Add(born, block);
        return born;
    }

    public void Prepare() => Make().MassFreePrepare();

    public bool Sweep(long limit, Func<ulong, bool> dies)
    {
        var begin = sink.Count(Journal);
        var isComplete = Make().MassFreeIncremental(
            block =>
            {
                var number = Live.Single(b => b.Value == block).Key;
                Assert.Equal(0xF111_0000_0000_0000 + number, Journal.Read(block));
                Journal.Event(EventKind.Sweep, block.Value, dies(number) ? 1UL : 0);
                return dies(number);
            },
            limit);
        foreach (var e in sink.From(begin, Journal).Where(e => e.Kind == EventKind.Free && e.C != 0))
        {
            Freed.Add(e.C);
            Live.Remove(e.C);
        }

        return isComplete;
    }

    public Event[] Events(Action action)
    {
        var begin = sink.Count(Journal);
        action();
        return [.. sink.From(begin, Journal)];
    }

    /// <summary>Writes a word as a bug would.</summary>
    public void Corrupt(Address word, ulong value)
    {
        Journal.Event(EventKind.Setup, word.Value);
        Journal.WriteOwn(word, value);
    }

    private SmallObjects Make()
    {
        var sites = SmallObjects.Sites.Select((site, i) => (site.Name, i)).ToDictionary(s => s.Name, s => s.i + 1);
        // Small objects ask a process for its memory, its allocator and sites alone.
        var process = new Process(Journal, null!, null!, sites, Attached(), null!);
        return isPaged ? new PagedSmallObjects(process, Words, recountsInSweep) : new SimpleSmallObjects(process, Words);
    }

    private Allocator Attached()
    {
        var allocator = NewAllocator();
        allocator.Attach(Control);
        return allocator;
    }

    private Allocator NewAllocator() =>
        GcReplay.Simulation.Allocators.Allocators.Create(AllocatorName, Journal, new AllocatorProcess.Always(0), SmallObjects.Sites.Length + 1);

    private sealed class EventList : IBlockSink
    {
        private readonly List<Event> events = [];

        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            for (var i = 0; i < block.Count; i++)
                events.Add(block[i]);
            block.Clear();
            return block;
        }

        public int Count(Journal journal)
        {
            journal.Flush();
            return events.Count;
        }

        public IEnumerable<Event> From(int begin, Journal journal)
        {
            journal.Flush();
            return events.Skip(begin);
        }
    }
}
