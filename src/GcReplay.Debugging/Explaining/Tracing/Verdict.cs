namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>What a line of reasoning came to.</summary>
/// <param name="Event">The cause.</param>
/// <param name="What">What was done or left out there: one sentence for the chain.</param>
/// <param name="Why">The same as a clause for the summary, without names of the heap where that reads better.</param>
internal sealed record Verdict(long Event, string What, string Why)
{
    /// <summary>Links that lead to the cause, the latest first.</summary>
    public IReadOnlyList<ChainLink> Before { get; init; } = [];

    public Verdict With(params IEnumerable<ChainLink> before) => this with { Before = [.. before, .. Before] };
}
