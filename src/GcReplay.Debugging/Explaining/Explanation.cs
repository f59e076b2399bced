using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>What an event has to do with a failure.</summary>
public enum ChainRole
{
    /// <summary>Here the run ended, or went on with a hazard.</summary>
    Failure = 0,

    /// <summary>Follows from what was wrong before.</summary>
    Consequence,

    /// <summary>Made the value, the link or the reference that the failure followed.</summary>
    Origin,

    /// <summary>Shows that something was as it should be, or that it was needed.</summary>
    Evidence,

    /// <summary>The first event after which a declared invariant is false.</summary>
    Corruption,

    /// <summary>Set the flag, the count or the link by which a decision was made.</summary>
    Precondition,

    /// <summary>Decided what made the heap corrupt: the cause. The last link of a chain that has one.</summary>
    Decision,
}

/// <summary>One step on the way from a failure to its cause.</summary>
/// <param name="Event">A position to go to.</param>
/// <param name="Message">One sentence, without the number of the event.</param>
public sealed record ChainLink(long Event, ChainRole Role, string Message)
{
    /// <summary>Birth numbers of the program's objects that it is about, for pictures.</summary>
    public IReadOnlyList<ulong> Objects { get; init; } = [];

    /// <summary>Full names of the lists that it is about, for pictures.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
}

/// <summary>How a run came to fail.</summary>
public sealed record Explanation
{
    /// <summary>How the run ended; null when it ended well, or when the trace does not say.</summary>
    public required RunFailure? Failure { get; init; }

    /// <summary>The first violation of the trace; null when no sanitizer ever fails.</summary>
    public required Violation? Corruption { get; init; }

    /// <summary>Two sentences for a bug report: what happened, and why.</summary>
    public required string Summary { get; init; }

    /// <summary>From the failure back to the cause, which is the last when it is known; empty when nothing is wrong.</summary>
    public required IReadOnlyList<ChainLink> Chain { get; init; }

    /// <summary>The last link, or the failure where nothing more is known; null when nothing is wrong.</summary>
    public ChainLink? Cause => Chain is [.., { Role: ChainRole.Decision or ChainRole.Corruption } last] ? last : Chain.Count == 0 ? null : Chain[0];
}
