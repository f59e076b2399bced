using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors.PlugIns;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>Everything that decides a run.</summary>
public sealed record RunOptions
{
    /// <summary>File name of the program, without folders.</summary>
    public required string ProgramName { get; init; }

    public required string ProgramText { get; init; }

    /// <summary><c>name</c> or <c>name@revision</c>, or a plug-in's file: see <see cref="Collectors.FoundCollector.Of"/>.</summary>
    public string Collector { get; init; } = "cpython39";

    public string Allocator { get; init; } = "glibc";

    public ulong Seed { get; init; }

    /// <summary>Whether decisions are drawn from the seed; without it each takes its default.</summary>
    public bool IsChaos { get; init; }

    /// <summary>Decisions of an earlier run: taken instead of drawing from the seed.</summary>
    public IReadOnlyList<RecordedChoice>? Choices { get; init; }

    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether header and choices keep silent about a planted fault: the trace is then that of a collector which has the bug, and can not be
    /// run again.</summary>
    public bool HidesFault { get; init; }

    /// <summary>The run that made a trace, again.</summary>
    /// <param name="collector">The plug-in's file, where its collector came from one.</param>
    /// <exception cref="GcReplayException">The collector came from a plug-in and none is given, or the other way round.</exception>
    public static RunOptions Of(ITraceSource trace, string? collector = null) => new()
    {
        ProgramName = trace.Header.ProgramName,
        ProgramText = trace.Header.ProgramText,
        Collector = CollectorOf(trace.Header, collector),
        Allocator = trace.Header.Allocator,
        Seed = trace.Header.Seed,
        IsChaos = trace.Header.IsChaos,
        Choices = trace.Choices,
        Parameters = trace.Header.Parameters,
    };

    private static string CollectorOf(TraceHeader header, string? collector)
    {
        if (header.PlugIn is not { } note)
        {
            return collector is null
                ? $"{header.Collector}@{header.Revision}"
                : throw new GcReplayException($"the trace's collector, {header.Collector}, is part of GcReplay. Leave --collector out.");
        }

        if (collector is null || !PlugIn.IsNamedBy(collector))
        {
            throw new GcReplayException(
                $"the trace's collector, {header.Collector}@{header.Revision}, came from a plug-in ({note}), and running it again takes that file. "
                + $"Try: --collector path/to/{note.File}");
        }

        var (path, name, revision) = PlugIn.Parse(collector);
        return $"{path}:{(name.Length == 0 ? header.Collector : name)}@{revision ?? header.Revision}";
    }
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
    /// <summary>A word that the collector wrote and that the layout does not describe: looked for by a run that forgets.</summary>
    public UndeclaredWord? Undeclared { get; init; }

    /// <summary>What became of the planted fault; null for a run without one.</summary>
    public FaultReport? Fault { get; init; }

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
