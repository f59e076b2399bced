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
    private readonly bool checks;
    private SanitizerRun sanitizers = null!;
    private string label = "";

    private ImportedRun(RunOptions options, bool checks)
    {
        this.checks = checks;
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
    /// <param name="checks">Whether every invariant is checked wherever it must hold.</param>
    /// <param name="settings">Further parameters of the collector, as <c>--set</c> takes them, in place of the 100 allocations.</param>
    public static ImportedRun Of(
        ImportedProgram imported, string collector, bool automatic, string atEnd = "", bool checks = false, params string[] settings)
    {
        string[] pairs =
        [
            automatic ? "gc.enabled=on" : "gc.enabled=off",
            .. settings.Length > 0 ? settings : [$"{(collector.StartsWith("cpython39", StringComparison.Ordinal) ? "gc.threshold0" : "gc.trigger")}=100"],
        ];
        var text = HeapProgramPrinter.Print(imported.Program);
        var options = new RunOptions
        {
            ProgramName = imported.Program.Name,
            ProgramText = text[..text.LastIndexOf('}')] + atEnd + "\n}\n",
            Collector = collector,
            Parameters = pairs.Select(pair => pair.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
        };
        return new ImportedRun(options, checks);
    }

    void IRunObserver.Start(AddressSpace space, Shadow shadow, Layout layout) => sanitizers = new SanitizerRun(new HeapView(space, shadow, layout));

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        if (e.Kind == EventKind.OperationBegin)
            label = operations[(int)e.A].Label;
        if (e.Kind == EventKind.Free && e.C is not 0 and < Shadow.RuntimeFlag && e.D != (ulong)FreeKind.Left)
            Deaths.Add(((int)e.C, label));
        if (checks)
            sanitizers.After(number, e);
        return true;
    }
}
