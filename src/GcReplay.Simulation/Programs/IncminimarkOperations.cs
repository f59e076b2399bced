using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>The rows that incminimark adds to the table: what a program of RPython can ask of its collector.</summary>
public static class IncminimarkOperations
{
    public const string Collector = "incminimark";

    private static readonly ImmutableArray<string> Incminimark = [Collector];

    public static readonly OperationRow Read = new(
        "read", [new("object", OperandForm.Root), new("index", OperandForm.Number)], ResultForm.Reference,
        "reads a slot as load does; an empty one empties the destination (`push` adds an empty place), and the result is 0",
        "the root is empty, or there is no such slot", Incminimark);

    public static readonly OperationRow Write = new(
        "write", [new("object", OperandForm.Root), new("index", OperandForm.Number), new("value", OperandForm.Root)], ResultForm.None,
        "writes a slot as store does; an empty root empties it, after the same barrier",
        "the object's root is empty, or there is no such slot", Incminimark);

    public static readonly OperationRow Fill = new(
        "fill", [new("object", OperandForm.Root), new("value", OperandForm.Root)], ResultForm.None,
        "writes every slot, after one barrier for the whole object; an empty root empties them", "the object's root is empty", Incminimark);

    public static readonly OperationRow ReadWeak = new(
        "readweak", [new("weakref", OperandForm.Root)], ResultForm.Reference,
        "reads a weak reference", "the root holds no weak reference, or a cleared one", Incminimark, ObjectKinds.WeakRef);

    public static readonly OperationRow Pin = new(
        "pin", [new("root", OperandForm.Root)], ResultForm.Number,
        "tries to pin an object and appends it to the list of pins: 1, or 0 with an empty entry when it can not be pinned",
        "the root is empty", Incminimark);

    public static readonly OperationRow Unpin = new(
        "unpin", [new("index", OperandForm.Number)], ResultForm.Number,
        "removes an entry of the list of pins and unpins its object: 1, or 0 for an empty entry: pinning had failed, or the object has died", "there is no such entry", Incminimark, Undoes: "pin");

    public static readonly OperationRow Id = new(
        "id", [new("root", OperandForm.Root)], ResultForm.Number,
        "the address that the object has outside the nursery, or will have", "the root is empty", Incminimark);

    public static readonly OperationRow Finalizer = new(
        "finalizer", [new("root", OperandForm.Root)], ResultForm.None,
        "registers an object for the queue of dead objects", "the root is empty", Incminimark);

    public static readonly OperationRow NextDead = new(
        "nextdead", [], ResultForm.Reference, "takes the oldest object of the queue of dead objects", "the queue is empty", Incminimark, Undoes: "finalizer");

    public static readonly OperationRow SingleStep = new(
        "singlestep", [new("on", OperandForm.Number, Max: 1)], ResultForm.None,
        "0 or 1: whether a step of marking visits one object only", "never", Incminimark);

    public static readonly OperationRow MajorThreshold = new(
        "majorthreshold", [new("bytes", OperandForm.Decimal)], ResultForm.None,
        "sets next_major_collection_threshold, a double", "never", Incminimark);

    public static readonly OperationRow Advance = new(
        "advance", [new("state", OperandForm.Word, Words: ["scanning", "marking", "sweeping", "finalizing"])], ResultForm.None,
        "collects increments until gc_state is there", "never", Incminimark);

    public static readonly ImmutableArray<OperationRow> All =
        [Read, Write, Fill, ReadWeak, Pin, Unpin, Id, Finalizer, NextDead, SingleStep, MajorThreshold, Advance];
}
