using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Stops;

/// <summary>What a question about the state came to, kept until an event touches what the answer was read from.</summary>
/// <param name="node">Does not read the event.</param>
internal sealed class StandingAnswer(Node node)
{
    private readonly Provenance.Placement[] places = [.. Places(node)];
    private Dependence? dependence;
    private Value value;

    /// <summary>Whether the answer still holds on the other side of an event.</summary>
    public bool Outlives(EventBlock block, int index) => dependence is { } known && !known.MayChange(block, index);

    public void Forget() => dependence = null;

    /// <summary>Whether an answer stands where the run has come to.</summary>
    public bool Stands => dependence is not null;

    /// <summary>The answer that stands.</summary>
    public Value Value => value;

    /// <summary>Asks where a timeline stands, with its structs pinned.</summary>
    public Value Ask(Timeline timeline)
    {
        var log = timeline.View.LogReads(() => value = node.Evaluate(Moment.Of(timeline)));
        dependence = new Dependence(log, [], places);
        return value;
    }

    private static IEnumerable<Provenance.Placement> Places(Node node) => node.Places.Concat(node.Inputs.SelectMany(Places));
}
