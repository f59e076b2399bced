using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Collectors.MarkSweep;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Collectors.PlugIns;

/// <summary>A collector of a plug-in: <c>marksweep</c> under another name, with one thing of its own at each store.</summary>
public abstract class PlugInFamily : CollectorFamily
{
    protected static readonly MarkSweepFamily Inner = new();

    public override string Summary => "for tests";

    public override ImmutableArray<string> Revisions => ["1", "2"];

    public override ImmutableArray<Parameter> Parameters => Inner.Parameters;

    public override ImmutableArray<string> Kinds => Inner.Kinds;

    public override ImmutableArray<Site> Sites => Inner.Sites;

    public override ImmutableArray<PlantedFault> Faults => Inner.Faults;

    public override ImmutableArray<string> Phases => Inner.Phases;

    public override ImmutableArray<ColourRule> Colours => Inner.Colours;

    public override ImmutableArray<Region> Regions => Inner.Regions;

    public override string RecordStruct => Inner.RecordStruct;

    public override string StaticsStruct(string revision) => Inner.StaticsStruct("1");

    public override ulong StaticBytes(string revision) => Inner.StaticBytes("1");

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) => Inner.Structs("1", statics);

    public override ObjectType TypeOf(string kind, string name) => Inner.TypeOf(kind, name);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new PlugInCollector(process, Inner.Create(process, "1", statics, typeKinds, parameters), this, statics);

    /// <param name="statics">The budget of an increment is the word at 24, the number of cycles the one at 40.</param>
    public virtual void AtStore(Process process, Address statics, Address reference)
    {
    }

    public virtual ulong? Run(Process process, Statement statement, IOperands operands) => null;

    private sealed class PlugInCollector(Process process, Collector inner, PlugInFamily family, Address statics) : Collector(process)
    {
        public override void SetUpStatics() => inner.SetUpStatics();

        public override Address New(int typeId, int slots, int nameId, int script) => inner.New(typeId, slots, nameId, script);

        public override int SlotCount(Address reference) => inner.SlotCount(reference);

        public override Address SlotAddress(Address reference, int index) => inner.SlotAddress(reference, index);

        public override void StoreSlot(Address reference, Address slot, Address value)
        {
            inner.StoreSlot(reference, slot, value);
            family.AtStore(Process, statics, reference);
        }

        public override ulong Collect(long extent) => inner.Collect(extent);

        public override void SetAutomatic(bool on) => inner.SetAutomatic(on);

        public override ulong? Run(Statement statement, IOperands operands) => family.Run(Process, statement, operands);
    }
}

/// <summary>Does nothing wrong, and has an operation of its own.</summary>
public sealed class GoodFamily : PlugInFamily
{
    private static readonly OperationRow Touch = new("touch", [new("object", OperandForm.Root)], ResultForm.Number, "reads the first slot", "the root is empty");

    public override string Name => "good";

    public override ImmutableArray<OperationRow> Operations => [Touch];

    public override ImmutableArray<Site> Sites => [.. base.Sites, new("touched", "the program asked")];

    public override ulong? Run(Process process, Statement statement, IOperands operands)
    {
        var reference = operands.Reference(0);
        if (reference.IsNull)
            return null;
        process.Event(EventKind.Scan, reference.Value, 0, 0, 0, process.Site("touched"));
        return process.Journal.Read(reference + 24);
    }
}

public sealed class ThrowingFamily : PlugInFamily
{
    public override string Name => "throws";

    public override void AtStore(Process process, Address statics, Address reference) => throw new InvalidOperationException("no stores today.");
}

public sealed class RuntimeWritingFamily : PlugInFamily
{
    public override string Name => "writes-runtime";

    public override void AtStore(Process process, Address statics, Address reference) => process.Journal.Write(process.Interpreter, 1);
}

public sealed class ChunkWritingFamily : PlugInFamily
{
    public override string Name => "writes-chunk";

    public override void AtStore(Process process, Address statics, Address reference) => process.Journal.WriteOwn(reference - 8, 1);
}

public sealed class WildWritingFamily : PlugInFamily
{
    public override string Name => "writes-unmapped";

    public override void AtStore(Process process, Address statics, Address reference) => process.Journal.Write(new Address(0x10), 1);
}

/// <summary>Counts stores in a field of its family, and lets the count reach a word.</summary>
public sealed class RememberingFamily : PlugInFamily
{
    private ulong stores;

    public override string Name => "remembers";

    public override void AtStore(Process process, Address statics, Address reference) => process.Journal.Write(statics + 24, ++stores);
}

/// <summary>The same in a static field, which outlives every object.</summary>
public sealed class StaticRememberingFamily : PlugInFamily
{
    private static ulong stores;

    public override string Name => "remembers-static";

    public override void AtStore(Process process, Address statics, Address reference) => process.Journal.Write(statics + 24, ++stores);
}

/// <summary>Its layout leaves the word of the cycles out.</summary>
public sealed class UndeclaredFamily : PlugInFamily
{
    public override string Name => "undeclared";

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
        [.. base.Structs(revision, statics).Select(one => one with { Fields = one.Fields.RemoveAll(field => field.Name == "cycles") })];
}

/// <summary>Its layout leaves a word of objects out.</summary>
public sealed class UndeclaredInObjectsFamily : PlugInFamily
{
    public override string Name => "undeclared-in-objects";

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) =>
        [.. base.Structs(revision, statics).Select(one => one with { Fields = one.Fields.RemoveAll(field => field.Name == "next_object") })];
}

public sealed class WrongOperandFamily : PlugInFamily
{
    public override string Name => "wrong-operand";

    public override void AtStore(Process process, Address statics, Address reference) =>
        process.Event(EventKind.Visit, reference.Value, reference.Value + 24, 0, 7);
}

public sealed class WrongObjectFamily : PlugInFamily
{
    public override string Name => "wrong-object";

    public override void AtStore(Process process, Address statics, Address reference) => process.Event(EventKind.Mark, 3);
}

public sealed class RuntimeEventFamily : PlugInFamily
{
    public override string Name => "runtime-event";

    public override void AtStore(Process process, Address statics, Address reference) => process.Event(EventKind.ThreadSwitch);
}

public sealed class SpanEndingFamily : PlugInFamily
{
    public override string Name => "ends-span";

    public override void AtStore(Process process, Address statics, Address reference) => process.Event(EventKind.PhaseEnd, 1);
}

public sealed class SpanLeavingFamily : PlugInFamily
{
    public override string Name => "leaves-span";

    public override void AtStore(Process process, Address statics, Address reference) => process.Event(EventKind.CollectionBegin);
}

public sealed class UnknownSiteFamily : PlugInFamily
{
    public override string Name => "unknown-site";

    public override void AtStore(Process process, Address statics, Address reference) => process.Event(EventKind.Mark, reference.Value, 0, 0, 0, process.Site("nowhere"));
}

public sealed class ReadingForEverFamily : PlugInFamily
{
    public override string Name => "reads-for-ever";

    public override void AtStore(Process process, Address statics, Address reference)
    {
        while (process.Journal.Read(reference) != 1)
            continue;
    }
}

public sealed class EventsForEverFamily : PlugInFamily
{
    public override string Name => "events-for-ever";

    public override void AtStore(Process process, Address statics, Address reference)
    {
        while (statics.Value != 1)
            process.Event(EventKind.Mark, reference.Value);
    }
}

public sealed class FreeingTwiceFamily : PlugInFamily
{
    public override string Name => "frees-twice";

    public override void AtStore(Process process, Address statics, Address reference)
    {
        process.GiveBack(reference);
        process.GiveBack(reference);
    }
}

public sealed class UnfittingFamily : PlugInFamily
{
    public override string Name => "unfitting";

    public override ImmutableArray<ColourRule> Colours => [new(Colour.Black, Condition.WhenSet("BLCK"))];
}

public sealed class ThrowingEarlyFamily : PlugInFamily
{
    public override string Name => "throws-early";

    public override ImmutableArray<Site> Sites => throw new NotSupportedException("sites are for tourists");
}

public sealed class NamesakeFamily : PlugInFamily
{
    public override string Name => "marksweep";
}

/// <summary>Ends the process that runs it.</summary>
public sealed class DyingFamily : PlugInFamily
{
    public override string Name => "dies";

    public override void AtStore(Process process, Address statics, Address reference) => Environment.Exit(77);
}

/// <summary>Goes on for ever without touching the simulated memory.</summary>
public sealed class HangingFamily : PlugInFamily
{
    public override string Name => "hangs";

    public override void AtStore(Process process, Address statics, Address reference) => Thread.Sleep(Timeout.Infinite);
}

/// <summary>Fails at the first store of the process alone; what it remembers outlives the plug-in's assembly.</summary>
public sealed class ThrowingOnceFamily : PlugInFamily
{
    public override string Name => "throws-once";

    public override void AtStore(Process process, Address statics, Address reference)
    {
        if (AppContext.GetData(Name) is not null)
            return;
        AppContext.SetData(Name, "thrown");
        throw new InvalidOperationException("only today.");
    }
}

/// <summary>Prints where answers are expected.</summary>
public sealed class PrintingFamily : PlugInFamily
{
    public override string Name => "prints";

    public override void AtStore(Process process, Address statics, Address reference) => Console.WriteLine("{\"runs\": here I am");
}
