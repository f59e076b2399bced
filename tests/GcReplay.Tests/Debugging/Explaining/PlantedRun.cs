using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Heaps.Layouts;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Simulation.Chaos.Faults;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining;

/// <summary>A run with a fault at one occurrence, recorded without a word about it.</summary>
/// <param name="Struck">The event that was open when the fault struck.</param>
internal sealed record PlantedRun(MemoryTrace Trace, long Struck)
{
    /// <param name="program">The fault whose program is run; the fault's own when left out.</param>
    public static PlantedRun Of(string collector, string fault, int occurrence = 1, string program = "") =>
        Of(FaultPrograms.Of(collector, program.Length > 0 ? program : fault).Options($"{fault}@{occurrence}"));

    /// <param name="layout">Makes the layout that the trace tells of; the collector's own when left out.</param>
    public static PlantedRun Of(RunOptions options, Func<Layout, Layout>? layout = null)
    {
        var run = new PreparedRun(options with { HidesFault = true }, "");
        var trace = new MemoryTrace(layout is null ? run.Header : run.Header with { Layout = layout(run.Header.Layout) });
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        Assert.Equal(1, result.Fault!.Struck);
        return new PlantedRun(trace, result.Fault.FirstEvent);
    }

    public Explanation Explain() => Explainer.Of(new Debugger(Trace));
}
