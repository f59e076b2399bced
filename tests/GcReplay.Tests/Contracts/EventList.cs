using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Tests.Contracts;

/// <summary>Keeps every event with its words as one line of text, for comparing runs.</summary>
public sealed class EventList : IBlockSink
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public EventBlock Take(EventBlock block, AddressSpace state)
    {
        for (var i = 0; i < block.Count; i++)
        {
            var changes = Enumerable.Range(block.ChangeStart(i), block.ChangeEnds[i] - block.ChangeStart(i)).Select(c => block.Change(c));
            lines.Add($"{block[i].Kind} {block[i]} {string.Join(' ', changes)}");
        }

        block.Clear();
        return block;
    }
}
