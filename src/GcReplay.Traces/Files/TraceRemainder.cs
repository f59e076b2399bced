using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>What can be read of a damaged trace behind the damage, as a trace of its own: from a saved state on, like a window. What led to
/// that state was lost in part, and stands as elided.</summary>
/// <remarks>Objects of that state have a birth all the same, so that they can be named: the event of it where that can be read, otherwise one
/// among those lost, at the site <c>lost</c>, which says that its number is not known.</remarks>
public sealed class TraceRemainder : ITraceSource, IDisposable
{
    private const int ElidedEvents = TraceLimits.BlockEvents;

    private readonly FrameReader frames;
    private readonly BlockDecoder decoder = new();
    private readonly BlockIndex index = new();
    private readonly List<FrameEntry?> blocks = [];
    private readonly List<FrameEntry> checkpoints;
    private readonly ILookup<long, FrameEntry> pages;
    private readonly SortedDictionary<long, Event> lives = [];

    /// <param name="window">One of <see cref="TraceSurvey.Openable"/>.</param>
    /// <exception cref="GcReplayException">The file can not be read any more.</exception>
    public TraceRemainder(TraceSurvey survey, EventRange window)
    {
        frames = new FrameReader(survey.Path);
        var run = survey.Readable.Single(range => range.First <= window.First && window.Last <= range.Last);
        for (var next = 1L; next < run.First;)
        {
            var count = (int)Math.Min(ElidedEvents, run.First - next);
            Add(count, null);
            next += count;
        }

        foreach (var entry in survey.Sound.Where(e => e.Kind == FrameKind.Events && e.First >= run.First && e.First <= run.Last))
            Add(entry.Count, entry);
        checkpoints = survey.SoundCheckpoints.FindAll(e => e.First >= window.First - 1 && e.First <= window.Last);
        pages = survey.Sound.Where(e => e.Kind == FrameKind.Pages).ToLookup(e => e.First);
        Checkpoints = checkpoints.ConvertAll(e => e.First);
        Outcome = survey.Outcome;
        var layout = survey.Header.Layout;
        Header = survey.Header with
        {
            Layout = layout with { Sites = layout.Sites.Add(new Site("lost", "the event was lost, and its number is not known")) },
            FirstPosition = window.First - 1,
            RecordedEvents = Math.Max(survey.Header.RecordedEvents, survey.Outcome?.Events ?? survey.Readable[^1].Last),
        };
        try
        {
            FindLives(survey, run);
        }
        catch (Exception e) when (e is BrokenAssumptionException or OverflowException or IndexOutOfRangeException or MalformedFrameException)
        {
            Dispose();
            throw new GcReplayException(
                $"{survey.Path}: the state after event {window.First - 1} makes no sense: {e.Message}. The file was changed after it was recorded, or written by a "
                + "program with a defect: record it again.",
                e);
        }
    }

    public TraceHeader Header { get; }

    public TraceOutcome? Outcome { get; }

    /// <summary>None: the run can not be executed again from the middle.</summary>
    public ImmutableArray<RecordedChoice> Choices => [];

    public long EventCount => index.EventCount;

    public string? Damage => null;

    public int BlockCount => blocks.Count;

    public IReadOnlyList<long> Checkpoints { get; }

    public long FirstEvent(int block) => index.First(block);

    public int BlockOf(long number) => index.BlockOf(number);

    public EventBlock ReadBlock(int block)
    {
        if (blocks[block] is not { } entry)
            return Elided(block);
        try
        {
            return decoder.Decode(entry.First, entry.Count, frames.Read(entry));
        }
        catch (MalformedFrameException e)
        {
            throw Changed(entry, e);
        }
    }

    public void LoadCheckpoint(int index, AddressSpace into)
    {
        var entry = checkpoints[index];
        try
        {
            var directory = CheckpointCodec.DecodeDirectory(frames.Read(entry), entry.Count);
            into.Load(new CheckpointState(frames, directory, Array.ConvertAll(directory.Ids, id => pages[id].First()), entry.First));
        }
        catch (MalformedFrameException e)
        {
            throw Changed(entry, e);
        }
    }

    public void Dispose() => frames.Dispose();

    private GcReplayException Changed(in FrameEntry entry, MalformedFrameException e) =>
        new($"{frames.Path}: the frame at byte {entry.Offset} {e.Message}: the file changed while it was read. Try again.", e);

    private void Add(int count, FrameEntry? entry)
    {
        blocks.Add(entry);
        index.Add(count);
    }

    private EventBlock Elided(int block)
    {
        var end = block + 1 < blocks.Count ? index.First(block + 1) : index.EventCount + 1;
        var events = new EventBlock((int)(end - index.First(block)), 1) { FirstEvent = index.First(block) };
        while (!events.IsFull)
            events.Add(lives.TryGetValue(events.FirstEvent + events.Count, out var known) ? known : new Event(EventKind.Elided, 0, 0, 0, 0, 0, 0));
        return events;
    }

    /// <summary>Finds births and deaths of the objects that the first state names, in front of the run of events that holds it.</summary>
    private void FindLives(TraceSurvey survey, EventRange run)
    {
        var space = new AddressSpace();
        var shadow = new Shadow(space);
        LoadCheckpoint(0, space);
        shadow.Rebuild();
        var wanted = new SortedDictionary<ulong, (Cell Cell, ObjectEntry Entry)>();
        foreach (var cell in shadow.Cells())
        {
            if (shadow.OccupantOf(cell) is { } entry && entry.CellStart == cell.Start)
                wanted[shadow.OperandOf(cell)] = (cell, entry);
        }

        foreach (var entry in survey.Sound.Where(e => e.Kind == FrameKind.Events && e.First <= Header.FirstPosition))
            Look(decoder.Decode(entry.First, entry.Count, frames.Read(entry)), wanted, isLead: entry.First < run.First);
        var free = survey.Lost.Where(range => range.First < run.First).SelectMany(Numbers).GetEnumerator();
        var site = (ushort)Math.Min(Header.Layout.Sites.Length - 1, ushort.MaxValue);
        foreach (var (number, (cell, entry)) in wanted)
        {
            var descriptor = ObjectEntry.Descriptor(entry.TypeId, entry.NameId, entry.Birthplace, entry.PrefixWords);
            if (free.MoveNext())
                lives[free.Current] = new Event(EventKind.Allocate, 0, site, cell.Start.Value, cell.Bytes, number, descriptor);
            if (cell.State is CellState.Freed or CellState.Reserved && free.MoveNext())
                lives[free.Current] = new Event(EventKind.Free, 0, site, cell.Start.Value, cell.Bytes, number, cell.State == CellState.Reserved ? 1UL : 0);
        }
    }

    /// <summary>Takes from what is wanted the objects whose births a block has, where they still are.</summary>
    private void Look(EventBlock block, SortedDictionary<ulong, (Cell Cell, ObjectEntry Entry)> wanted, bool isLead)
    {
        for (var i = 0; i < block.Count && block.FirstEvent + i <= Header.FirstPosition; i++)
        {
            if ((EventKind)block.Kinds[i] != EventKind.Allocate || !wanted.TryGetValue(block.C[i], out var at) || at.Cell.Start.Value != block.A[i] || at.Cell.State != CellState.Live)
                continue;
            wanted.Remove(block.C[i]);
            if (isLead)
                lives[block.FirstEvent + i] = block[i];
        }
    }

    private static IEnumerable<long> Numbers(EventRange range)
    {
        for (var number = range.First; number <= range.Last; number++)
            yield return number;
    }
}
