namespace GcReplay.Traces.Files;

/// <summary>What the frames behind the header amount to: the blocks up to the first that is missing or damaged, the complete
/// checkpoints among them, and the end.</summary>
internal sealed class TraceContent
{
    private readonly FrameReader frames;
    private readonly List<string> problems = [];
    private readonly List<FrameEntry> choices = [];
    private long events;
    private bool blocksEnded;
    private bool choicesLost;

    public TraceContent(FrameReader frames, FrameTable table)
    {
        this.frames = frames;
        var damaged = table.Damaged.ToDictionary(d => d.Entry.Offset);
        var entries = table.Sound.Skip(1);
        if (damaged.Count > 0)
            entries = entries.Concat(table.Damaged.Select(d => d.Entry)).OrderBy(e => e.Offset);
        foreach (var entry in entries)
        {
            if (damaged.TryGetValue(entry.Offset, out var damage))
                AddDamaged(entry, damage.Error);
            else
                AddSound(entry);
        }

        if (choicesLost)
        {
            choices.Clear();
            ChoiceCount = 0;
        }

        CheckEnd(table);
        Damage = problems.Count > 0 ? $"{problems[0]}; {Readable.Events(events)}" : null;
        if (Damage is null && Outcome?.Status == RunStatus.Cancelled)
            Damage = Readable.Cancelled(events);
    }

    public List<FrameEntry> Blocks { get; } = [];

    /// <summary>The index of each block; null where there is none.</summary>
    public List<FrameEntry?> Indexes { get; } = [];

    public List<FrameEntry> Checkpoints { get; } = [];

    /// <summary>Frames of pages, by ascending number.</summary>
    public List<FrameEntry> Pages { get; } = [];

    public TraceOutcome? Outcome { get; private set; }

    /// <summary>Frames of choices, unread: only running again needs them. None when one is missing.</summary>
    public IReadOnlyList<FrameEntry> Choices => choices;

    public int ChoiceCount { get; private set; }

    public string? Damage { get; }

    private void AddDamaged(in FrameEntry entry, MalformedFrameException error)
    {
        problems.Add(error.IsCut
            ? $"the file ends inside the frame at byte {entry.Offset}: its recorder was stopped there, or the file was cut"
            : $"{Name(entry)} at byte {entry.Offset} {error.Message}");
        blocksEnded |= entry.Kind is FrameKind.Events;
        choicesLost |= entry.Kind is FrameKind.Choices;
    }

    private string Name(in FrameEntry entry) => entry.Kind switch
    {
        FrameKind.Events => $"block {Blocks.Count + 1}",
        FrameKind.Index => $"the index of block {Blocks.Count}",
        FrameKind.Pages => $"a part of the checkpoint after event {events}",
        FrameKind.Checkpoint => $"the checkpoint after event {entry.First}",
        FrameKind.Choices => "the list of choices",
        FrameKind.Outcome => "the outcome",
        _ => "the frame",
    };

    private void AddSound(in FrameEntry entry)
    {
        try
        {
            switch (entry.Kind)
            {
                case FrameKind.Events:
                    AddBlock(entry);
                    break;
                case FrameKind.Index:
                    AddIndex(entry);
                    break;
                case FrameKind.Pages:
                    AddPages(entry);
                    break;
                case FrameKind.Checkpoint:
                    AddCheckpoint(entry);
                    break;
                case FrameKind.Choices:
                    AddChoices(entry);
                    break;
                case FrameKind.Outcome:
                    Outcome = EndCodec.DecodeOutcome(frames.Read(entry));
                    choicesLost |= entry.Count != ChoiceCount;
                    break;
                case > FrameKind.Index:
                    break;
                default:
                    throw new MalformedFrameException($"is a second frame of kind {entry.Kind}");
            }
        }
        catch (MalformedFrameException e)
        {
            AddDamaged(entry, e);
        }
    }

    private void AddBlock(in FrameEntry entry)
    {
        if (blocksEnded)
            return;
        if (entry.First != events + 1 || entry.Count is 0 or > TraceLimits.BlockEvents)
            throw new MalformedFrameException($"holds {entry.Count} events from {entry.First}, where event {events + 1} is next");
        Blocks.Add(entry);
        Indexes.Add(null);
        events += entry.Count;
    }

    private void AddIndex(in FrameEntry entry)
    {
        if (blocksEnded)
            return;
        if (Blocks.Count == 0 || Blocks[^1].First != entry.First || Blocks[^1].Count != entry.Count || Indexes[^1] is not null)
            throw new MalformedFrameException($"is an index of {entry.Count} events from {entry.First}, and no such block stands before it");
        Indexes[^1] = entry;
    }

    private void AddCheckpoint(in FrameEntry entry)
    {
        if (blocksEnded)
            return;
        if (entry.First != events || (Checkpoints.Count > 0 && Checkpoints[^1].First == events))
            throw new MalformedFrameException($"stands where event {events} was the last");
        Checkpoints.Add(entry);
    }

    private void AddPages(in FrameEntry entry)
    {
        if (blocksEnded)
            return;
        if (entry.Count is 0 or > TraceLimits.PagesPerFrame || (Pages.Count > 0 && Pages[^1].First >= entry.First))
            throw new MalformedFrameException($"holds {entry.Count} pages under the number {entry.First}, which can not be");
        Pages.Add(entry);
    }

    private void AddChoices(in FrameEntry entry)
    {
        if (entry.First != ChoiceCount)
            throw new MalformedFrameException($"holds {entry.Count} choices from {entry.First}, where choice {ChoiceCount} is next");
        if (entry.Count > TraceLimits.Choices - ChoiceCount)
            throw new MalformedFrameException($"holds more than {TraceLimits.Choices} choices");
        choices.Add(entry);
        ChoiceCount += entry.Count;
    }

    private void CheckEnd(FrameTable table)
    {
        if (problems.Count > 0)
            return;
        if (!table.HasFooter)
            problems.Add("the recorder was stopped before it could finish");
        else if (Outcome is null)
            problems.Add("the outcome is missing");
        else if (choicesLost)
            problems.Add("some of the recorded choices are missing, so that the run can not be executed again from them");
        else if (Outcome.Events != events)
            problems.Add($"the outcome speaks of {Outcome.Events} events");
        else if (!table.HasEnd)
            problems.Add("the last bytes of the file are cut or damaged");
    }
}
