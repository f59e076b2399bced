using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>Finds for one run at which events those stops hit that ask about the state: window by window, each in one pass forwards,
/// also when the run goes backwards.</summary>
/// <remarks>Plays to an event only when a question has to be asked there. Meanwhile the structs of the runtime are found again only
/// after a word changed that they were found by, and lists are asked of the membership index.</remarks>
internal sealed class StateRun : IDisposable
{
    private const int FirstWindow = 16;
    private const int LastWindow = 1 << 16;

    /// <summary>Building the membership index costs a look at all living objects: it pays from so many questions on.</summary>
    private const int QuestionsBeforeIndex = 64;

    /// <summary>Between looks at whether the user wants to stop.</summary>
    private const int EventsUnwatched = 1024;

    private readonly Timeline timeline;
    private readonly StateQuestion[] questions;
    private readonly bool hadIndex;
    private Dependence? structs;
    private long window = FirstWindow;
    private int asked;

    private StateRun(Timeline timeline, StateQuestion[] questions)
    {
        this.timeline = timeline;
        this.questions = questions;
        hadIndex = timeline.View.Membership is not null;
    }

    /// <summary>First event of the present window.</summary>
    public long From { get; private set; }

    /// <summary>Last event of the present window; less than <see cref="From"/> before the first.</summary>
    public long To { get; private set; } = -1;

    /// <summary>Null when no stop asks about the state.</summary>
    public static StateRun? Of(Timeline timeline, IEnumerable<Stop> stops)
    {
        var questions = stops.Where(s => s.NeedsState).Select(StateQuestion.Of).ToArray();
        return questions.Length == 0 ? null : new StateRun(timeline, questions);
    }

    public void Dispose()
    {
        timeline.View.UnpinSkeleton();
        if (!hadIndex)
            timeline.DropIndex();
    }

    /// <summary>Looks through the next window; a run forwards ends it at the first hit.</summary>
    /// <param name="behind">The event that the run has come to.</param>
    /// <param name="last">The last event that the run looks at.</param>
    public void Look(long behind, long last, bool forward, Progress progress)
    {
        var isNext = forward && behind == To;
        From = forward ? behind + 1 : Math.Max(last, behind - window);
        To = forward ? Math.Min(last, behind + window) : behind - 1;
        foreach (var question in questions)
            question.Begin(isNext);
        if (!isNext)
            structs = null;
        for (var number = From; number <= To;)
        {
            progress.At(forward ? number : To);
            var test = new InAny(questions);
            if (timeline.Blocks.Passes(number, ref test) is var (_, passed))
            {
                Forget();
                number = passed + 1;
                continue;
            }

            number = PassBlock(number, forward, progress);
        }

        window = Math.Min(window * 4, LastWindow);
    }

    /// <summary>Passes events up to the end of their block or of the window.</summary>
    /// <returns>The next event.</returns>
    private long PassBlock(long number, bool forward, Progress progress)
    {
        var end = timeline.Blocks.Holding(number).LastEvent;
        for (var left = EventsUnwatched; number <= Math.Min(end, To); number++)
        {
            if (--left == 0)
            {
                left = EventsUnwatched;
                progress.At(forward ? number : To);
            }

            if (Pass(number) && forward)
                To = number;
        }

        return number;
    }

    /// <summary>Drops all that was read: what follows is behind a block that was not.</summary>
    private void Forget()
    {
        structs = null;
        foreach (var question in questions)
            question.Forget();
    }

    /// <summary>Goes to a position, at or behind the last one asked for, and finds the structs there if they may be others.</summary>
    public Timeline At(long position)
    {
        timeline.MoveTo(position);
        if (structs is null)
        {
            structs = new Dependence(timeline.View.PinSkeleton(() => { }), timeline.View.Instances().Select(i => i.Address.Value), []);
        }

        if (++asked >= QuestionsBeforeIndex && timeline.View.Families.Length > 0 && !timeline.IsInterrupted)
            _ = timeline.Index;
        return timeline;
    }

    /// <summary>Whether the structs of the runtime, through which all is seen, may be others behind an event, or are not known.</summary>
    public bool MovesStructs(EventBlock block, int index) => structs is not { } known || known.MayChange(block, index);

    private bool Pass(long number)
    {
        var block = timeline.Blocks.Holding(number);
        var index = (int)(number - block.FirstEvent);
        foreach (var question in questions)
            question.Before(this, block, index);
        if (MovesStructs(block, index))
            Forget();

        var hits = false;
        foreach (var question in questions)
            hits |= question.After(this, block, index);
        return hits;
    }

    /// <summary>Passes over blocks in which no event lets any of the stops hit.</summary>
    private readonly struct InAny(StateQuestion[] questions) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => true;

        public bool MayHit(BlockSummary summary)
        {
            foreach (var question in questions)
            {
                if (question.LetsHit(summary))
                    return true;
            }

            return false;
        }
    }
}
