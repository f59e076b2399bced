using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Tests.Debugging;

/// <summary>A trace made event by event, kept in memory in blocks so small that a short trace has many, with a checkpoint behind
/// some of them.</summary>
internal sealed class HandMadeTrace : ITraceSource, IBlockSink
{
    public static readonly Address Arena = new(0x10000);
    private const int ArenaBytes = 64 * AddressSpace.PageBytes;

    private readonly List<EventBlock> blocks = [];
    private readonly List<(long Position, List<(ulong Number, ulong[] Words)> Pages)> checkpoints = [];
    private readonly List<long> positions = [];
    private readonly List<ulong> hashes = [0];
    private readonly Dictionary<int, Stack<(EventKind Kind, long Number)>> spans = [];
    private readonly int blockEvents;
    private readonly int checkpointBlocks;
    private long flushed;
    private Address top = Arena;
    private ulong born;

    public HandMadeTrace(int blockEvents = 4, int checkpointBlocks = 3)
    {
        this.blockEvents = blockEvents;
        this.checkpointBlocks = checkpointBlocks;
        Journal = new Journal(this)
        {
            EventCompleted = number =>
            {
                if (hashes.Count <= number)
                    hashes.Add(0);
                hashes[(int)number] = Journal!.Space.Hash;
            },
        };
    }

    public Journal Journal { get; }

    /// <summary>The state hash the recorder had after each event; index 0 is the start.</summary>
    public IReadOnlyList<ulong> Hashes => hashes;

    public TraceHeader Header { get; set; } = HandMadeLayout.Header();

    public TraceOutcome? Outcome { get; set; }

    public ImmutableArray<RecordedChoice> Choices => [];

    public long EventCount => blocks.Count == 0 ? 0 : blocks[^1].LastEvent;

    public string? Damage => null;

    public int BlockCount => blocks.Count;

    public IReadOnlyList<long> Checkpoints => positions;

    public long FirstEvent(int block) => blocks[block].FirstEvent;

    public int BlockOf(long number) => blocks.FindIndex(b => number >= b.FirstEvent && number <= b.LastEvent);

    public EventBlock ReadBlock(int block) => blocks[block];

    public void LoadCheckpoint(int index, AddressSpace into)
    {
        foreach (var (number, words) in checkpoints[index].Pages)
            into.LoadPage(number, words);
    }

    public EventBlock Take(EventBlock block, AddressSpace state)
    {
        blocks.Add(block);
        flushed = block.LastEvent;
        if (blocks.Count % checkpointBlocks != 0)
            return Empty(block);
        positions.Add(block.LastEvent);
        checkpoints.Add((block.LastEvent, [.. state.SavedPages().Select(p => (p.Number, p.Words.ToArray()))]));
        return Empty(block);
    }

    /// <summary>Hands over what is left; nothing can be added afterwards.</summary>
    public HandMadeTrace Done()
    {
        Journal.Complete();
        Journal.Flush();
        return this;
    }

    /// <summary>Opens an event of a thread; words poked from now on belong to it. Returns its number.</summary>
    public long Add(EventKind kind, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, int thread = 0)
    {
        Prepare(thread);
        Journal.Event(kind, a, b, c, d);
        return Journal.LastEvent;
    }

    public long MapArena() => Add(EventKind.Map, Arena.Value, ArenaBytes);

    public long Begin(EventKind kind, ulong operand = 0, int thread = 0)
    {
        var number = Add(kind, operand, thread: thread);
        SpansOf(thread).Push((kind, number));
        return number;
    }

    /// <summary>Closes the innermost span of a thread.</summary>
    public long End(int thread = 0)
    {
        var (kind, begin) = SpansOf(thread).Pop();
        return Add(kind + 1, (ulong)begin, 0, 1, thread: thread);
    }

    public int Depth(int thread) => SpansOf(thread).Count;

    /// <summary>Allocates an object with four slots behind its reference count; its words are written in the same event.</summary>
    public MadeObject New(int nameId = 0, int thread = 0)
    {
        top += 64;
        return NewAt(top - 64, nameId, thread);
    }

    /// <summary>Allocates an object where nothing lives.</summary>
    public MadeObject NewAt(Address address, int nameId = 0, int thread = 0)
    {
        var made = new MadeObject(++born, address);
        Prepare(thread);
        Journal.Allocate(made.Address, HandMadeLayout.ObjectBytes, made.Number, ObjectEntry.Descriptor(0, nameId, 0, 0));
        made = made with { Birth = Journal.LastEvent };
        Journal.WriteOwn(made.Address, 1);
        return made;
    }

    public long Store(MadeObject target, int slot, MadeObject? value, int thread = 0)
    {
        var number = Add(EventKind.Store, target.Address.Value, target.Slot(slot).Value, value?.Address.Value ?? 0, thread: thread);
        Journal.Write(target.Slot(slot), value?.Address.Value ?? 0);
        return number;
    }

    public long Free(MadeObject target, int thread = 0)
    {
        Prepare(thread);
        Journal.Free(Journal.Shadow.CellAt(target.Address)!.Value);
        return Journal.LastEvent;
    }

    // An allocation with a hazard before it can overrun a block by a few events.
    private EventBlock Empty(EventBlock before) => new(blockEvents * 4) { FirstEvent = before.LastEvent + 1 };

    private void Prepare(int thread)
    {
        if (Journal.LastEvent - flushed >= blockEvents)
        {
            Journal.Complete();
            Journal.Flush();
        }

        Journal.Thread = thread;
    }

    private Stack<(EventKind Kind, long Number)> SpansOf(int thread)
    {
        if (!spans.TryGetValue(thread, out var stack))
            spans[thread] = stack = new Stack<(EventKind Kind, long Number)>();
        return stack;
    }
}

/// <summary>An object of a hand-made trace.</summary>
internal sealed record MadeObject(ulong Number, Address Address, long Birth = 0)
{
    public Address Slot(int index) => Address + 8 + index * 8;
}
