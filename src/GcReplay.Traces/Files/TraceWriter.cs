using System.Collections.Concurrent;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>Writes a trace file while its run goes on. A run that is killed leaves a file whose finished blocks open; a file
/// without an end is called interrupted by every reader.</summary>
/// <remarks>Encoding, compression and writing happen on a thread of their own, in the order of the blocks: the bytes are the same
/// whatever the two threads' speeds. A failure of that thread is thrown by the next <see cref="Take"/> or by
/// <see cref="Finish"/>. Memory: the few blocks and parts of checkpoints that wait.</remarks>
public sealed class TraceWriter : IBlockSink, IDisposable
{
    /// <summary>A block with more changes than this is not used again: it would keep its memory for the whole run.</summary>
    private const int RecycledChangesMax = 1 << 18;

    private readonly FrameWriter frames;
    private readonly CheckpointTaker taker;
    private readonly CheckpointWriter checkpoints;
    private readonly WriterThread thread;
    private readonly ConcurrentQueue<EventBlock> spare = [];
    private readonly ContentHash hash = new();
    private readonly BlockEncoder encoder = new();
    private readonly SummaryCodec summaries = new();
    private long nextEvent = 1;
    private bool isClosed;
    private bool isDisposed;

    /// <param name="path">The trace; one that exists is replaced, a file that is no trace is not.</param>
    /// <param name="policy">When to save the whole state; the default when left out.</param>
    /// <exception cref="GcReplayException">The file can not be written.</exception>
    public TraceWriter(string path, TraceHeader header, CheckpointPolicy? policy = null)
        : this(() => new FrameWriter(path), header, policy)
    {
    }

    /// <param name="stream">Takes the trace; closed in the end.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="GcReplayException">The stream can not be written.</exception>
    public TraceWriter(Stream stream, string name, TraceHeader header, CheckpointPolicy? policy = null)
        : this(() => new FrameWriter(stream, name), header, policy)
    {
    }

    private TraceWriter(Func<FrameWriter> open, TraceHeader header, CheckpointPolicy? policy)
    {
        taker = new CheckpointTaker(policy ?? CheckpointPolicy.Default);
        var raw = HeaderCodec.Encode(header);
        frames = open();
        try
        {
            frames.Write(FrameKind.Header, 0, 0, raw);
        }
        catch
        {
            frames.Dispose();
            throw;
        }

        checkpoints = new CheckpointWriter(frames);
        thread = new WriterThread(Write);
    }

    /// <summary>Asks beforehand whether a trace may be written here.</summary>
    /// <exception cref="GcReplayException">No name, a folder, a folder that does not exist, or a file that is no trace.</exception>
    public static void CheckTarget(string path) => FrameWriter.CheckTarget(path);

    /// <summary>Keeps recorders away from a trace that is written elsewhere and moved there, until the result is disposed.</summary>
    /// <exception cref="GcReplayException">Somebody is writing it.</exception>
    public static IDisposable Reserve(string path) => new WriterLock(path);

    /// <exception cref="GcReplayException">An earlier block could not be written.</exception>
    public EventBlock Take(EventBlock block, AddressSpace state)
    {
        // The thread may clear the block as soon as it has it.
        var (capacity, work) = (block.Capacity, block.Count + block.ChangeCount);
        if (!Add(block))
            return block;
        Add(taker.Take(nextEvent - 1, work, state));
        if (!spare.TryDequeue(out var empty) || empty.Capacity != capacity)
            empty = new EventBlock(capacity);
        empty.FirstEvent = nextEvent;
        return empty;
    }

    /// <summary>Takes events in front of a window: nobody plays them, and no state is saved among them.</summary>
    /// <exception cref="GcReplayException">An earlier block could not be written.</exception>
    public void TakeLead(EventBlock block) => Add(block);

    /// <summary>Saves the whole state behind the block that was taken last, whatever the policy says: where a window begins.</summary>
    /// <exception cref="GcReplayException">An earlier block could not be written.</exception>
    public void Save(AddressSpace state)
    {
        thread.ThrowFailure();
        Add(taker.Save(nextEvent - 1, state));
    }

    /// <summary>Writes what is known only at the end, and closes the file: it is whole now.</summary>
    /// <returns>The outcome as it was written: with the content hash in it.</returns>
    /// <exception cref="GcReplayException">Something could not be written; the file is left as an interrupted trace.</exception>
    public TraceOutcome Finish(TraceOutcome outcome, IReadOnlyList<RecordedChoice> choices)
    {
        Check.That(outcome.Events == nextEvent - 1, $"outcome of {outcome.Events} events, {nextEvent - 1} were written");
        try
        {
            Close();
            thread.ThrowFailure();
            var written = outcome with { ContentHash = hash.Value };
            for (var first = 0; first < choices.Count; first += TraceLimits.ChoicesPerFrame)
            {
                var some = choices.Skip(first).Take(TraceLimits.ChoicesPerFrame).ToList();
                frames.Write(FrameKind.Choices, first, some.Count, EndCodec.EncodeChoices(some));
            }

            frames.Write(FrameKind.Outcome, outcome.Events, choices.Count, EndCodec.EncodeOutcome(written));
            frames.WriteFooter();
            return written;
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Closes the file; without <see cref="Finish"/> it stays an interrupted trace.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        Close();
        thread.Dispose();
        frames.Dispose();
    }

    private bool Add(EventBlock block)
    {
        Check.That(!isClosed && block.FirstEvent == nextEvent, $"block of event {block.FirstEvent} where event {nextEvent} is next");
        thread.ThrowFailure();
        if (block.Count == 0)
            return false;
        nextEvent += block.Count;
        thread.Add(block);
        return true;
    }

    private void Add(IEnumerable<object> parts)
    {
        foreach (var part in parts)
            thread.Add(part);
    }

    private void Close()
    {
        if (isClosed)
            return;
        isClosed = true;
        thread.Drain();
    }

    private void Write(object item)
    {
        switch (item)
        {
            case CopiedPages pages:
                checkpoints.Add(pages);
                break;
            case CheckpointEnd end:
                checkpoints.End(end);
                break;
            default:
                Write((EventBlock)item);
                break;
        }
    }

    private void Write(EventBlock block)
    {
        hash.Add(block);
        frames.Write(FrameKind.Events, block.FirstEvent, block.Count, encoder.Encode(block));
        frames.Write(FrameKind.Index, block.FirstEvent, block.Count, summaries.Encode(block));
        if (block.ChangeAddresses.Length > RecycledChangesMax)
            return;
        block.Clear();
        spare.Enqueue(block);
    }
}
