using GcReplay.Debugging.Expressions;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>What a stop asks about the state, event after event, and at which events of the present window it hits.</summary>
internal abstract class StateQuestion(Stop stop)
{
    private readonly StandingAnswer[] standing = [.. Guards(stop).Where(g => !g.ReadsEvent).Select(g => new StandingAnswer(g))];
    private readonly Node[] byEvent = [.. Guards(stop).Where(g => g.ReadsEvent)];
    private readonly ulong kinds = stop.Kinds;

    public static StateQuestion Of(Stop stop) =>
        stop.Condition is OnValue value ? new ValueQuestion(stop, value) : new GuardQuestion(stop);

    /// <summary>Starts a window.</summary>
    /// <param name="isNext">Whether it follows the last one, so that answers stand.</param>
    public void Begin(bool isNext)
    {
        stop.Found.Clear();
        if (!isNext)
            Forget();
    }

    /// <summary>Drops all answers: where structs are others, anything may be another thing.</summary>
    public virtual void Forget()
    {
        foreach (var answer in standing)
            answer.Forget();
    }

    /// <summary>Whether the stop may hit in a block, as far as the block's index tells.</summary>
    public bool LetsHit(BlockSummary summary) => stop.LetsHit(summary);

    /// <summary>What must be asked before an event.</summary>
    public virtual void Before(StateRun run, EventBlock block, int index)
    {
    }

    /// <summary>Whether the stop hits at an event.</summary>
    public bool After(StateRun run, EventBlock block, int index)
    {
        foreach (var answer in standing)
        {
            if (answer.Stands && !answer.Outlives(block, index))
                answer.Forget();
        }

        var hits = (kinds >> block.Kinds[index] & 1) != 0 && Hits(run, block, index);
        if (hits)
            stop.Found.Add(block.FirstEvent + index);
        return hits;
    }

    protected abstract bool Hits(StateRun run, EventBlock block, int index);

    /// <summary>Whether the expression behind <c>if</c> holds; the parts that cost least are asked first.</summary>
    protected bool Holds(StateRun run, EventBlock block, int index)
    {
        var number = block.FirstEvent + index;
        foreach (var answer in standing)
        {
            if ((answer.Stands ? answer.Value : answer.Ask(run.At(number))).Holds() != true)
                return false;
        }

        foreach (var part in byEvent)
        {
            if (part.Evaluate(new Moment(run.At(number), block, index)).Holds() != true)
                return false;
        }

        return true;
    }

    private static IReadOnlyList<Node> Guards(Stop stop) => stop.Guard?.ByState ?? [];

    private sealed class GuardQuestion(Stop stop) : StateQuestion(stop)
    {
        private readonly Stop stop = stop;

        protected override bool Hits(StateRun run, EventBlock block, int index) => stop.MayHit(block, index) && Holds(run, block, index);
    }

    /// <summary>Whether a value is another one after an event than before it.</summary>
    private sealed class ValueQuestion(Stop stop, OnValue condition) : StateQuestion(stop)
    {
        private readonly Stop stop = stop;
        private readonly StandingAnswer answer = new(condition.Expression.Root);
        private readonly bool readsEvent = condition.Expression.ReadsEvent;
        private (long Position, Value Value) last = (-1, default);
        private bool isTouched;

        public override void Forget()
        {
            base.Forget();
            answer.Forget();
        }

        public override void Before(StateRun run, EventBlock block, int index)
        {
            isTouched = IsTouched(run, block, index) && stop.MayHit(block, index);
            if (isTouched)
            {
                var before = block.FirstEvent + index - 1;
                if (!readsEvent)
                    last = (before, answer.Stands ? answer.Value : answer.Ask(run.At(before)));
                else if (last.Position != before)
                    last = (before, condition.Expression.Evaluate(Moment.Of(run.At(before))));
                // Asking there has told what the answer rests on.
                isTouched = IsTouched(run, block, index);
            }

            if (!answer.Outlives(block, index))
                answer.Forget();
        }

        protected override bool Hits(StateRun run, EventBlock block, int index)
        {
            if (!isTouched)
                return false;
            var number = block.FirstEvent + index;
            var now = readsEvent ? condition.Expression.Evaluate(new Moment(run.At(number), block, index)) : answer.Ask(run.At(number));
            var before = last.Value;
            last = (number, now);
            var changes = before.Kind != now.Kind || !before.IsUnknown && !before.Same(now);
            return changes && Holds(run, block, index);
        }

        private bool IsTouched(StateRun run, EventBlock block, int index) =>
            readsEvent || run.MovesStructs(block, index) || !answer.Outlives(block, index);
    }
}
