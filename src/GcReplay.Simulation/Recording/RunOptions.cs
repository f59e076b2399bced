using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>Everything that decides a run.</summary>
public sealed record RunOptions
{
    /// <summary>File name of the program, without folders.</summary>
    public required string ProgramName { get; init; }

    public required string ProgramText { get; init; }

    /// <summary><c>name</c> or <c>name@revision</c>.</summary>
    public string Collector { get; init; } = "cpython39";

    public string Allocator { get; init; } = "glibc";

    public ulong Seed { get; init; }

    /// <summary>Whether decisions are drawn from the seed; without it each takes its default.</summary>
    public bool IsChaos { get; init; }

    /// <summary>Decisions of an earlier run: taken instead of drawing from the seed.</summary>
    public IReadOnlyList<RecordedChoice>? Choices { get; init; }

    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The run that made a trace, again.</summary>
    public static RunOptions Of(ITraceSource trace) => new()
    {
        ProgramName = trace.Header.ProgramName,
        ProgramText = trace.Header.ProgramText,
        Collector = $"{trace.Header.Collector}@{trace.Header.Revision}",
        Allocator = trace.Header.Allocator,
        Seed = trace.Header.Seed,
        IsChaos = trace.Header.IsChaos,
        Choices = trace.Choices,
        Parameters = trace.Header.Parameters,
    };
}

/// <summary>Looks at a run while it goes on.</summary>
public interface IRunObserver
{
    /// <summary>Called before the first event.</summary>
    void Start(AddressSpace space, Shadow shadow, Layout layout);

    /// <summary>Called when an event and its words are complete.</summary>
    /// <returns>False to stop the run here.</returns>
    bool AfterEvent(long number, in Event e);
}

/// <summary>How a run ended.</summary>
/// <param name="FreedInterpreters">Number of interpreters that ended: their structs were freed.</param>
public sealed record RunResult(
    RunStatus Status, long Events, long Operations, ulong StateHash, RunFailure? Failure, ImmutableArray<RecordedChoice> Choices,
    long DefaultedChoices, int FreedInterpreters)
{
    /// <summary>What a trace says at its end; its content hash is known to who wrote it.</summary>
    public TraceOutcome ToOutcome() => new()
    {
        Status = Status,
        Events = Events,
        Operations = Operations,
        ContentHash = 0,
        StateHash = StateHash,
        DefaultedChoices = DefaultedChoices,
        Failure = Failure,
    };
}
