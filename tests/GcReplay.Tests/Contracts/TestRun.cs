using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Tests.Contracts;

/// <summary>Collectors and allocators that the suite runs on: each collector with glibc's malloc, and each allocator with one of
/// each family.</summary>
public static class Machines
{
    public static readonly ImmutableArray<string> Collectors =
        ["cpython39@shared-state", "cpython39@7247407", "cpython39@gh-92036", "cpython39@gh-94673", "incminimark", "marksweep", "semispace", "generational"];

    public static readonly ImmutableArray<string> Allocators =
        [.. GcReplay.Simulation.Allocators.Allocators.Names.Where(name => name != "glibc"), "debug:glibc"];

    /// <summary>Each collector once, for runs so long that an allocator's part in them would only be more of the same.</summary>
    public static TheoryData<string, string> Long => new(Collectors.Select(collector => (collector, "glibc")));

    /// <summary>Where a copy within one object reads each slot before it overwrites it. incminimark's ll_arraycopy does not: it copies
    /// upwards in any case, as the conformance programs have it.</summary>
    public static TheoryData<string, string> CopyingInBothDirections =>
        [.. All.Where(row => !row.Data.Item1.StartsWith("incminimark", StringComparison.Ordinal)).Select(row => row.Data)];

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var collector in Collectors)
                all.Add(collector, "glibc");
            foreach (var allocator in Allocators)
            {
                all.Add("cpython39@7247407", allocator);
                all.Add("marksweep", allocator);
                all.Add("semispace", allocator);
                all.Add("generational", allocator);
                all.Add("incminimark", allocator);
            }

            return all;
        }
    }
}

/// <summary>Runs a program and keeps what a test looks at: the end of the run, the hash after each event, the heap at the end.</summary>
public sealed class TestRun : IRunObserver
{
    private readonly List<ulong> hashes = [];
    private readonly bool keepsHashes;
    private readonly bool checks;
    private SanitizerRun? sanitizers;
    private AddressSpace space = null!;
    private Shadow shadow = null!;
    private Layout layout = null!;

    private TestRun(bool keepsHashes, bool checks)
    {
        this.keepsHashes = keepsHashes;
        this.checks = checks;
    }

    public RunResult Result { get; private set; } = null!;

    /// <summary>State hash after each event.</summary>
    public IReadOnlyList<ulong> Hashes => hashes;

    /// <summary>Kinds of the events, in order; kept with <c>checks</c>.</summary>
    public List<EventKind> Kinds { get; } = [];

    /// <summary>What the sanitizers found, when the run was checked.</summary>
    public IReadOnlyList<Violation> Violations => sanitizers!.Violations;

    public HeapView Heap => new(space, shadow, layout);

    public ImmutableArray<string> LiveNames => [.. Heap.LiveObjects().Where(o => !o.IsRuntime).Select(o => o.Name)];

    public int LiveCount => Heap.LiveObjects().Count(o => !o.IsRuntime);

    public static RunOptions Options(string program, string collector = "cpython39@7247407", string allocator = "glibc") => new()
    {
        ProgramName = "test.heap",
        ProgramText = program,
        Collector = collector,
        Allocator = allocator,
    };

    public static TestRun Of(RunOptions options, IBlockSink? sink = null, bool forgets = false, bool keepsHashes = false, bool checks = false)
    {
        var run = new TestRun(keepsHashes, checks);
        run.Result = new PreparedRun(options, "test").Execute(sink, run, forgets);
        return run;
    }

    void IRunObserver.Start(AddressSpace runSpace, Shadow runShadow, Layout runLayout)
    {
        space = runSpace;
        shadow = runShadow;
        layout = runLayout;
        if (checks)
            sanitizers = new SanitizerRun(Heap);
    }

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        if (keepsHashes)
            hashes.Add(space.Hash);
        if (checks)
            Kinds.Add(e.Kind);
        sanitizers?.After(number, e);
        return true;
    }
}
