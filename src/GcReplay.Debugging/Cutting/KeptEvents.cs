using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Cutting;

/// <summary>An event before a window that questions inside may lead to.</summary>
/// <param name="Changes">Those of its changed words that no later event before the window wrote.</param>
internal sealed record KeptEvent(long Number, Event Event, IReadOnlyList<WordChange> Changes);

/// <summary>Chooses what a window keeps of the events before it: for each live word the last event that wrote it, births and deaths of
/// the occupants of memory, the spans that are open, and the statement that each of these belongs to.</summary>
/// <remarks>Looks through the events backwards once. Memory: a bit for each word of memory that is in use, and the kept events.</remarks>
internal sealed class KeptEvents
{
    private readonly Dictionary<ulong, ulong[]> wanted = [];
    private readonly HashSet<ulong> occupants = [];
    private readonly HashSet<ulong> places = [];
    private readonly HashSet<long> spans = [];
    private readonly Dictionary<int, ThreadDepth> threads = [];
    private readonly SortedDictionary<long, KeptEvent> kept = [];
    private readonly List<WordChange> changes = [];

    private KeptEvents()
    {
    }

    /// <param name="timeline">Stands where the window begins. In front of a window that it is of, kept events are kept again.</param>
    /// <returns>Ascending.</returns>
    public static List<KeptEvent> Before(Timeline timeline, Progress progress)
    {
        var choice = new KeptEvents();
        choice.Want(timeline);
        for (var last = timeline.Position; last > 0;)
        {
            progress.At(last);
            var block = timeline.Blocks.Holding(last);
            for (var i = (int)(last - block.FirstEvent); i >= 0; i--)
                choice.Look(block, i, isLast: block.FirstEvent + i == timeline.Position);
            last = block.FirstEvent - 1;
        }

        return [.. choice.kept.Values];
    }

    private void Want(Timeline timeline)
    {
        foreach (var (page, words) in timeline.Space.SavedPages())
        {
            for (var i = 0; i < words.Length && page < Windows.ProcessEnd >> AddressSpace.PageShift; i++)
            {
                if (words.Span[i] != 0)
                    Want((page << AddressSpace.PageShift) + (ulong)i * 8);
            }
        }

        foreach (var cell in timeline.Shadow.Cells())
        {
            for (var at = cell.Start; cell.State == CellState.Live && at < cell.End; at += 8)
                Want(at.Value);
            if (timeline.Shadow.OperandOf(cell) is var operand and not 0)
                occupants.Add(operand);
            if (timeline.Shadow.OccupantOf(cell) is { } entry)
                places.Add(entry.Address.Value);
        }

        for (var thread = 0; thread < Math.Max(timeline.Source.Header.Threads.Length, 1); thread++)
            spans.UnionWith(timeline.Shadow.OpenSpans(thread));
    }

    private void Want(ulong address)
    {
        var page = address >> AddressSpace.PageShift;
        if (!wanted.TryGetValue(page, out var bits))
            wanted[page] = bits = new ulong[AddressSpace.WordsPerPage / 64];
        var word = (int)((address >> 3) % AddressSpace.WordsPerPage);
        bits[word >> 6] |= 1UL << (word & 63);
    }

    private void Look(EventBlock block, int i, bool isLast)
    {
        var (number, e) = (block.FirstEvent + i, block[i]);
        if (!threads.TryGetValue(e.Thread, out var depth))
            threads[e.Thread] = depth = new ThreadDepth();
        changes.Clear();
        for (var change = block.ChangeEnds[i] - 1; change >= block.ChangeStart(i); change--)
        {
            if (block.ChangeAddresses[change] < Windows.ProcessEnd && IsWanted(block.ChangeAddresses[change]))
                changes.Add(block.Change(change));
        }

        // A word written twice in one event is done with only now.
        foreach (var change in changes)
            Drop(change.Address.Value);
        changes.Reverse();
        var isKept = isLast || changes.Count > 0 || spans.Contains(number) || IsOfAnOccupant(e);
        if (isKept && e.Kind is not (EventKind.OperationBegin or EventKind.OperationEnd))
            depth.Wanted.Add(depth.Level);
        if (e.Kind == EventKind.OperationEnd)
        {
            depth.Level++;
            depth.Ends.Push((number, e));
        }
        else if (e.Kind == EventKind.OperationBegin)
        {
            isKept |= depth.Wanted.Remove(depth.Level);
            if (depth.Ends.TryPop(out var end) && isKept)
                kept.TryAdd(end.Number, new KeptEvent(end.Number, end.End, []));
            depth.Level--;
        }

        if (isKept)
            kept[number] = new KeptEvent(number, e, [.. changes]);
    }

    private bool IsWanted(ulong address) =>
        wanted.TryGetValue(address >> AddressSpace.PageShift, out var bits) && (int)((address >> 3) % AddressSpace.WordsPerPage) is var word
        && (bits[word >> 6] >> (word & 63) & 1) != 0;

    private void Drop(ulong address)
    {
        var word = (int)((address >> 3) % AddressSpace.WordsPerPage);
        wanted[address >> AddressSpace.PageShift][word >> 6] &= ~(1UL << (word & 63));
    }

    private bool IsOfAnOccupant(in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.Allocate or EventKind.Free:
                return occupants.Contains(e.C);
            case EventKind.Move when places.Contains(e.B):
                places.Add(e.A);
                return true;
            default:
                return false;
        }
    }

    /// <summary>How deep in operations a thread is, counted from where the window begins, and at which depths something was kept.</summary>
    private sealed class ThreadDepth
    {
        public int Level;

        public HashSet<int> Wanted { get; } = [];

        public Stack<(long Number, Event End)> Ends { get; } = [];
    }
}
