using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Tests.Simulation.Allocators;

/// <summary>A simulated process that only allocates.</summary>
internal sealed class AllocatorProcess
{
    public const int FirstSite = 10;
    public static readonly Address Control = new(0x5555_5575_0000);
    private readonly string name;
    private readonly IChoices choices;
    private readonly EventList sink = new();
    private ulong born;

    public AllocatorProcess(string name, IChoices? choices = null)
    {
        this.name = name;
        this.choices = choices ?? new Always(0);
        Journal = new Journal(sink);
        Journal.Map(Control, Allocator.ControlBytes);
        Allocator = Create();
        Allocator.SetUp(Control);
    }

    public Journal Journal { get; }

    public Allocator Allocator { get; private set; }

    public SortedDictionary<ulong, ulong> Live { get; } = [];

    /// <param name="isRuntime">For a struct of the runtime: CPython's raw domain.</param>
    public Address Allocate(ulong bytes, bool isRuntime = false)
    {
        var cell = Allocator.Allocate(bytes, ++born | (isRuntime ? Shadow.RuntimeFlag : 0), ObjectEntry.Descriptor(1, 0, 0, 0));
        Live.Add(cell.Value, Math.Max(8, bytes + 7 & ~7UL));
        return cell;
    }

    public void Free(Address cell)
    {
        Allocator.Free(cell);
        Live.Remove(cell.Value);
    }

    /// <summary>Forgets the allocator object; a new one is made from the words alone.</summary>
    public void Forget()
    {
        Allocator = Create();
        Allocator.Attach(Control);
    }

    /// <summary>Writes to every word of a cell.</summary>
    public void Fill(Address cell, ulong bytes)
    {
        for (var offset = 0L; offset < (long)bytes; offset += 8)
            Journal.WriteOwn(cell + offset, 0xF111_0000_0000_0000 + (ulong)offset);
    }

    /// <summary>Events from now on until the action has ended.</summary>
    public Event[] Events(Action action)
    {
        Journal.Flush();
        sink.Events.Clear();
        action();
        Journal.Flush();
        return [.. sink.Events];
    }

    /// <summary>Addresses in a range whose words the action changes.</summary>
    public Address[] Changed(Address start, ulong bytes, Action action)
    {
        var before = Words(start, bytes);
        action();
        var after = Words(start, bytes);
        return [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).Select(i => start + i * 8L)];
    }

    /// <summary>A word of the topmost allocator's control words.</summary>
    public ulong ControlWord(string field) => Journal.Space.Peek(Control + Allocator.ControlLayout.Field(field)!.Offset);

    private ulong[] Words(Address start, ulong bytes) =>
        [.. Enumerable.Range(0, (int)(bytes / 8)).Select(i => Journal.Space.Peek(start + i * 8L))];

    private Allocator Create() => GcReplay.Simulation.Allocators.Allocators.Create(name, Journal, choices, FirstSite);

    /// <summary>The name of the site at which an allocator gave up.</summary>
    public static string SiteOf(SimulatedAssertion assertion) =>
        GcReplay.Simulation.Allocators.Allocator.Sites[assertion.Site - FirstSite].Name;

    /// <summary>Answers every question alike.</summary>
    public sealed class Always(int answer) : IChoices
    {
        public int Choose(int n, string site) => answer < n ? answer : 0;
    }

    private sealed class EventList : IBlockSink
    {
        public List<Event> Events { get; } = [];

        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            for (var i = 0; i < block.Count; i++)
                Events.Add(block[i]);
            block.Clear();
            return block;
        }
    }
}
