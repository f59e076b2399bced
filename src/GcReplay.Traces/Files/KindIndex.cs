using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The events of a block by kind, and where each kind's streams take their values from.</summary>
/// <remarks>Columns are asked for in ascending order: those of changes drop the events that have no value in any later column.</remarks>
internal sealed class KindIndex
{
    private readonly int[] starts = new int[256];
    private readonly int[] counts = new int[256];
    private int[] order = [];

    /// <summary>For each of <see cref="order"/> the place of its change that is in the present column.</summary>
    private int[] changes = [];
    private int[] laterEvents = [];
    private int[] laterChanges = [];
    private bool isLater;

    /// <summary>Kinds that occur, ascending.</summary>
    public List<byte> Kinds { get; } = [];

    public void Build(EventBlock block)
    {
        Kinds.Clear();
        isLater = false;
        if (order.Length < block.Count)
            (order, changes) = (new int[block.Count], new int[block.Count]);
        Array.Clear(counts);
        var kinds = block.Kinds.AsSpan(0, block.Count);
        foreach (var kind in kinds)
            counts[kind]++;
        Span<int> next = stackalloc int[256];
        var start = 0;
        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] > 0)
                Kinds.Add((byte)kind);
            starts[kind] = next[kind] = start;
            start += counts[kind];
        }

        var ordered = order;
        for (var i = 0; i < kinds.Length; i++)
            ordered[next[kinds[i]]++] = i;
    }

    /// <summary>Goes on to the columns of the next change of each event; to the first ones, where <paramref name="ordinal"/> is 0.</summary>
    public void NextChange(EventBlock block, int ordinal)
    {
        isLater = ordinal == Columns.OwnChanges;
        var ends = block.ChangeEnds;
        foreach (var kind in Kinds)
        {
            var count = counts[kind];
            var events = order.AsSpan(starts[kind], count);
            var places = changes.AsSpan(starts[kind], count);
            var kept = 0;
            for (var i = 0; i < events.Length; i++)
            {
                var index = events[i];
                var place = ordinal == 0 ? block.ChangeStart(index) : places[i] + 1;
                if (place >= ends[index])
                    continue;
                (events[kept], places[kept]) = (index, place);
                kept++;
            }

            counts[kind] = kept;
        }
    }

    /// <summary>Whether a kind has a stream in the present column.</summary>
    public bool Has(byte kind) => counts[kind] > 0;

    /// <summary>The places of the values of a kind's stream in the present column. Good until the next call.</summary>
    public Places Places(EventBlock block, byte kind)
    {
        var events = order.AsSpan(starts[kind], counts[kind]);
        var places = changes.AsSpan(starts[kind], counts[kind]);
        return isLater ? Later(block, events, places) : new Places(events, places);
    }

    /// <summary>All changes of the events from the given one on.</summary>
    private Places Later(EventBlock block, ReadOnlySpan<int> events, ReadOnlySpan<int> firsts)
    {
        if (laterEvents.Length < block.ChangeCount)
            (laterEvents, laterChanges) = (new int[block.ChangeCount], new int[block.ChangeCount]);
        var count = 0;
        for (var i = 0; i < events.Length; i++)
        {
            for (var change = firsts[i]; change < block.ChangeEnds[events[i]]; change++)
            {
                laterEvents[count] = events[i];
                laterChanges[count++] = change;
            }
        }

        return new Places(laterEvents.AsSpan(0, count), laterChanges.AsSpan(0, count));
    }
}

/// <summary>The places of a stream's values in its block.</summary>
/// <param name="events">For each value the index of its event, ascending.</param>
/// <param name="changes">For each value the index of its change; nothing good for columns that are no changes.</param>
internal readonly ref struct Places(ReadOnlySpan<int> events, ReadOnlySpan<int> changes)
{
    public ReadOnlySpan<int> Events { get; } = events;

    public ReadOnlySpan<int> Changes { get; } = changes;
}
