using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>Decides when a checkpoint is due, and copies the pages that changed since the last one: the recorder's part.</summary>
internal sealed class CheckpointTaker(CheckpointPolicy policy)
{
    /// <summary>Pages copied at once.</summary>
    private const int PartPages = TraceLimits.PagesPerFrame * 16;

    private AddressSpace? followed;
    private int mark;
    private long work;

    /// <param name="moreWork">Events and changed words since the last call.</param>
    /// <returns>The parts of a checkpoint, to be copied one after the other before the state changes; none when it is not due.</returns>
    public IEnumerable<object> Take(long position, long moreWork, AddressSpace state)
    {
        work += moreWork;
        return policy.IsDue(work, (long)state.ChangedPageCount * AddressSpace.WordsPerPage) ? Save(position, state) : [];
    }

    /// <returns>The parts of a checkpoint, to be copied one after the other before the state changes.</returns>
    public IEnumerable<object> Save(long position, AddressSpace state)
    {
        work = 0;
        if (state != followed)
            mark = 0;
        followed = state;
        var isWhole = !state.TakeChangedPages(ref mark, out var numbers);
        for (var first = 0; first < numbers.Length; first += PartPages)
            yield return Copy(state, numbers[first..Math.Min(first + PartPages, numbers.Length)]);
        yield return new CheckpointEnd(position, state.Hash, isWhole);
    }

    private static CopiedPages Copy(AddressSpace state, ulong[] numbers)
    {
        // Each word is written below: to clear the memory first would cost as much again.
        var words = GC.AllocateUninitializedArray<ulong>(numbers.Length * AddressSpace.WordsPerPage);
        for (var i = 0; i < numbers.Length; i++)
        {
            var page = words.AsSpan(i * AddressSpace.WordsPerPage, AddressSpace.WordsPerPage);
            if (state.WordsOf(numbers[i]) is { IsEmpty: false } present)
                present.CopyTo(page);
            else
                page.Clear();
        }

        return new CopiedPages(numbers, words);
    }
}

/// <summary>Writes checkpoints: pages that changed go into frames of their own, and a directory says where each page of the state was
/// written last. The writer thread's part.</summary>
internal sealed class CheckpointWriter(FrameWriter frames)
{
    private readonly Dictionary<ulong, long> frameOf = [];
    private readonly List<(ulong Number, ReadOnlyMemory<ulong> Words)> pending = [];
    private readonly HashSet<ulong> copied = [];
    private readonly ByteColumn bytes = new();
    private long nextId;

    public void Add(CopiedPages pages)
    {
        for (var i = 0; i < pages.Numbers.Length; i++)
        {
            var words = pages.Words.AsMemory(i * AddressSpace.WordsPerPage, AddressSpace.WordsPerPage);
            copied.Add(pages.Numbers[i]);
            if (words.Span.ContainsAnyExcept(0UL))
                pending.Add((pages.Numbers[i], words));
            else
                frameOf.Remove(pages.Numbers[i]);
            if (pending.Count == TraceLimits.PagesPerFrame)
                WritePending();
        }

        // The words belong to this part; those left over share a frame all the same, which costs a few more frames.
        WritePending();
    }

    public void End(CheckpointEnd end)
    {
        if (end.IsWhole)
        {
            // order: each on its own.
            foreach (var gone in frameOf.Keys.Where(number => !copied.Contains(number)).ToList())
                frameOf.Remove(gone);
        }

        copied.Clear();
        // order: sorted on the next line.
        ulong[] numbers = [.. frameOf.Keys];
        Array.Sort(numbers);
        CheckpointCodec.EncodeDirectory(end.Hash, numbers, Array.ConvertAll(numbers, number => frameOf[number]), bytes);
        frames.Write(FrameKind.Checkpoint, end.Position, numbers.Length, bytes.Written);
    }

    private void WritePending()
    {
        if (pending.Count == 0)
            return;
        foreach (var (number, _) in pending)
            frameOf[number] = nextId;
        CheckpointCodec.EncodePages(pending, bytes);
        frames.Write(FrameKind.Pages, nextId++, pending.Count, bytes.Written);
        pending.Clear();
    }
}
