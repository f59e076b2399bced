using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>The places of a stream's values in its block.</summary>
internal sealed class Places
{
    private int[] events = [];
    private int[] changes = [];
    private int count;

    /// <summary>For each value the index of its event.</summary>
    public ReadOnlySpan<int> Events => events.AsSpan(0, count);

    /// <summary>For each value the index of its change; nothing good for columns that are no changes.</summary>
    public ReadOnlySpan<int> Changes => changes.AsSpan(0, count);

    /// <summary>Lists the places: of each event, or of each change that belongs in the column.</summary>
    /// <param name="ofKind">The events of the stream's kind that have a value in the column.</param>
    public void List(EventBlock block, int column, ReadOnlySpan<int> ofKind)
    {
        count = 0;
        Reserve(column < Columns.LaterChanges ? ofKind.Length : block.ChangeCount);
        if (column >= Columns.LaterChanges)
        {
            ListLater(block, ofKind);
            return;
        }

        count = ofKind.Length;
        ofKind.CopyTo(events);
        if (column < Columns.FirstChange)
            return;
        var ordinal = Columns.Ordinal(column);
        for (var i = 0; i < ofKind.Length; i++)
            changes[i] = block.ChangeStart(ofKind[i]) + ordinal;
    }

    private void ListLater(EventBlock block, ReadOnlySpan<int> ofKind)
    {
        foreach (var index in ofKind)
        {
            for (var change = block.ChangeStart(index) + Columns.OwnChanges; change < block.ChangeEnds[index]; change++)
            {
                events[count] = index;
                changes[count++] = change;
            }
        }
    }

    private void Reserve(int values)
    {
        if (events.Length >= values)
            return;
        events = new int[values];
        changes = new int[values];
    }
}
