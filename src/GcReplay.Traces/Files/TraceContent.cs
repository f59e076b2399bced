using System.Collections.Immutable;

namespace GcReplay.Traces.Files;

/// <summary>What the frames behind the header amount to: the blocks up to the first that is missing or damaged, the complete
/// checkpoints among them, and the end.</summary>
internal sealed class TraceContent
{
    private readonly FrameReader frames;
    private readonly List<string> problems = [];
    private readonly List<RecordedChoice> choices = [];
    private long events;
    private bool blocksEnded;
    private bool choicesLost;

    public TraceContent(FrameReader frames, FrameTable table)
    {
        this.frames = frames;
        var damaged = table.Damaged.ToDictionary(d => d.Entry.Offset);
        foreach (var entry in table.Sound.Skip(1).Concat(table.Damaged.Select(d => d.Entry)).OrderBy(e => e.Offset))
        {
            if (damaged.TryGetValue(entry.Offset, out var damage))
                AddDamaged(entry, damage.Error);
            else
                AddSound(entry);
        }

        DropIncompleteCheckpoint();
        Choices = choicesLost ? [] : [.. choices];
        CheckEnd(table);
        Damage = problems.Count > 0 ? $"{problems[0]}; {Readable.Events(events)}" : null;
        if (Damage is null && Outcome?.Status == RunStatus.Cancelled)
            Damage = Readable.Cancelled(events);
    }

    public List<FrameEntry> Blocks { get; } = [];

    /// <summary>The frames of each checkpoint.</summary>
    public List<List<FrameEntry>> Checkpoints { get; } = [];

    public TraceOutcome? Outcome { get; private set; }

    public ImmutableArray<RecordedChoice> Choices { get; }

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
                case FrameKind.Checkpoint:
                    AddCheckpoint(entry);
                    break;
                case FrameKind.Choices:
                    AddChoices(entry);
                    break;
                case FrameKind.Outcome:
                    Outcome = EndCodec.DecodeOutcome(frames.Read(entry));
                    choicesLost |= entry.Count != choices.Count;
                    break;
                case >= FrameKind.FirstOptional:
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
        events += entry.Count;
    }

    private void AddCheckpoint(in FrameEntry entry)
    {
        if (blocksEnded)
            return;
        if (IsIncomplete && Checkpoints[^1][^1] is var before && before.First == entry.First
            && before.Count - TraceFormat.PagesPerFrame == entry.Count)
        {
            Checkpoints[^1].Add(entry);
            return;
        }

        DropIncompleteCheckpoint();
        if (entry.First != events || (Checkpoints.Count > 0 && Checkpoints[^1][0].First == events))
            throw new MalformedFrameException($"stands where event {events} was the last");
        Checkpoints.Add([entry]);
    }

    /// <summary>Whether the last checkpoint lacks the frames behind its last one.</summary>
    private bool IsIncomplete => Checkpoints.Count > 0 && Checkpoints[^1][^1].Count > TraceFormat.PagesPerFrame;

    private void DropIncompleteCheckpoint()
    {
        if (IsIncomplete)
            Checkpoints.RemoveAt(Checkpoints.Count - 1);
    }

    private void AddChoices(in FrameEntry entry)
    {
        var more = EndCodec.DecodeChoices(frames.Read(entry));
        if (entry.First != choices.Count || entry.Count != more.Length)
            throw new MalformedFrameException($"holds {more.Length} choices from {entry.First}, where choice {choices.Count} is next");
        if (choices.Count + more.Length > TraceLimits.Choices)
            throw new MalformedFrameException($"holds more than {TraceLimits.Choices} choices");
        choices.AddRange(more);
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
