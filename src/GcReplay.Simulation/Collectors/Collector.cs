using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors;

/// <summary>A garbage collector of the simulated process. Everything it knows is words: an instance can be thrown away after
/// any operation and made again.</summary>
/// <remarks>The order inside one assignment is CPython's: take the new reference, write the slot, give back the old one.</remarks>
public abstract class Collector(Process process)
{
    protected Process Process { get; } = process;

    /// <summary>Runs finalizers and callbacks. Set once, before anything runs.</summary>
    public IScripts Scripts { protected get; set; } = null!;

    /// <summary>Size of the struct of an interpreter, in bytes.</summary>
    public virtual ulong InterpreterBytes => CollectorFamily.PlainInterpreterBytes;

    /// <summary>Creates the collector's static words, in the open Setup event.</summary>
    public abstract void SetUpStatics();

    /// <summary>Fills the collector's part of a new interpreter's zeroed struct; <paramref name="state"/> is linked already. Nothing for a
    /// collector with one heap for all.</summary>
    public virtual void InterpreterBegins(Address state)
    {
    }

    /// <summary>Does what happens between the end of an interpreter's last thread and the free of its struct. The present thread
    /// is in that interpreter. Nothing for a collector with one heap for all: the objects die when nobody refers to them.</summary>
    public virtual void InterpreterEnds(Address state)
    {
    }

    /// <summary>Allocates an object; the reference is in flight afterwards (<see cref="Process.InFlightSlot"/>).</summary>
    /// <remarks>Here, in <see cref="Collect"/> and in <see cref="Run"/> objects may move; nobody holds an address meanwhile but the
    /// collector itself. In every other member they may not.</remarks>
    /// <param name="script">Its finalizer; -1 for none.</param>
    public abstract Address New(int typeId, int slots, int nameId, int script);

    /// <summary>Slots that operations can name; 0 for objects that hold references in other ways.</summary>
    public abstract int SlotCount(Address reference);

    public abstract Address SlotAddress(Address reference, int index);

    /// <summary>Writes a slot of an object, 0 to empty it, with whatever barriers and counts that takes.</summary>
    public abstract void StoreSlot(Address reference, Address slot, Address value);

    /// <summary>Writes a root, 0 to empty it. As it stands: without barrier and without count.</summary>
    /// <param name="isInFlight">Whether the value is the reference in flight, which the root takes over.</param>
    public virtual void StoreRoot(Address root, Address value, bool isInFlight)
    {
        Process.Event(EventKind.RootStore, root.Value, value.Value);
        Process.Journal.WriteOwn(root, value.Value);
        if (isInFlight)
            Process.Journal.WriteOwn(Process.InFlightSlot, 0);
    }

    /// <summary>Removes a place of the frame and shifts those above it down.</summary>
    public virtual void RemoveFromFrame(Address thread, int index) => FrameShift.Remove(Process, thread, index);

    /// <summary>Copies slots, each with its barrier. A collector with a barrier for whole copies overrides it.</summary>
    /// <remarks>An overlapping copy within one object goes in the direction that reads each slot before it is overwritten.</remarks>
    /// <returns>The operation's result: true, or what a barrier for whole copies answered.</returns>
    public virtual bool CopySlots(Address source, int from, Address target, int to, int count)
    {
        var backwards = source == target && from < to;
        for (var i = 0; i < count; i++)
        {
            var k = backwards ? count - 1 - i : i;
            StoreSlot(target, SlotAddress(target, to + k), new Address(Process.Journal.Read(SlotAddress(source, from + k))));
        }

        return true;
    }

    /// <summary>Makes a prebuilt object with empty slots, before the program begins: opens the Allocate event. Only for a family with
    /// <see cref="CollectorFamily.HasPrebuilts"/>.</summary>
    /// <param name="number">Its birth number.</param>
    public virtual Address Prebuild(ulong number, int typeId, int slots, int nameId) =>
        throw new NotSupportedException("this collector has no prebuilt objects");

    /// <summary>Writes a slot of a prebuilt object before the program begins, without any barrier, in the open event.</summary>
    public virtual void InitialisePrebuilt(Address reference, int index, Address value) =>
        throw new NotSupportedException("this collector has no prebuilt objects");

    /// <summary>Collects as the program asked.</summary>
    /// <param name="extent">-1 full, -2 minor, -3 one increment, or a generation.</param>
    public abstract ulong Collect(long extent);

    public abstract void SetAutomatic(bool on);

    /// <summary>Runs an operation that only this collector has.</summary>
    /// <returns>The result, or null when the operation was skipped.</returns>
    public virtual ulong? Run(Statement statement, IOperands operands) => null;

    /// <summary>A length as a heap's word holds it. Wild stores may have made it anything: what is negative is no length, and what is
    /// too long runs into unmapped memory, as it would in C.</summary>
    public static int LengthOf(ulong word) => word > long.MaxValue ? 0 : (int)Math.Min(word, int.MaxValue);
}

/// <summary>Operands of the running statement, resolved when asked.</summary>
public interface IOperands
{
    /// <summary>Operands that the statement has.</summary>
    int Count { get; }

    /// <summary>Whether the destination can take a reference now.</summary>
    bool HasDestination { get; }

    /// <summary>The reference in the root named by the operand, null when there is none.</summary>
    Address Reference(int operand);

    long Number(int operand);

    double Decimal(int operand);

    /// <summary>Id of a name; 0 when it is left out.</summary>
    int Name(int operand);

    /// <summary>Index of a script; -1 when it is left out.</summary>
    int Script(int operand);

    /// <summary>Stores a reference in the statement's destination; null empties it.</summary>
    /// <param name="isInFlight">Whether it is the reference in flight, which the destination takes over.</param>
    void Deliver(Address value, bool isInFlight);
}

/// <summary>What is known of a collector before a run: its name, revisions, kinds of objects, layout and how to make one.</summary>
public abstract class CollectorFamily
{
    /// <summary>Size of <see cref="PlainInterpreter"/>.</summary>
    public const int PlainInterpreterBytes = 256;

    /// <summary>The struct of an interpreter in which the collector keeps nothing.</summary>
    protected static readonly StructLayout PlainInterpreter = new(
        "PyInterpreterState", StructRole.Interpreter, PlainInterpreterBytes,
        [
            Field.Word("next", RuntimeWords.Interpreter.Next, FieldRole.Pointer, "PyInterpreterState"),
            Field.Word("id", RuntimeWords.Interpreter.Id, FieldRole.InterpreterId),
        ],
        []);

    public abstract string Name { get; }

    /// <summary>Newest last; a collector named without revision is the newest.</summary>
    public abstract ImmutableArray<string> Revisions { get; }

    public abstract string Summary { get; }

    /// <summary>Keys that <c>--set</c> knows, with what they do.</summary>
    public abstract ImmutableArray<Parameter> Parameters { get; }

    /// <summary>Kinds a type can be declared with, in the order of their type ids.</summary>
    public abstract ImmutableArray<string> Kinds { get; }

    /// <summary>Whether objects can be there before the program begins.</summary>
    public virtual bool HasPrebuilts => false;

    /// <summary>Whether objects call scripts: finalizers, callbacks. Where they do not, a statement that names one is refused.</summary>
    public virtual bool CallsScripts => ObjectKinds.Callers.Any(Kinds.Contains);

    /// <summary>What no sensible program mixes, so that generated ones do not.</summary>
    public virtual ImmutableArray<Misuse> Misuses => [];

    /// <summary>Assertions, among <see cref="Sites"/>, that are the program's own fault: no finding of a hunt with generated programs.</summary>
    public virtual ImmutableArray<string> ProgramFaults => [];

    /// <summary>Small defects that a run can be given, to see that they are found. None is there unless it is asked for.</summary>
    public virtual ImmutableArray<PlantedFault> Faults => [];

    /// <summary>Why no object of a kind can have so many slots, as the end of a message; null when one can.</summary>
    /// <param name="parameters">A value for each of <see cref="Parameters"/>.</param>
    public virtual string? CannotMake(string kind, long slots, IReadOnlyDictionary<string, string> parameters) => null;

    /// <summary>Places where it decides or asserts.</summary>
    public abstract ImmutableArray<Site> Sites { get; }

    public abstract ImmutableArray<string> Phases { get; }

    /// <summary>Operations that only this collector has, in addition to those of every collector; <see cref="Collector.Run"/> runs them.</summary>
    public virtual ImmutableArray<OperationRow> Operations => [];

    /// <summary>Names of objects that the collector makes itself.</summary>
    public virtual ImmutableArray<string> OwnNames => [];

    public abstract ImmutableArray<ColourRule> Colours { get; }

    /// <summary>Ranges of the process that only this collector uses, for conditions and for showing an address. Free for it is what lies
    /// from 0x6800_0000_0000 to 0x7000_0000_0000.</summary>
    public virtual ImmutableArray<Region> Regions => [];

    /// <summary>What a collector that traces promises about its words, for sanitizers; null for nothing.</summary>
    public virtual TracingRules? Tracing => null;

    /// <summary>Name of the struct of the static words; empty when there are none.</summary>
    public abstract string StaticsStruct(string revision);

    /// <summary>Name of the struct of a collection record on a C stack; empty when the collector has none.</summary>
    public abstract string RecordStruct { get; }

    /// <summary>The collector's own static words, in bytes: part of the static data of the process.</summary>
    public abstract ulong StaticBytes(string revision);

    /// <summary>Structs of the collector (interpreter, collection record, objects), and its containers in them.</summary>
    /// <param name="statics">Address of the static words.</param>
    public abstract ImmutableArray<StructLayout> Structs(string revision, Address statics);

    /// <summary>The same, where what words mean depends on parameters.</summary>
    /// <exception cref="Heaps.GcReplayException">A parameter is out of range.</exception>
    public virtual ImmutableArray<StructLayout> Structs(string revision, Address statics, IReadOnlyDictionary<string, string> parameters) =>
        Structs(revision, statics);

    /// <summary>Whether parameters go together; a key that is missing has its default.</summary>
    internal bool Fits(string revision, IReadOnlyDictionary<string, string> parameters)
    {
        try
        {
            _ = Structs(revision, Address.Null, Parameters.ToDictionary(p => p.Key, p => parameters.GetValueOrDefault(p.Key, p.Default)));
            return true;
        }
        catch (Heaps.GcReplayException)
        {
            return false;
        }
    }

    /// <summary>The object type for a kind under a program's name.</summary>
    public abstract ObjectType TypeOf(string kind, string name);

    /// <param name="typeKinds">For each type id the index of its kind in <see cref="Kinds"/>, -1 for the runtime's types.</param>
    /// <param name="parameters">A value for each of <see cref="Parameters"/>: what the run says, else the default.</param>
    public abstract Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters);
}

/// <summary>Operations, kinds, and parameters as <c>KEY=VALUE</c>, that harm a process when one run has some of both groups, as they would in
/// life.</summary>
public sealed record Misuse(ImmutableArray<string> Some, ImmutableArray<string> Others, string Why)
{
    /// <summary>Stands for prebuilt objects.</summary>
    public const string Prebuilt = "prebuilt";

    /// <summary>Stands for objects of more than <see cref="SmallSlotsMax"/> slots.</summary>
    public const string Large = "large";

    public const int SmallSlotsMax = 8;
}

/// <summary>A key that <c>--set</c> knows. Its value is a whole number, unless something else is said.</summary>
/// <param name="Default">In words; <c>on</c> or <c>off</c> makes it a switch.</param>
/// <param name="Words">The words that it can be instead; none for a number or a switch.</param>
/// <param name="IsDecimal">Whether the number can have a decimal point.</param>
/// <param name="Min">Least whole number.</param>
/// <param name="Max">Largest whole number.</param>
public sealed record Parameter(
    string Key, string Summary, string Default, ImmutableArray<string> Words = default, bool IsDecimal = false, uint Min = 0, uint Max = uint.MaxValue)
{
    /// <summary>Values that a hunt draws from: small ones, with which all comes to pass in few statements. None for a switch or words, which
    /// are all drawn, and where halves of the default do.</summary>
    public ImmutableArray<string> Tries { get; init; } = [];

    /// <summary>Values to draw from; <see cref="Tries"/> or what stands for them.</summary>
    internal ImmutableArray<string> Drawn => this switch
    {
        { Tries.IsEmpty: false } => Tries,
        { Words.IsDefaultOrEmpty: false } => Words,
        { Default: "on" or "off" } => ["on", "off"],
        { IsDecimal: true } => [Default],
        _ => [.. ((uint[])[1, 2, 8, 32]).Select(divisor => Math.Max(Min, uint.Parse(Default, CultureInfo.InvariantCulture) / divisor).ToString(CultureInfo.InvariantCulture))],
    };

    /// <summary>In words: what its value can be.</summary>
    public string Expected => this switch
    {
        { Words.IsDefaultOrEmpty: false } => string.Join(" or ", Words),
        { Default: "on" or "off" } => "on or off",
        { IsDecimal: true } => $"a number, as 1.82, below {DecimalEnd}",
        _ => $"a whole number from {Min} to {Max}",
    };

    private const double DecimalEnd = 1e15;

    public bool Allows(string value) => this switch
    {
        { Words.IsDefaultOrEmpty: false } => Words.Contains(value),
        { Default: "on" or "off" } => value is "on" or "off",
        { IsDecimal: true } => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < DecimalEnd,
        _ => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= Min && number <= Max,
    };
}
