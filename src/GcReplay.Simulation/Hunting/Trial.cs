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
    private SanitizerRun sanitizers = null!;
    private Layout layout = null!;
    private RunFailure? failure;
    private string? passed;

    private Trial(IReadOnlySet<string> ignored, CoverageRun? coverage)
    {
        this.ignored = ignored;
        this.coverage = coverage;
    }

    /// <param name="ignored">Signatures that the run goes on past.</param>
    /// <param name="programFaults">Assertions that are no findings, beside those of the runtime; null when each is one.</param>
    /// <param name="coverage">Takes what the run reached; null to leave it out.</param>
    public static TrialResult Run(
        PreparedRun run, IReadOnlySet<string> ignored, IReadOnlyList<string>? programFaults, CoverageRun? coverage = null, CancellationToken cancellation = default)
    {
        var trial = new Trial(ignored, coverage);
        var result = run.Execute(null, trial, cancellation: cancellation);
        var isOwnFault = programFaults is not null && trial.failure is null && result.Failure is { Kind: "assertion" } assertion
            && (OwnFaults.Contains(assertion.Code) || programFaults.Contains(assertion.Code));
        if (trial.failure is null && !isOwnFault && result.Failure is { } ended)
            trial.Take(ended);
        return new TrialResult(result, trial.failure, trial.passed, isOwnFault);
    }

    void IRunObserver.Start(AddressSpace space, Shadow shadow, Layout runLayout)
    {
        layout = runLayout;
        sanitizers = new SanitizerRun(new HeapView(space, shadow, runLayout));
        coverage?.Start(space, shadow, runLayout);
    }

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        coverage?.After(e);
        var found = sanitizers.After(number, e);
        foreach (var violation in found)
            Take(ViolationFailure.Of(violation, e.Kind.ToString(), e.Site == 0 ? "" : layout.Sites[e.Site].Name));
        return failure is null;
    }

    private void Take(RunFailure found)
    {
        if (ignored.Contains(found.Signature))
            passed ??= found.Signature;
        else
            failure ??= found;
    }
}
