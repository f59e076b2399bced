using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The blocks decoded last. Memory is bounded by blocks and by their changes.</summary>
internal sealed class RecentBlocks
{
    private const int BlocksMax = 8;
    private const int ChangesMax = 1 << 22;

    // Least recently used first.
    private readonly List<(int Number, EventBlock Block)> blocks = [];

    public EventBlock? Find(int number)
    {
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            var found = blocks[i];
            if (found.Number != number)
                continue;
            if (i < blocks.Count - 1)
            {
                blocks.RemoveAt(i);
                blocks.Add(found);
            }

            return found.Block;
        }

        return null;
    }

    public void Add(int number, EventBlock block)
    {
        blocks.Add((number, block));
        while (blocks.Count > 1 && (blocks.Count > BlocksMax || blocks.Sum(b => (long)b.Block.ChangeCount) > ChangesMax))
            blocks.RemoveAt(0);
    }
}
