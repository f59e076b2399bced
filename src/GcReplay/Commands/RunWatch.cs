using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Output;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Commands;

/// <summary>Looks at a run while it goes on: for hazards, and with the sanitizers when asked.</summary>
/// <param name="stopOn">crash (which always ends a run), hazard or violation.</param>
/// <param name="checks">Whether the sanitizers run also when they stop nothing.</param>
internal sealed class RunWatch(string stopOn, bool checks) : IRunObserver
{
    private SanitizerRun? sanitizers;
    private RunFailure? violation;
    private Layout? layout;

    /// <summary>Whether the sanitizers run.</summary>
    public bool Checks => checks || stopOn == "violation";

    /// <summary>The first violation; null when there was none so far.</summary>
    public RunFailure? Violation => violation;

    public void Start(AddressSpace space, Shadow shadow, Layout runLayout)
    {
        layout = runLayout;
        if (Checks)
            sanitizers = new SanitizerRun(new HeapView(space, shadow, runLayout));
    }

    public bool AfterEvent(long number, in Event e)
    {
        if (sanitizers is not null && sanitizers.After(number, e) is [var first, ..])
            violation ??= ViolationText.Failure(first, e.Kind.ToString(), e.Site == 0 ? "" : layout!.Sites[e.Site].Name);
        return !(stopOn == "violation" && violation is not null || stopOn == "hazard" && e.Kind == EventKind.Hazard);
    }

    /// <summary>The result, with the violation as its failure when the run itself had none.</summary>
    public RunResult Complete(RunResult result) =>
        violation is null || result.Failure is not null
            ? result
            : result with { Failure = violation, Status = result.Status == RunStatus.Ok ? RunStatus.Failure : result.Status };

    /// <summary>A fresh one that stops the run at the same event.</summary>
    public RunWatch Again() => new(stopOn, checks);
}
