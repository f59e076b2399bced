using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Interpreters;

/// <summary>The simulated process as the runtime sees it: typed access to the runtime's words. Holds no state of its own.</summary>
public sealed class Process(Journal journal, Code code, Layout layout, IReadOnlyDictionary<string, int> sites, Allocator allocator, ChoiceBook choices)
{
    private static readonly Address RootAddress = RuntimeWords.StaticData;

    public Journal Journal { get; } = journal;

    public Code Code { get; } = code;

    public Layout Layout { get; } = layout;

    public Allocator Allocator { get; } = allocator;

    public ChoiceBook Choices { get; } = choices;

    /// <summary>The struct of the thread that holds the GIL.</summary>
    public Address Thread => new(Journal.ReadOwn(RootAddress + RuntimeWords.Root.GilHolder));

    /// <summary>The struct of the interpreter that the present thread runs in.</summary>
    public Address Interpreter => new(Journal.ReadOwn(Thread + RuntimeWords.Thread.Interpreter));

    /// <summary>The site of a name that the family declares among its <c>Sites</c>.</summary>
    public int Site(string name) =>
        sites.TryGetValue(name, out var site) ? site : throw new BrokenAssumptionException($"there is no site '{name}' among those that the collector's family declares");

    /// <summary>A fault that the family declares among its <c>Faults</c>.</summary>
    public Fault Fault(string name) => Choices.Fault(name);

    /// <summary>Ranges of the process that only the collector uses.</summary>
    public ImmutableArray<Region> OwnRegions { get; init; } = [];

    public ulong RootWord(int offset) => Journal.ReadOwn(RootAddress + offset);

    public void SetRootWord(int offset, ulong value) => Journal.WriteRuntime(RootAddress + offset, value);

    public Address InterpreterStruct(int index) => new(RootWord(Code.InterpreterTable + index * 8));

    public int InterpreterId(Address state) => Index(state + RuntimeWords.Interpreter.Id, Code.Program.Interpreters.Length);

    public Address ThreadStruct(int index) => new(RootWord(Code.ThreadTable + index * 8));

    public ulong ThreadStatus(int index) => RootWord(Code.ThreadStatusTable + index * 8);

    public int ThreadIndex(Address thread) => Index(thread + RuntimeWords.Thread.Id, Code.Threads.Length);

    public Address GlobalSlot(int index) => RootAddress + Code.GlobalTable + index * 8L;

    /// <summary>Where the address of a prebuilt object is.</summary>
    public Address PrebuiltSlot(int index) => RootAddress + Code.PrebuiltTable + index * 8L;

    public Address FrameBase(Address thread) => new(Journal.ReadOwn(thread + RuntimeWords.Thread.Frame));

    public int FrameCount(Address thread) => Index(thread + RuntimeWords.Thread.FrameCount, RuntimeWords.FrameSlotsMax + 1);

    public Address InFlightSlot => Thread + RuntimeWords.Thread.InFlight;

    /// <summary>An index in the runtime's own words. Wild stores reach these as well: what is out of range would have been followed as
    /// an address, so it is a crash.</summary>
    /// <param name="end">First index that is out of range.</param>
    public int Index(Address address, int end)
    {
        var word = Journal.ReadOwn(address);
        return word < (ulong)end ? (int)word : throw new SimulatedCrash(new Address(word), isWrite: false);
    }

    /// <summary>The record of the script that the present thread runs; null when it runs none.</summary>
    public Address Script => new(Journal.ReadOwn(Thread + RuntimeWords.Thread.Script));

    /// <summary>The birth number of the next program object: the next one of all, or in a script the next one of its owner's family.</summary>
    public ulong NextObjectNumber() =>
        Script is { IsNull: false } script
            ? Journal.Shadow.Objects.NextIn(Journal.ReadOwn(script + RuntimeWords.Script.SelfNumber))
            : RootWord(RuntimeWords.Root.ObjectsBorn) + 1;

    /// <summary>Counts the birth of an object with a number that <see cref="NextObjectNumber"/> gave, in the open event.</summary>
    public void CountObject(ulong number)
    {
        if (ObjectNumber.Ordinal(number) == 0)
            SetRootWord(RuntimeWords.Root.ObjectsBorn, number);
    }

    /// <summary>Allocates a zeroed runtime object (an interpreter's or thread's struct); its words belong to the Allocate event.</summary>
    public Address AllocateRuntime(ulong bytes, int typeId, int birthplace)
    {
        var number = RootWord(RuntimeWords.Root.RuntimeObjectsBorn) + 1;
        var cell = Allocator.Allocate(bytes, number | Shadow.RuntimeFlag, ObjectEntry.Descriptor(typeId, 0, birthplace, 0));
        Journal.ZeroOwn(cell, bytes);
        SetRootWord(RuntimeWords.Root.RuntimeObjectsBorn, number);
        return cell;
    }

    /// <summary>First word above the present thread's C stack.</summary>
    public Address CStackTop => new(Journal.ReadOwn(Thread + RuntimeWords.Thread.CStack));

    /// <summary>Pushes zeroed words on the present thread's C stack, in the open event; gives their address.</summary>
    public Address PushCStack(int bytes)
    {
        var top = Thread + RuntimeWords.Thread.CStack;
        var at = CStackTop;
        for (var offset = 0; offset < bytes; offset += 8)
            Journal.WriteRuntime(at + offset, 0);
        Journal.WriteRuntime(top, (at + bytes).Value);
        return at;
    }

    /// <summary>Takes the C stack back to <paramref name="to"/>, in the open event. The words stay as they are, as on a real stack.</summary>
    public void PopCStack(Address to) => Journal.WriteRuntime(Thread + RuntimeWords.Thread.CStack, to.Value);

    /// <summary>Ends the run with an assertion of the runtime.</summary>
    public SimulatedAssertion Assertion(string site, Address about, ulong wanted = 0) => new(Site(site), about, wanted);

    /// <summary>Opens an event of the present thread.</summary>
    public void Event(EventKind kind, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, int site = 0) =>
        Journal.Event(kind, a, b, c, d, site);
}
