using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Programs.Importing;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>Runs an imported program on a collector and notes which statement frees which object.</summary>
internal sealed class ImportedRun : IRunObserver
{
    private readonly ImmutableArray<OperationText> operations;
    private readonly int sanitizerInterval;
    private SanitizerRun sanitizers = null!;
    private string label = "";
    private int operationsDone;

    private ImportedRun(RunOptions options, int sanitizerInterval)
    {
        this.sanitizerInterval = sanitizerInterval;
        var run = new PreparedRun(options, "test");
        operations = run.Header.Operations;
        Result = run.Execute(observer: this);
    }

    public RunResult Result { get; }

    /// <summary>In order.</summary>
    public List<(int Object, string Label)> Deaths { get; } = [];

    public IReadOnlyList<Violation> Violations => sanitizers.Violations;

    /// <param name="automatic">Whether the collector starts collections itself: after 100 allocations, so that it does.</param>
    /// <param name="atEnd">A statement that runs after the program's own.</param>
    /// <param name="sanitizerInterval">All invariants are checked after each of this many operations; 0 for never.</param>
    public static ImportedRun Of(ImportedProgram imported, string collector, bool automatic, string atEnd = "", int sanitizerInterval = 0)
    {
        var text = HeapProgramPrinter.Print(imported.Program);
        var options = new RunOptions
        {
            ProgramName = imported.Program.Name,
            ProgramText = text[..text.LastIndexOf('}')] + atEnd + "\n}\n",
            Collector = collector,
            Parameters = ImmutableSortedDictionary<string, string>.Empty
                .Add("gc.enabled", automatic ? "on" : "off")
                .Add(collector.StartsWith("cpython39", StringComparison.Ordinal) ? "gc.threshold0" : "gc.trigger", "100"),
        };
        return new ImportedRun(options, sanitizerInterval);
    }

    void IRunObserver.Start(AddressSpace space, Shadow shadow, Layout layout) => sanitizers = new SanitizerRun(new HeapView(space, shadow, layout));

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        if (e.Kind == EventKind.OperationBegin)
            label = operations[(int)e.A].Label;
        if (e.Kind == EventKind.Free && e.C is not 0 and < Shadow.RuntimeFlag)
            Deaths.Add(((int)e.C, label));
        if (e.Kind == EventKind.OperationEnd && sanitizerInterval > 0 && ++operationsDone % sanitizerInterval == 0)
            sanitizers.After(number, e);
        return true;
    }
}
