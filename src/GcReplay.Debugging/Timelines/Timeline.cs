using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Timelines;

/// <summary>The state of a recorded run at one position, and the way to every other. Invariant: the words of
/// <see cref="Space"/> are those after event <see cref="Position"/>, also after a move that failed or was cancelled.</summary>
/// <remarks>Positions are 0 to <see cref="EventCount"/>; event k leads from position k - 1 to position k, so that the position is
/// the number of the event that happened last. Cost of a move: the events to the nearest of here, a checkpoint and the start.</remarks>
public sealed class Timeline
{
    /// <summary>What loading a checkpoint costs, counted in events played.</summary>
    private const long CheckpointCost = 20_000;

    /// <summary>What clearing all words costs, counted in events played.</summary>
    private const long RestartCost = 1000;
    private const int FromStart = -2;

    /// <summary>Over more events than this, building the index again is cheaper than following each of them.</summary>
    private const long FollowedEventsMax = 200_000;

    private readonly BlockCache blocks;
    private readonly Playback playback;
    private readonly SortedSet<int> unreadableCheckpoints = [];
    private MembershipIndex? index;

    /// <summary>The checkpoint that was loaded last: its pages are read when they are touched.</summary>
    private int loaded = -1;

    /// <param name="isIndexed">Whether its shadow keeps its indexes: for sanitizers, which ask at every event.</param>
    public Timeline(ITraceSource source, bool isIndexed = false)
    {
        Source = source;
        blocks = new BlockCache(source);
        Shadow = new Shadow(Space, isIndexed);
        playback = new Playback(Space, Shadow);
        View = new HeapView(Space, Shadow, source.Header.Layout);
        if (Start > 0)
            Restart();
    }

    public ITraceSource Source { get; }

    public long Position { get; private set; }

    public long EventCount => Source.EventCount;

    /// <summary>The first position: 0, or where a window of a longer run begins.</summary>
    public long Start => Source.Header.FirstPosition;

    public AddressSpace Space { get; } = new();

    public Shadow Shadow { get; }

    /// <summary>The present words through the trace's layout. What it returned is not to be kept across moves.</summary>
    public HeapView View { get; }

    /// <summary>Which list each object is on. Built when first asked for; kept in step from then on over short moves, and dropped
    /// by far ones.</summary>
    public MembershipIndex Index => index is { IsValid: true } ? index : View.Membership = index = MembershipIndex.Build(View);

    /// <summary>Whether <see cref="Index"/> is there and costs nothing.</summary>
    public bool HasIndex => index is { IsValid: true };

    /// <summary>Decoded blocks, for those that read events without moving.</summary>
    public BlockCache Blocks => blocks;

    /// <summary>The thread whose event happened last: the one that <c>next</c> and <c>finish</c> follow.</summary>
    public int Thread => Position == 0 ? 0 : EventAt(Position).Thread;

    /// <summary>Whether a fault cut the event just before or behind the present position short, so that only words tell who is on
    /// which list.</summary>
    internal bool IsInterrupted => Position >= EventCount - 2 && EventCount > 0 && EventAt(EventCount).Kind.EndsRun();

    /// <summary>An event and its changes, without moving.</summary>
    public RecordedEvent EventAt(long number) => blocks.EventAt(number);

    /// <summary>Goes to a position.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the timeline stands where it was by then.</exception>
    /// <exception cref="GcReplayException">There is no such position, or a block on the way can not be read.</exception>
    public void MoveTo(long position, Progress progress = default)
    {
        if (position < 0 || position > EventCount)
            throw new GcReplayException($"there is no position {position}: this trace goes from {Start} to {EventCount}. Try: goto end");
        if (position == 0)
            position = Start;
        if (position < Start)
            throw new GcReplayException($"position {position} is before the window: this trace begins at position {Start}. Try: goto start");
        try
        {
            Go(position, progress);
        }
        catch (UnreadablePageException)
        {
            if (!GiveUpCheckpoint())
                throw StartIsLost();
            MoveTo(position, progress);
        }
    }

    /// <summary>Stands at the start, and does without the checkpoint that was loaded last: a page of it can not be read. False when that was
    /// given up before.</summary>
    /// <remarks>Everything in a checkpoint can be had by playing from an earlier one: a damaged one only costs time.</remarks>
    internal bool GiveUpCheckpoint()
    {
        if (!unreadableCheckpoints.Add(loaded))
            return false;
        Restart();
        return true;
    }

    private void Go(long position, Progress progress)
    {
        JumpNear(position);
        if (Math.Abs(position - Position) > FollowedEventsMax)
            DropIndex();
        while (Position < position)
        {
            progress.At(Position);
            PlayForward(position);
        }

        while (Position > position)
        {
            progress.At(Position);
            PlayBackward(position);
        }
    }

    private void PlayForward(long target)
    {
        var block = blocks.Holding(Position + 1);
        var from = (int)(Position + 1 - block.FirstEvent);
        var end = (int)Math.Min(block.Count, target + 1 - block.FirstEvent);
        try
        {
            playback.Forward(block, from, end);
        }
        catch (Exception e) when (IsOfTrace(e))
        {
            throw Unplayable(e);
        }

        Position = block.FirstEvent + end - 1;
        for (var i = from; i < end && index is not null; i++)
            index.Apply(block[i]);
        if (index is not null && WasInterrupted(Position))
            DropIndex();
    }

    private void PlayBackward(long target)
    {
        var block = blocks.Holding(Position);
        var from = (int)Math.Max(0, target + 1 - block.FirstEvent);
        var end = (int)(Position + 1 - block.FirstEvent);
        try
        {
            playback.Backward(block, from, end);
        }
        catch (Exception e) when (IsOfTrace(e))
        {
            throw Unplayable(e);
        }

        Position = block.FirstEvent + from - 1;
        for (var i = end - 1; i >= from && index is not null; i--)
            index.Revert(block[i]);
        if (index is { IsValid: false })
            DropIndex();
    }

    private static bool IsOfTrace(Exception e) => e is BrokenAssumptionException or OverflowException or IndexOutOfRangeException;

    /// <summary>Events that contradict the state (a span closed that was never opened) come from a trace that no recorder of ours
    /// wrote: says so, and stands at the start instead of in a half-done state.</summary>
    private GcReplayException Unplayable(Exception e)
    {
        Restart();
        return new GcReplayException(
            $"event {playback.At} of {EventCount} can not be played: {e.Message}. The trace was damaged or not written by a " +
            $"recorder; events before it can be looked at. Try: goto {playback.At - 1}", e);
    }

    /// <summary>Whether a fault cut the present event short: then it did not do all that it says, and only its words count.</summary>
    private bool WasInterrupted(long position) =>
        position >= EventCount - 1 && EventAt(EventCount).Kind.EndsRun();

    internal void DropIndex() => View.Membership = index = null;

    private void Restart()
    {
        DropIndex();
        Space.Clear();
        if (Start > 0)
            LoadStart();
        Shadow.Rebuild();
        Position = Start;
    }

    private void LoadStart()
    {
        for (var i = 0; i < Source.Checkpoints.Count; i++)
        {
            if (Source.Checkpoints[i] == Start)
            {
                loaded = i;
                Source.LoadCheckpoint(i, Space);
                return;
            }
        }

        throw StartIsLost();
    }

    private GcReplayException StartIsLost() => new(
        $"the state at position {Start}, where this window begins, is missing or damaged: nothing can be shown without it. Cut the window again.");

    /// <summary>Loads a checkpoint, or the start, when that is nearer to the target than here.</summary>
    private void JumpNear(long target)
    {
        var best = Math.Abs(target - Position);
        var checkpoint = -1;
        if (best <= RestartCost)
            return;
        if (target - Start + RestartCost < best)
        {
            best = target - Start;
            checkpoint = FromStart;
        }

        foreach (var index in CheckpointsAround(target))
        {
            var cost = Math.Abs(target - Source.Checkpoints[index]) + CheckpointCost;
            if (cost >= best || unreadableCheckpoints.Contains(index))
                continue;
            best = cost;
            checkpoint = index;
        }

        if (checkpoint == FromStart)
            Restart();
        else if (checkpoint >= 0)
            Load(checkpoint, target);
    }

    private void Load(int index, long target)
    {
        DropIndex();
        Space.Clear();
        try
        {
            loaded = index;
            Source.LoadCheckpoint(index, Space);
            Shadow.Rebuild();
            Position = Source.Checkpoints[index];
        }
        catch (Exception e) when (e is GcReplayException or BrokenAssumptionException or OverflowException or IndexOutOfRangeException)
        {
            // Everything in a checkpoint can be had by playing from an earlier one: a damaged one only costs time.
            unreadableCheckpoints.Add(index);
            Restart();
            JumpNear(target);
        }
    }

    /// <summary>The last readable checkpoint at or before a position and the first one behind it.</summary>
    private IEnumerable<int> CheckpointsAround(long position)
    {
        var checkpoints = Source.Checkpoints;
        int low = 0, high = checkpoints.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (checkpoints[middle] <= position)
                low = middle + 1;
            else
                high = middle;
        }

        var before = low - 1;
        while (before >= 0 && unreadableCheckpoints.Contains(before))
            before--;
        if (before >= 0 && checkpoints[before] < Start)
            before = -1;
        while (low < checkpoints.Count && unreadableCheckpoints.Contains(low))
            low++;
        if (before >= 0)
            yield return before;
        if (low < checkpoints.Count)
            yield return low;
    }
}
