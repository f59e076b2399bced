using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging;

/// <summary>Traces of heap programs, run on the spot and kept in memory.</summary>
internal static class SimulatedTrace
{
    /// <param name="program">Path from the root of the repository.</param>
    public static MemoryTrace Of(string program, string collector, string allocator) =>
        OfText(Path.GetFileName(program), Repository.Read(program), collector, allocator);

    public static MemoryTrace OfText(string name, string text, string collector = "cpython39", string allocator = "glibc")
    {
        var run = new PreparedRun(new RunOptions { ProgramName = name, ProgramText = text, Collector = collector, Allocator = allocator }, "0.0.0");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        return trace;
    }
}
