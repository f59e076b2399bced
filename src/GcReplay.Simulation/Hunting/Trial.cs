using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting;

/// <summary>What one run of a hunt came to.</summary>
/// <param name="Failure">The first thing that went wrong and is not ignored: a violation of a sanitizer, else how the run itself went wrong; null when
/// all is well.</param>
/// <param name="Ignored">Signature of the first thing that went wrong and is ignored; null when there was none.</param>
/// <param name="IsOwnFault">Whether the run ended in an assertion that the program brought upon itself.</param>
public sealed record TrialResult(RunResult Run, RunFailure? Failure, string? Ignored, bool IsOwnFault);

/// <summary>Executes a run with every sanitizer on, unrecorded, up to the first thing that goes wrong.</summary>
public sealed class Trial : IRunObserver
{
    /// <summary>Ends of a run that any program can bring about, whatever the collector.</summary>
    private static readonly string[] OwnFaults = ["deadlock", "waits-below", "not-the-last-thread", "thread-still-has-a-frame", "frame-overflow"];

    private readonly IReadOnlySet<string> ignored;
    private readonly CoverageRun? coverage;
    private readonly TrialMemory? memory;
    private SanitizerRun sanitizers = null!;
    private Layout layout = null!;
    private AddressSpace space = null!;
    private Shadow shadow = null!;
    private RunFailure? failure;
    private string? passed;
    private bool goesOn;

    private Trial(IReadOnlySet<string> ignored, CoverageRun? coverage, TrialMemory? memory = null)
    {
        this.ignored = ignored;
        this.coverage = coverage;
        this.memory = memory;
    }

    /// <param name="ignored">Signatures that the run goes on past.</param>
    /// <param name="programFaults">Assertions that are no findings, beside those of the runtime; null when each is one.</param>
    /// <param name="coverage">Takes what the run reached; null to leave it out.</param>
    /// <param name="findsLeaks">Whether objects that no collection will ever find are a failure of a run that ended well.</param>
    /// <param name="memory">Of trials before, none of which is under way; null for new.</param>
    public static TrialResult Run(
        PreparedRun run, IReadOnlySet<string> ignored, IReadOnlyList<string>? programFaults, CoverageRun? coverage = null, bool findsLeaks = false,
        TrialMemory? memory = null, CancellationToken cancellation = default)
    {
        var trial = new Trial(ignored, coverage, memory);
        var result = run.Execute(null, trial, space: memory?.Space, cancellation: cancellation);
        var isOwnFault = programFaults is not null && trial.failure is null && result.Failure is { Kind: "assertion" } assertion
            && (OwnFaults.Contains(assertion.Code) || programFaults.Contains(assertion.Code));
        if (trial.failure is null && !isOwnFault && result.Failure is { } ended)
            trial.Take(ended);
        if (findsLeaks && trial.failure is null && result is { Status: RunStatus.Ok } && trial.FindLeak(result.Events) is { } leak)
            trial.Take(leak);
        return new TrialResult(result, trial.failure, trial.passed, isOwnFault);
    }

    /// <summary>Executes a run to its own end, whatever the sanitizers find on the way.</summary>
    /// <returns>How it ended, and the first violation; null for none.</returns>
    public static (RunResult Run, RunFailure? First) Whole(PreparedRun run, CancellationToken cancellation)
    {
        var trial = new Trial(ImmutableSortedSet<string>.Empty, null) { goesOn = true };
        var result = run.Execute(null, trial, cancellation: cancellation);
        return (result, trial.failure);
    }

    void IRunObserver.Start(AddressSpace runSpace, Shadow runShadow, Layout runLayout)
    {
        (space, shadow, layout) = (runSpace, runShadow, runLayout);
        var view = new HeapView(space, shadow, runLayout);
        sanitizers = new SanitizerRun(view, finished: memory?.Sanitizers);
        memory?.Sanitizers = sanitizers;
        coverage?.Start(view);
    }

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        coverage?.After(e);
        var found = sanitizers.After(number, e);
        foreach (var violation in found)
            Take(ViolationFailure.Of(violation, e.Kind.ToString(), e.Site == 0 ? "" : layout.Sites[e.Site].Name));
        return goesOn || failure is null;
    }

    /// <summary>An object that nothing refers to from a root and that is on no living list: reference counts did not free it, and no
    /// collector of cycles will come across it. Asked only of layouts with lists.</summary>
    private RunFailure? FindLeak(long events)
    {
        var view = new HeapView(space, shadow, layout);
        if (view.Families.Length == 0)
            return null;
        var census = view.Census();
        var reached = census.Reachable();
        for (var i = 0; i < census.Objects.Count; i++)
        {
            var entry = census.Objects[i];
            if (reached[i] || view.ObjectAt(entry.Address) is not { Type.IsCollected: true } lost || lost.List is { Holder.HasEnded: false })
                continue;
            return new RunFailure(
                "leak", "never-found", events, $"{lost} lives, no root leads to it, and it is on no living list: no collection will find it",
                $"leak never-found | {EventKind.ThreadEnd} |  |  | {lost.Type.Name}");
        }

        return null;
    }

    private void Take(RunFailure found)
    {
        if (ignored.Contains(found.Signature))
            passed ??= found.Signature;
        else
            failure ??= found;
    }
}
