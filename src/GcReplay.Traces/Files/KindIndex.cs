using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The events of a block by kind: where each kind's streams take their values from.</summary>
internal sealed class KindIndex
{
    private readonly int[] starts = new int[256];
    private readonly int[] counts = new int[256];
    private int[] order = [];

    /// <summary>Kinds that occur, ascending.</summary>
    public List<byte> Kinds { get; } = [];

    public void Build(EventBlock block)
    {
        Kinds.Clear();
        Array.Clear(counts);
        if (order.Length < block.Count)
            order = new int[block.Count];
        for (var i = 0; i < block.Count; i++)
            counts[block.Kinds[i]]++;
        var start = 0;
        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] > 0)
                Kinds.Add((byte)kind);
            starts[kind] = start;
            start += counts[kind];
            counts[kind] = 0;
        }

        for (var i = 0; i < block.Count; i++)
        {
            var kind = block.Kinds[i];
            order[starts[kind] + counts[kind]++] = i;
        }
    }

    /// <summary>Drops the events that have no change of this ordinal: no later column has a value of theirs.</summary>
    public void KeepChanged(EventBlock block, int ordinal)
    {
        foreach (var kind in Kinds)
        {
            var events = order.AsSpan(starts[kind], counts[kind]);
            var kept = 0;
            foreach (var index in events)
            {
                if (block.ChangeEnds[index] - block.ChangeStart(index) > ordinal)
                    events[kept++] = index;
            }

            counts[kind] = kept;
        }
    }

    /// <summary>Indexes of the events of a kind, ascending.</summary>
    public ReadOnlySpan<int> Events(int kind) => order.AsSpan(starts[kind], counts[kind]);
}
