using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Debugging.Cutting;

/// <summary>Writes a window of a trace: its events under their own numbers, the whole state in front of them, and of the events before
/// only those that a question inside may lead to.</summary>
public sealed class TraceWindow
{
    /// <summary>Events of a block in front of the window: nearly all are elided and cost next to nothing.</summary>
    private const int BlockEvents = 1 << 20;

    private readonly ITraceSource source;
    private readonly Timeline timeline;
    private readonly Redaction? redaction;
    private readonly CheckpointPolicy? policy;
    private readonly long first;
    private readonly long to;
    private long operations;

    /// <param name="from">The first event of the window.</param>
    /// <param name="to">The last one.</param>
    /// <param name="redactedBut">Takes out what the program was about; these names are published and stay. Null: everything stays.</param>
    /// <param name="policy">When to save the whole state inside; as a recorder does when left out.</param>
    /// <exception cref="GcReplayException">No such events, or they can not be read.</exception>
    public TraceWindow(
        ITraceSource source, long from, long to, IReadOnlySet<string>? redactedBut, Progress progress = default, CheckpointPolicy? policy = null)
    {
        (this.source, first, this.to, this.policy) = (source, from, to, policy);
        timeline = new Timeline(source);
        if (from <= timeline.Start || to < from || to > source.EventCount)
            throw new GcReplayException($"there is no window from event {from} to {to}: this trace has events {timeline.Start + 1} to {source.EventCount}.");
        timeline.MoveTo(from - 1, progress);
        redaction = redactedBut is null ? null : new Redaction(timeline, redactedBut);
    }

    private AddressSpace State => redaction?.Space ?? timeline.Space;

    /// <summary>Writes the window; once.</summary>
    /// <returns>Its outcome.</returns>
    /// <exception cref="GcReplayException">An event can not be read, or the target not written.</exception>
    public TraceOutcome Write(string target, Progress progress = default)
    {
        var start = timeline.Position;
        var isWhole = start == 0 && to == source.EventCount;
        var header = source.Header with { FirstPosition = start, RecordedEvents = isWhole ? 0 : Math.Max(source.Header.RecordedEvents, source.EventCount) };
        using var writer = new TraceWriter(target, redaction?.Of(header) ?? header, policy);
        Lead(writer, progress);
        if (start > 0)
            writer.Save(State);
        while (timeline.Position < to)
        {
            var block = Copy(timeline.Blocks.Holding(timeline.Position + 1), timeline.Position + 1, to);
            progress.At(block.FirstEvent);
            operations += block.Kinds.AsSpan(0, block.Count).Count((byte)EventKind.OperationEnd);
            if (redaction is null)
                timeline.MoveTo(block.LastEvent, progress);
            else
                redaction.Redact(block, timeline);
            writer.Take(block, State);
        }

        var outcome = Outcome();
        return writer.Finish(redaction?.Of(outcome, State.Hash) ?? outcome, redaction is null ? source.Choices : []);
    }

    /// <summary>Writes the kept events among elided ones.</summary>
    private void Lead(TraceWriter writer, Progress progress)
    {
        var kept = new Queue<KeptEvent>(timeline.Position == 0 ? [] : KeptEvents.Before(timeline, progress));
        for (var next = 1L; next <= timeline.Position;)
        {
            var block = new EventBlock((int)Math.Min(BlockEvents, timeline.Position - next + 1), 1) { FirstEvent = next };
            while (!block.IsFull)
                Add(block, kept);
            if (redaction is not null)
                Redaction.BlankLead(block);
            next += block.Count;
            writer.TakeLead(block);
        }
    }

    private static void Add(EventBlock block, Queue<KeptEvent> kept)
    {
        if (!kept.TryPeek(out var next) || next.Number != block.FirstEvent + block.Count)
        {
            block.Add(new Event(EventKind.Elided, 0, 0, 0, 0, 0, 0));
            return;
        }

        block.Add(kept.Dequeue().Event);
        foreach (var change in next.Changes)
            block.AddChange(change.Address, change.Xor);
    }

    private static EventBlock Copy(EventBlock block, long first, long to)
    {
        var (start, end) = ((int)(first - block.FirstEvent), (int)(Math.Min(block.LastEvent, to) - block.FirstEvent));
        var copy = new EventBlock(end - start + 1) { FirstEvent = first };
        for (var i = start; i <= end; i++)
        {
            copy.Add(block[i]);
            for (var change = block.ChangeStart(i); change < block.ChangeEnds[i]; change++)
                copy.AddChange(new Address(block.ChangeAddresses[change]), block.ChangeXors[change]);
        }

        return copy;
    }

    /// <summary>How the window ends: as the run did when it holds its end, well when nothing had gone wrong by then.</summary>
    private TraceOutcome Outcome()
    {
        var known = source.Outcome;
        var failure = known?.Failure is { } at && at.Event <= to ? at : null;
        var isEnd = known is not null && to == known.Events;
        return new TraceOutcome
        {
            Status = isEnd ? known!.Status : failure is not null ? RunStatus.Failure : known is null ? RunStatus.Cancelled : RunStatus.Ok,
            Events = to,
            Operations = isEnd && timeline.Start == 0 && first == 1 ? known!.Operations : operations,
            ContentHash = 0,
            StateHash = timeline.Space.Hash,
            DefaultedChoices = known?.DefaultedChoices ?? 0,
            Failure = failure,
        };
    }
}
