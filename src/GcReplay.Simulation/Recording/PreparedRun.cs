using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Collectors.PlugIns;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>A run whose program, collector, allocator and parameters were found to fit: it can be executed any number of times,
/// and each time does the same.</summary>
public sealed class PreparedRun
{
    /// <summary>Sites of the runtime itself; 0 is no site.</summary>
    private static readonly ImmutableArray<Site> RuntimeSites =
    [
        new("", ""),
        new("deadlock", "every thread waits for another one to end"),
        new("waits-below", "a thread waits for one that it interrupted in a script: that one goes on only after it (a limit of this tool, no deadlock)"),
        new("not-the-last-thread", "Py_EndInterpreter: a daemon thread is still in that interpreter"),
        new("thread-still-has-a-frame", "Py_EndInterpreter: a script of this thread began in that interpreter"),
        new("frame-overflow", "the frame has no place left"),
        new("thread.switch", "chaos asks after each operation, also in a script, who has the GIL next"),
        new("recursion-limit", "scripts run within each other as deep as they can: this one is left out"),
        new("program.choose", "the program itself asks"),
        new("malloc.reuse", "chaos asks whether to take a fitting free chunk or the top"),
        new("guard.gap", "chaos asks how many pages to leave free"),
    ];

    private readonly RunOptions options;
    private readonly Code code;
    private readonly CollectorFamily family;
    private readonly string revision;
    private readonly PlugIn? plugIn;
    private readonly FaultSetting? fault;
    private readonly ImmutableArray<int> typeKinds;
    private readonly Dictionary<string, int> sites = new(StringComparer.Ordinal);
    private readonly int firstAllocatorSite;

    /// <summary>All that the family knows, with their values.</summary>
    private readonly ImmutableSortedDictionary<string, string> parameters;

    /// <param name="toolVersion">Goes into the trace's header.</param>
    /// <exception cref="GcReplayException">The program does not parse or does not fit the collector; a name or parameter is unknown.</exception>
    public PreparedRun(RunOptions options, string toolVersion)
        : this(options, null, toolVersion)
    {
    }

    /// <param name="parsed">What the text of the options reads as; null to read it.</param>
    /// <param name="found">What the collector of the options is; null to find it.</param>
    internal PreparedRun(RunOptions options, HeapProgram? parsed, string toolVersion, FoundCollector? found = null)
    {
        this.options = options;
        (family, revision, plugIn) = found ?? FoundCollector.Of(options.Collector);
        var program = parsed ?? HeapProgramParser.Parse(options.ProgramName, options.ProgramText, family.Operations);
        RunParameters.Check(options, family);
        fault = RunParameters.FaultOf(options, family);
        parameters = family.Parameters.ToImmutableSortedDictionary(
            p => p.Key, p => options.Parameters.GetValueOrDefault(p.Key, p.Default), StringComparer.Ordinal);
        new ProgramFit(program, family, parameters).Check();
        code = Code.Of(program, family.Kinds, family.OwnNames);
        typeKinds =
        [
            .. Enumerable.Repeat(-1, RuntimeWords.RuntimeTypes),
            .. code.Types.Select(type => family.Kinds.IndexOf(type.Kind)),
        ];
        ImmutableArray<Site> table =
        [
            .. RuntimeSites, .. family.Sites, .. Allocators.Allocators.SitesOf(options.Allocator),
            .. RunParameters.MemoryOf(options) is null ? (Site[])[] : [new Site(RunParameters.OutOfMemory, $"the process gets no more memory: {RunParameters.Memory}")],
            .. plugIn is null ? (Site[])[] : [new Site(PlugInFault.Site, PlugInFault.Reason)],
        ];
        firstAllocatorSite = RuntimeSites.Length + family.Sites.Length;
        for (var i = 1; i < table.Length; i++)
            Check.That(sites.TryAdd(table[i].Name, i), $"two sites are called '{table[i].Name}'");
        Header = new TraceHeader
        {
            ToolVersion = toolVersion,
            ProgramName = options.ProgramName,
            ProgramText = options.ProgramText,
            Collector = family.Name,
            Revision = revision,
            PlugIn = plugIn?.Note,
            Allocator = options.Allocator,
            Seed = options.Seed,
            IsChaos = options.IsChaos,
            Parameters = options.HidesFault ? options.Parameters.Remove(RunParameters.Fault) : options.Parameters,
            Layout = LayoutOf(program, table),
            Operations = code.Operations,
            Threads = [.. program.Threads.Select(t => t.Name)],
        };
    }

    public TraceHeader Header { get; }

    private Address AllocatorControl => RuntimeWords.StaticData + (code.RootBytes + 15 & ~15);

    private Region StaticsRegion => new("statics", CollectorStatics, CollectorStatics + (long)family.StaticBytes(revision));

    private Address CollectorStatics => AllocatorControl + Allocator.ControlBytes;

    /// <summary>Runs the program to its end, a fault, or until it is stopped.</summary>
    /// <param name="sink">Takes the events; null for an unrecorded run.</param>
    /// <param name="forgets">Throws away every object of the simulation after each operation, reads the program's text again, loads a
    /// plug-in again, and goes on from the words: the amnesia test. Looks also whether the layout describes what the collector writes.</param>
    /// <param name="space">Memory of a run before, to be used again; null for new.</param>
    public RunResult Execute(
        IBlockSink? sink = null, IRunObserver? observer = null, bool forgets = false, AddressSpace? space = null,
        CancellationToken cancellation = default)
    {
        var journal = new Journal(sink, space);
        var undeclared = forgets ? new Undeclared(journal, Header.Layout, StaticsRegion, family.Regions) : null;
        var faults = new FaultBook(family.Faults, fault, options.Choices);
        var choices = new ChoiceBook(journal, Source(), sites) { Faults = faults };
        if (observer is not null)
            Observe(journal, observer);
        var status = RunStatus.Ok;
        RunFailure? failure = null;
        try
        {
            try
            {
                var engine = Make(journal, choices, undeclared);
                StartProcess(engine);
                while (engine.Machine.RunOperation())
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!forgets)
                        continue;
                    undeclared!.Settle();
                    engine = new PreparedRun(options, Header.ToolVersion).Make(journal, choices, undeclared);
                }
            }
            catch (SimulatedExit)
            {
                // The process ended as it should; the spans of what was under way stay open.
            }
            catch (SimulatedFault fault)
            {
                failure = new FailureReport(journal, Header).Record(fault);
            }

            journal.Complete();
        }
        catch (OperationCanceledException)
        {
            status = RunStatus.Cancelled;
        }
        catch (StoppedByObserver)
        {
            status = RunStatus.Failure;
        }

        journal.Flush();
        failure ??= new FailureReport(journal, Header).FirstHazard();
        if (failure is not null && status == RunStatus.Ok)
            status = RunStatus.Failure;
        var operations = (long)journal.Space.Peek(RuntimeWords.StaticData + RuntimeWords.Root.OperationsDone);
        return new RunResult(
            status, journal.LastEvent, operations, journal.Space.Hash, failure, [.. choices.Made.Where(IsShown)], choices.Defaulted, FreedInterpreters(journal))
        {
            Undeclared = undeclared?.First,
            Fault = faults.Report,
        };
    }

    private bool IsShown(RecordedChoice choice) => !options.HidesFault || !choice.Site.StartsWith(PlantedFault.SitePrefix, StringComparison.Ordinal);

    private static int FreedInterpreters(Journal journal)
    {
        var count = 0;
        for (var number = 1UL; journal.Shadow.Object(number, runtime: true) is { } entry; number++)
        {
            // Its memory may have been given to somebody else since.
            var isAlive = journal.Shadow.CellAt(entry.Address) is { State: CellState.Live, IsRuntime: true } cell && cell.Row == entry.Row;
            if (entry.TypeId == RuntimeWords.InterpreterType && !isAlive)
                count++;
        }

        return count;
    }

    private void Observe(Journal journal, IRunObserver observer)
    {
        observer.Start(journal.Space, journal.Shadow, Header.Layout);
        journal.EventCompleted = number =>
        {
            if (!observer.AfterEvent(number, journal.Current))
                throw new StoppedByObserver();
        };
    }

    private IChoiceSource? Source()
    {
        if (!options.IsChaos)
            return null;
        return options.Choices is { } recorded ? new RecordedChoices(recorded) : RunParameters.StrategyOf(options).Source(options.Seed);
    }

    /// <summary>The objects of the simulation; all they know of the process is in its words.</summary>
    private Engine Make(Journal journal, ChoiceBook choices, Undeclared? undeclared)
    {
        var allocator = Allocators.Allocators.Create(options.Allocator, journal, choices, firstAllocatorSite);
        allocator.Attach(AllocatorControl);
        var process = new Process(journal, code, Header.Layout, sites, allocator, choices) { OwnRegions = family.Regions };
        if (plugIn is not null)
            return MakeGuarded(process, plugIn, undeclared);
        journal.Guard = undeclared;
        var collector = Create(process);
        var machine = new Machine(process, collector);
        collector.Scripts = machine;
        return new Engine(process, collector, machine);
    }

    private Engine MakeGuarded(Process process, PlugIn from, Undeclared? undeclared)
    {
        Machine? machine = null;
        var collector = new GuardedCollector(from, process, StaticsRegion, Create, guarded => machine = new Machine(process, guarded), undeclared);
        return new Engine(process, collector, machine!);
    }

    private Collector Create(Process process) => family.Create(process, revision, CollectorStatics, typeKinds, parameters);

    private void StartProcess(Engine engine)
    {
        var journal = engine.Process.Journal;
        var staticBytes = CollectorStatics + (long)family.StaticBytes(revision) - RuntimeWords.StaticData;
        journal.Map(RuntimeWords.StaticData, (ulong)(staticBytes + AddressSpace.PageBytes - 1) / AddressSpace.PageBytes * AddressSpace.PageBytes);
        journal.Event(EventKind.Setup, RuntimeWords.StaticData.Value);
        engine.Process.SetRootWord(RuntimeWords.Root.AllocatorState, AllocatorControl.Value);
        if (family.StaticBytes(revision) > 0)
            engine.Process.SetRootWord(RuntimeWords.Root.CollectorState, CollectorStatics.Value);
        engine.Process.Allocator.SetUp(AllocatorControl);
        journal.Event(EventKind.Setup, CollectorStatics.Value);
        engine.Collector.SetUpStatics();
        Prebuild(engine);
        if (RunParameters.MemoryOf(options) is { } bytes)
            journal.LimitMemory(bytes, sites[RunParameters.OutOfMemory]);
        engine.Machine.Start();
    }

    /// <summary>Makes the objects that are there before the program begins, then links them, as a linker would.</summary>
    private void Prebuild(Engine engine)
    {
        var prebuilts = code.Program.Prebuilts;
        var process = engine.Process;
        var addresses = new Address[prebuilts.Length];
        for (var i = 0; i < prebuilts.Length; i++)
        {
            var (name, type, slots, _) = prebuilts[i];
            addresses[i] = engine.Collector.Prebuild(ObjectNumber.OfPrebuilt(i), code.TypeId(type), slots.Length, code.NameIds[name]);
            process.Journal.WriteOwn(process.PrebuiltSlot(i), addresses[i].Value);
        }

        for (var i = 0; i < prebuilts.Length; i++)
        {
            process.Event(EventKind.Setup, addresses[i].Value);
            for (var slot = 0; slot < prebuilts[i].Slots.Length; slot++)
            {
                if (prebuilts[i].Slots[slot] is var target and not PrebuiltDeclaration.None)
                    engine.Collector.InitialisePrebuilt(addresses[i], slot, addresses[target]);
            }
        }
    }

    private Layout LayoutOf(HeapProgram program, ImmutableArray<Site> table)
    {
        var journal = new Journal();
        var allocator = Allocators.Allocators.Create(options.Allocator, journal, new ChoiceBook(journal, null, sites), firstAllocatorSite);
        return new Layout
        {
            Collector = family.Name,
            Revision = revision,
            Structs =
            [
                .. RuntimeWords.Structs(code, family.StaticsStruct(revision), family.RecordStruct, allocator.ControlLayout.Name),
                .. family.Structs(revision, CollectorStatics, parameters),
                .. allocator.Structs,
            ],
            Types =
            [
                new("?", RuntimeWords.UnknownStruct, 0, false),
                new("interpreter state", "PyInterpreterState", 0, false),
                new("thread state", "PyThreadState", 0, false),
                .. code.Types.Select(type => family.TypeOf(type.Kind, type.Name)),
            ],
            Root = RuntimeWords.StaticData,
            RootStruct = "_PyRuntime",
            Colours = family.Colours,
            Phases = family.Phases,
            Sites = table,
            Names = code.Names,
            Regions =
            [
                new("static data", RuntimeWords.StaticData, CollectorStatics + (long)family.StaticBytes(revision)),
                .. allocator.Regions,
                .. family.Regions,
                new("stacks", RuntimeWords.Stacks, RuntimeWords.Stacks + program.Threads.Length * RuntimeWords.StackStride),
            ],
            Interpreters = program.Interpreters,
            Scripts = [.. program.Scripts.Select(s => s.Name)],
            Tracing = family.Tracing,
        };
    }

    private sealed record Engine(Process Process, Collector Collector, Machine Machine);
}
