using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>Reads a trace file, whole or not: what can not be read is said by <see cref="Damage"/>, what can is readable.</summary>
/// <remarks>The bytes are foreign. A file that is no trace, or has no readable header, is a <see cref="GcReplayException"/> when it
/// is opened; bytes that pass their checksum and still make no sense are one when they are asked for. Opening reads a small file once
/// (checksums), of a large one only its table; it decodes no block. Not for two threads at once.</remarks>
public sealed class TraceReader : ITraceSource, IDisposable
{
    private readonly FrameReader frames;
    private readonly BlockDecoder decoder = new();
    private readonly RecentBlocks cache = new();
    private readonly BlockIndex index = new();
    private readonly EventLimits limits;
    private readonly List<FrameEntry> blocks;
    private readonly List<FrameEntry?> indexes;
    private readonly BlockSummary?[] summaries;
    private readonly List<FrameEntry> checkpoints;
    private readonly List<FrameEntry> pages;
    private readonly List<long> positions;
    private readonly List<FrameEntry> sizes;
    private readonly IReadOnlyList<FrameEntry> choiceFrames;
    private ImmutableArray<RecordedChoice> choices;
    private long keptSummaryBytes;

    private TraceReader(FrameReader frames)
    {
        this.frames = frames;
        Warning = FilePrologue.Check(frames.Path, frames.ReadBytes(0, 32));
        var table = FrameTable.Read(frames);
        sizes = table.Sound;
        Header = ReadHeader(table);
        limits = new EventLimits(Header);
        var content = new TraceContent(frames, table);
        blocks = content.Blocks;
        indexes = content.Indexes;
        summaries = new BlockSummary?[indexes.Count];
        checkpoints = content.Checkpoints;
        pages = content.Pages;
        positions = checkpoints.ConvertAll(entry => entry.First);
        foreach (var block in blocks)
            index.Add(block.Count);
        Outcome = content.Outcome;
        choiceFrames = content.Choices;
        ChoiceCount = content.ChoiceCount;
        Damage = content.Damage;
    }

    public TraceHeader Header { get; }

    public TraceOutcome? Outcome { get; }

    /// <remarks>Read when first asked for.</remarks>
    /// <exception cref="GcReplayException">Their bytes make no sense.</exception>
    public ImmutableArray<RecordedChoice> Choices => choices.IsDefault ? choices = ReadChoices() : choices;

    /// <summary>Number of <see cref="Choices"/>, unread.</summary>
    public int ChoiceCount { get; }

    public long EventCount => index.EventCount;

    public string? Damage { get; }

    public string? Warning { get; }

    public int BlockCount => index.Count;

    public IReadOnlyList<long> Checkpoints => positions;

    /// <exception cref="GcReplayException">No file, no trace, a trace of another version, or one whose header is damaged.</exception>
    public static TraceReader Open(string path)
    {
        var frames = new FrameReader(path);
        try
        {
            return new TraceReader(frames);
        }
        catch
        {
            frames.Dispose();
            throw;
        }
    }

    public long FirstEvent(int block) => index.First(block);

    public int BlockOf(long number) => index.BlockOf(number);

    /// <exception cref="GcReplayException">The block's bytes make no sense, though their checksum holds.</exception>
    public EventBlock ReadBlock(int block)
    {
        if (cache.Find(block) is { } known)
            return known;
        var entry = blocks[block];
        try
        {
            var decoded = decoder.Decode(entry.First, entry.Count, frames.ReadOnce(entry));
            limits.Check(decoded);
            cache.Add(block, decoded);
            return decoded;
        }
        catch (MalformedFrameException e)
        {
            throw new GcReplayException(
                $"{frames.Path}: block {block + 1} at byte {entry.Offset} {e.Message}; {Readable.Events(entry.First - 1)} before it. "
                + "The file was changed after it was recorded, or written by a program with a defect: record it again.",
                e);
        }
    }

    /// <remarks>An index that makes no sense is none: all that it says can be had from its block.</remarks>
    public BlockSummary? ReadSummary(int block)
    {
        if (indexes[block] is not { } entry)
            return null;
        if (summaries[block] is { } known)
            return known;
        try
        {
            var raw = frames.ReadOnce(entry);
            var summary = SummaryCodec.Decode(entry.First, entry.Count, raw);
            keptSummaryBytes += raw.Length;
            if (keptSummaryBytes <= TraceLimits.KeptSummaryBytes)
                summaries[block] = summary;
            return summary;
        }
        catch (MalformedFrameException)
        {
            indexes[block] = null;
            return null;
        }
    }

    /// <exception cref="GcReplayException">The checkpoint's bytes make no sense, though their checksum holds; or its words are others than
    /// its hash was counted from, which is asked of small ones.</exception>
    public void LoadCheckpoint(int index, AddressSpace into)
    {
        Check.That(into.PageCount == 0, $"a checkpoint is loaded into a state that has {into.PageCount} pages");
        var entry = checkpoints[index];
        try
        {
            var directory = CheckpointCodec.DecodeDirectory(frames.Read(entry), entry.Count);
            into.Load(new CheckpointState(frames, directory, Array.ConvertAll(directory.Ids, FindPages), entry.First));
            // Of a large one only what is touched is read; TraceSurvey compares those.
            if (directory.Numbers.Length <= TraceLimits.VerifiedPages && into.ComputeHash() != directory.Hash)
                throw new MalformedFrameException("holds other words than its state hash says");
        }
        catch (MalformedFrameException e)
        {
            throw new GcReplayException(
                $"{frames.Path}: the checkpoint at byte {entry.Offset} {e.Message}. "
                + "The file was changed after it was recorded, or written by a program with a defect: record it again.",
                e);
        }
    }

    private FrameEntry FindPages(long id)
    {
        var (low, high) = (0, pages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (pages[middle].First < id)
                low = middle + 1;
            else
                high = middle;
        }

        return low < pages.Count && pages[low].First == id ? pages[low] : throw new MalformedFrameException($"needs part {id}, which is not there");
    }

    /// <summary>What the parts of the file take, in bytes, by kind of frame.</summary>
    public IReadOnlyList<(string Part, long Bytes)> Sizes() =>
        [.. sizes.GroupBy(e => e.Kind).OrderBy(g => g.Key).Select(g => (g.Key.ToString(), g.Sum(e => (long)e.Length)))];

    public void Dispose() => frames.Dispose();

    private ImmutableArray<RecordedChoice> ReadChoices()
    {
        var read = ImmutableArray.CreateBuilder<RecordedChoice>();
        foreach (var entry in choiceFrames)
        {
            try
            {
                read.AddRange(EndCodec.DecodeChoices(frames.Read(entry), entry.Count));
            }
            catch (MalformedFrameException e)
            {
                throw new GcReplayException(
                    $"{frames.Path}: a list of choices at byte {entry.Offset} {e.Message}. The events are not touched by that; to do without the choices: "
                    + $"gcreplay salvage {frames.Path} -o FILE",
                    e);
            }
        }

        return read.DrainToImmutable();
    }

    private TraceHeader ReadHeader(FrameTable table)
    {
        const string advice = "nothing can be read without it. Record the trace again.";
        if (table.Sound.Count == 0 && table.Damaged.Count == 0)
            throw new GcReplayException($"{frames.Path} ends before its header: {advice}");
        if (table.Damaged.Count > 0 && table.Damaged[0].Entry.Offset == TraceFormat.PrologueBytes)
            throw new GcReplayException($"{frames.Path}: the header at byte {TraceFormat.PrologueBytes} {table.Damaged[0].Error.Message}: {advice}");
        if (table.Sound[0].Kind != FrameKind.Header)
            throw new GcReplayException($"{frames.Path}: its first frame is no header but {table.Sound[0].Kind}: {advice}");
        try
        {
            return HeaderCodec.Decode(frames.Read(table.Sound[0]));
        }
        catch (MalformedFrameException e)
        {
            throw new GcReplayException($"{frames.Path}: the header at byte {TraceFormat.PrologueBytes} {e.Message}: {advice}", e);
        }
    }
}
