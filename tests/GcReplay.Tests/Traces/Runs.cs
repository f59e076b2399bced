using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Tests.Traces;

/// <summary>Small made-up runs, and what a trace must give back of them.</summary>
internal static class Runs
{
    public static readonly RecordedChoice[] Choices =
    [
        new(0, "main.1", 0, "thread switch", 0, 2, 1),
        new(2, "", ulong.MaxValue, "größe", 3, int.MaxValue, 7),
    ];

    public static TraceOutcome Outcome(long events, ulong stateHash = 0) => new()
    {
        Status = RunStatus.Failure,
        Events = events,
        Operations = 3,
        ContentHash = 0,
        StateHash = stateHash,
        DefaultedChoices = 1,
        Failure = new RunFailure("crash", "write", events, "write to unmapped memory at 0x10", "crash/unlink"),
    };

    /// <summary>Blocks that a collector might make: objects linked into a list, stored to and unlinked.</summary>
    public static void Write(IBlockSink sink, AddressSpace state, int blocks, int eventsPerBlock)
    {
        var block = new EventBlock(eventsPerBlock) { FirstEvent = 1 };
        for (var i = 0; i < blocks * eventsPerBlock; i++)
        {
            if (block.IsFull)
                block = sink.Take(block, state);
            Add(block, state, i);
        }

        sink.Take(block, state);
    }

    /// <summary>The events and changes of a block as text: equal texts are equal blocks.</summary>
    public static string Describe(EventBlock block)
    {
        var lines = new List<string>();
        for (var i = 0; i < block.Count; i++)
        {
            var changes = Enumerable.Range(block.ChangeStart(i), block.ChangeEnds[i] - block.ChangeStart(i)).Select(c => block.Change(c));
            lines.Add($"{block.FirstEvent + i}: {block[i]} {string.Join(' ', changes)}");
        }

        return string.Join('\n', lines);
    }

    private static void Add(EventBlock block, AddressSpace state, int i)
    {
        var cell = new Address(0x5555_0000_0000 + (ulong)i * 64);
        var list = new Address(0x5555_0000_0018);
        switch (i % 4)
        {
            case 0:
                block.Add(new Event(EventKind.Allocate, 0, 0, cell.Value, 48, (ulong)i, 0x0200_0000_0000_0001));
                break;
            case 1:
                block.Add(new Event(EventKind.Link, 0, 1, list.Value, cell.Value, 0, 0));
                Poke(block, state, list + 8, cell.Value);
                Poke(block, state, cell, list.Value);
                break;
            case 2:
                block.Add(new Event(EventKind.Store, i / 100 % 3, 0, cell.Value, cell.Value + 16, list.Value, 0));
                Poke(block, state, cell + 16, (ulong)i);
                break;
            default:
                block.Add(new Event(EventKind.Free, 0, 0, cell.Value - 192, 48, (ulong)i, 0));
                break;
        }
    }

    private static void Poke(EventBlock block, AddressSpace state, Address address, ulong value) =>
        block.AddChange(address, state.Poke(address, value));
}
