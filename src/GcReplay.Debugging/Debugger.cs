using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Notes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging;

/// <summary>One session over one trace: where it stands, what it stops at, what it found out. Line mode, the screen and scripts
/// all act through <see cref="Execute"/>.</summary>
public sealed class Debugger
{
    private string lastRepeatable = "";
    private Timeline? aside;

    /// <param name="notes">File that keeps marks and notes; null to keep them for this session only.</param>
    public Debugger(ITraceSource source, string? notes = null)
    {
        Notebook = new Notebook(source, notes);
        Timeline = new Timeline(source);
        Runner = new Runner(Timeline, Stops);
        Objects = new ObjectIndex(Timeline.Blocks);
        Placements = new Placements(Timeline.Blocks, Objects);
        Memberships = new Memberships(Timeline.Blocks);
        Words = new WordHistory(Timeline.Blocks);
        Pasts = new Pasts(Words, At);
        Links = new LinkHistory(Timeline.Blocks, Words);
        Headers = new HeaderHistory(Timeline.Blocks, At);
        Lives = new Lives(Timeline, Objects);
        Corruption = new FirstCorruption(source);
    }

    public Timeline Timeline { get; }

    /// <summary>Where the session was, for <c>back</c> and <c>forward</c>.</summary>
    public Visits Visits { get; } = new();

    public Notebook Notebook { get; }

    public StopTable Stops { get; } = new();

    public Runner Runner { get; }

    public ObjectIndex Objects { get; }

    public Placements Placements { get; }

    public Memberships Memberships { get; }

    public WordHistory Words { get; }

    public Pasts Pasts { get; }

    public LinkHistory Links { get; }

    public HeaderHistory Headers { get; }

    public Lives Lives { get; }

    public FirstCorruption Corruption { get; }

    /// <summary>What was found out about headers, by object and position (0 for one that is gone): the screen asks again at every
    /// key.</summary>
    internal Dictionary<(ulong Number, long Position), LastHeader> LastHeaders { get; } = [];

    public CommandRegistry Commands { get; } = new();

    /// <summary>How the command that runs now is watched and cancelled; nothing between commands.</summary>
    public Progress Progress { get; private set; }

    /// <summary>Runs a command line. An empty one repeats the last command that moves or asks.</summary>
    /// <exception cref="GcReplayException">The command or an argument is wrong, or there is nothing to answer with.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the timeline stands at a whole position.</exception>
    public CommandResult Execute(string line, Progress progress = default)
    {
        Progress = Lives.Progress = progress;
        try
        {
            return RunLine(line);
        }
        finally
        {
            // Who asks between commands must not be stopped by what stopped the last one.
            Progress = Lives.Progress = default;
        }
    }

    private CommandResult RunLine(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            if (lastRepeatable.Length == 0)
                throw new GcReplayException("an empty line repeats the last command that moves or asks, and there was none yet. Try: next");
            words = lastRepeatable.Split(' ');
        }

        // An object alone is a question about it.
        if (words[0].Length > 1 && words[0][0] == '#' && char.IsAsciiDigit(words[0][1]))
            words = ["object", .. words];
        // x/8b: count and format stand at the name, as in other debuggers.
        if (words[0].IndexOf('/', StringComparison.Ordinal) is var slash and > 0)
            words = [words[0][..slash], words[0][slash..], .. words[1..]];
        var command = Commands.Find(words[0]);
        Visits.Add(Timeline.Position);
        CommandResult result;
        try
        {
            result = Answer(() => command.Run(this, new Arguments(command, words[1..])));
        }
        finally
        {
            // What is asked later is no part of a command that was cancelled.
            Progress = Lives.Progress = default;
        }

        Visits.Add(Timeline.Position);
        if (command.IsRepeatable)
            lastRepeatable = string.Join(' ', words);
        return result;
    }

    /// <summary>Asks what is no command, watched, cancelled and answered in spite of damage as one.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the timeline stands at a whole position.</exception>
    internal T Ask<T>(Progress progress, Func<T> question)
    {
        var outer = Progress;
        Progress = Lives.Progress = progress;
        try
        {
            return Answer(question);
        }
        finally
        {
            Progress = Lives.Progress = outer;
        }
    }

    /// <summary>Pages of a checkpoint are read when a question touches them. When one is damaged, the question is asked again without
    /// that checkpoint, from where it was asked.</summary>
    private T Answer<T>(Func<T> question)
    {
        var position = Timeline.Position;
        try
        {
            return question();
        }
        catch (UnreadablePageException)
        {
            var isOther = Timeline.GiveUpCheckpoint();
            isOther |= aside?.GiveUpCheckpoint() == true;
            if (!isOther)
                throw;
            Timeline.MoveTo(position, Progress);
            return Answer(question);
        }
    }

    /// <summary>A timeline that stands at another position, for showing an event there without leaving this one. It is one and
    /// the same each time.</summary>
    public Timeline At(long position)
    {
        if (position == Timeline.Position)
            return Timeline;
        aside ??= new Timeline(Timeline.Source);
        aside.MoveTo(position, Progress);
        return aside;
    }

    /// <summary>The event in which the run failed: what the recorder says, or the first crash, assertion, hang or hazard; 0 when
    /// there is none.</summary>
    public long FailureEvent()
    {
        if (Timeline.Source.Outcome?.Failure is { } failure)
            return failure.Event;
        var test = new FailureTest();
        return new EventScan(Timeline.Blocks).Forward(1, Timeline.EventCount, ref test, Progress);
    }

    private readonly struct FailureTest : IEventTest
    {
        private static readonly AtFailure Failure = new();

        public bool Hits(Heaps.Events.EventBlock block, int index) => Failure.Hits(block, index);
    }
}
