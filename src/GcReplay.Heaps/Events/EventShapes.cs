namespace GcReplay.Heaps.Events;

/// <summary>How an operand is to be read and shown.</summary>
public enum OperandKind
{
    Unused = 0,
    Number,
    Bytes,

    /// <summary>Address of a word or of raw memory.</summary>
    Address,

    /// <summary>Address that the event reads: what <c>watch</c> on reads stops at.</summary>
    ReadAddress,

    /// <summary>Address of an object, or 0.</summary>
    Object,

    /// <summary>Address of a list head or other container.</summary>
    Container,

    /// <summary>Birth number; bit 63 set for a runtime object.</summary>
    ObjectNumber,

    /// <summary>See <c>ObjectEntry.Descriptor</c>.</summary>
    Descriptor,

    /// <summary>A word as it is stored.</summary>
    Word,

    /// <summary>Index of an interpreter; 0 is main.</summary>
    Interpreter,

    /// <summary>Index of a thread; 0 is main's.</summary>
    Thread,

    /// <summary>Index into the trace's table of operations.</summary>
    Operation,

    /// <summary>Index into <c>Layout.Phases</c>.</summary>
    Phase,

    /// <summary>Number of the event that began the span.</summary>
    EventNumber,

    /// <summary>0 read, 1 write.</summary>
    Access,

    /// <summary>0 no, 1 yes.</summary>
    Boolean,
}

/// <summary>What becomes of the memory in a Free event: its operand <c>kept</c>.</summary>
public enum FreeKind
{
    /// <summary>The memory goes back to the allocator.</summary>
    Freed = 0,

    /// <summary>The object is dead, and the runtime keeps its memory in a free list of its own (CPython: tuples, dicts).</summary>
    Kept = 1,

    /// <summary>Memory that was kept goes back to the allocator.</summary>
    Released = 2,

    /// <summary>The object moved away before: the place that it left goes back.</summary>
    Left = 3,
}

/// <summary>Name and kind of one operand.</summary>
public readonly record struct Operand(string Name, OperandKind Kind);

/// <summary>The operands of a kind of event, in the order A, B, C, D.</summary>
public sealed record EventShape(EventKind Kind, params Operand[] Operands);

/// <summary>What kinds of event have in common, asked in inner loops.</summary>
public static class EventKinds
{
    public static bool BeginsSpan(this EventKind kind) =>
        kind is EventKind.OperationBegin or EventKind.CollectionBegin or EventKind.PhaseBegin or EventKind.ScriptBegin;

    public static bool EndsSpan(this EventKind kind) =>
        kind is EventKind.OperationEnd or EventKind.CollectionEnd or EventKind.PhaseEnd or EventKind.ScriptEnd;

    /// <summary>Whether the run could not go on after it. The event before may have been cut short: only its words count.</summary>
    public static bool EndsRun(this EventKind kind) => kind is EventKind.Crash or EventKind.Assertion or EventKind.Hang;

    /// <summary>Whether the run is over or damaged after it.</summary>
    public static bool IsFailure(this EventKind kind) => kind == EventKind.Hazard || kind.EndsRun();
}

/// <summary>The one table of events: what each kind's operands are called and how they are read.</summary>
public static class EventShapes
{
    private static readonly EventShape[] Table = Build();

    /// <summary>All shapes, by ascending kind.</summary>
    public static IEnumerable<EventShape> All => Table.Where(s => s is not null);

    /// <summary>Whether <paramref name="kind"/> is a kind this version knows: ask before <see cref="Of"/> for foreign bytes.</summary>
    public static bool Knows(byte kind) => kind < Table.Length && Table[kind] is not null;

    public static EventShape Of(EventKind kind)
    {
        Check.That(Knows((byte)kind), $"event kind {(byte)kind} is not in the table");
        return Table[(byte)kind];
    }

    private static EventShape[] Build()
    {
        EventShape[] shapes =
        [
            new(EventKind.OperationBegin, new Operand("operation", OperandKind.Operation), new Operand("iteration", OperandKind.Number)),
            new(EventKind.OperationEnd, new Operand("begin", OperandKind.EventNumber), new Operand("result", OperandKind.Word), new Operand("done", OperandKind.Boolean)),
            new(EventKind.CollectionBegin, new Operand("generation", OperandKind.Number), new Operand("interpreter", OperandKind.Interpreter), new Operand("record", OperandKind.Address), new Operand("automatic", OperandKind.Boolean)),
            new(EventKind.CollectionEnd, new Operand("begin", OperandKind.EventNumber), new Operand("collected", OperandKind.Number), new Operand("uncollectable", OperandKind.Number)),
            new(EventKind.PhaseBegin, new Operand("phase", OperandKind.Phase), new Operand("record", OperandKind.Address)),
            new(EventKind.PhaseEnd, new Operand("begin", OperandKind.EventNumber)),
            new(EventKind.ScriptBegin, new Operand("object", OperandKind.Object)),
            new(EventKind.ScriptEnd, new Operand("begin", OperandKind.EventNumber)),

            new(EventKind.Map, new Operand("start", OperandKind.Address), new Operand("bytes", OperandKind.Bytes)),
            new(EventKind.Unmap, new Operand("start", OperandKind.Address), new Operand("bytes", OperandKind.Bytes)),
            new(EventKind.Allocate, new Operand("cell", OperandKind.Address), new Operand("bytes", OperandKind.Bytes), new Operand("number", OperandKind.ObjectNumber), new Operand("descriptor", OperandKind.Descriptor)),
            new(EventKind.Free, new Operand("cell", OperandKind.Address), new Operand("bytes", OperandKind.Bytes), new Operand("number", OperandKind.ObjectNumber), new Operand("kept", OperandKind.Number)),

            new(EventKind.Load, new Operand("object", OperandKind.Object), new Operand("slot", OperandKind.ReadAddress), new Operand("value", OperandKind.Object)),
            new(EventKind.Store, new Operand("object", OperandKind.Object), new Operand("slot", OperandKind.Address), new Operand("value", OperandKind.Object)),
            new(EventKind.RootStore, new Operand("root", OperandKind.Address), new Operand("value", OperandKind.Object)),
            new(EventKind.RootShift, new Operand("frame", OperandKind.Address), new Operand("index", OperandKind.Number), new Operand("count", OperandKind.Number)),
            new(EventKind.Barrier, new Operand("object", OperandKind.Object), new Operand("slot", OperandKind.ReadAddress), new Operand("value", OperandKind.Object), new Operand("acts", OperandKind.Boolean)),
            new(EventKind.Retain, new Operand("object", OperandKind.Object), new Operand("count", OperandKind.Number)),
            new(EventKind.Release, new Operand("object", OperandKind.Object), new Operand("count", OperandKind.Number)),

            new(EventKind.Visit, new Operand("object", OperandKind.Object), new Operand("slot", OperandKind.ReadAddress), new Operand("target", OperandKind.Object), new Operand("acts", OperandKind.Boolean)),
            new(EventKind.Mark, new Operand("object", OperandKind.Object)),
            new(EventKind.Unmark, new Operand("object", OperandKind.Object)),
            new(EventKind.Scan, new Operand("object", OperandKind.Object)),
            new(EventKind.SetCollectorCount, new Operand("object", OperandKind.Object), new Operand("count", OperandKind.Number)),
            new(EventKind.Link, new Operand("list", OperandKind.Container), new Operand("object", OperandKind.Object)),
            new(EventKind.Unlink, new Operand("object", OperandKind.Object), new Operand("prev", OperandKind.Address), new Operand("next", OperandKind.Address)),
            new(EventKind.Relink, new Operand("object", OperandKind.Object), new Operand("list", OperandKind.Container)),
            new(EventKind.Splice, new Operand("from", OperandKind.Container), new Operand("list", OperandKind.Container)),
            new(EventKind.ListInit, new Operand("list", OperandKind.Container)),
            new(EventKind.Push, new Operand("container", OperandKind.Container), new Operand("object", OperandKind.Object)),
            new(EventKind.Pop, new Operand("container", OperandKind.Container), new Operand("object", OperandKind.Object)),
            new(EventKind.Flag, new Operand("object", OperandKind.Object), new Operand("word", OperandKind.Address)),
            new(EventKind.Sweep, new Operand("object", OperandKind.Object), new Operand("dies", OperandKind.Boolean)),
            new(EventKind.Move, new Operand("from", OperandKind.Object), new Operand("to", OperandKind.Object), new Operand("bytes", OperandKind.Bytes)),
            new(EventKind.Card, new Operand("object", OperandKind.Object), new Operand("card", OperandKind.Number)),
            new(EventKind.Counters, new Operand("struct", OperandKind.Address)),
            new(EventKind.Dealloc, new Operand("object", OperandKind.Object)),
            new(EventKind.Clear, new Operand("object", OperandKind.Object), new Operand("dealloc", OperandKind.Boolean)),
            new(EventKind.Resurrect, new Operand("object", OperandKind.Object)),

            new(EventKind.InterpreterBegin, new Operand("interpreter", OperandKind.Interpreter), new Operand("state", OperandKind.Address)),
            new(EventKind.InterpreterEnd, new Operand("interpreter", OperandKind.Interpreter), new Operand("state", OperandKind.Address)),
            new(EventKind.ThreadBegin, new Operand("thread", OperandKind.Thread), new Operand("state", OperandKind.Address)),
            new(EventKind.ThreadEnd, new Operand("thread", OperandKind.Thread), new Operand("state", OperandKind.Address)),
            new(EventKind.ThreadSwitch, new Operand("from", OperandKind.Thread), new Operand("to", OperandKind.Thread)),
            new(EventKind.Choice, new Operand("of", OperandKind.Number), new Operand("chosen", OperandKind.Number), new Operand("occurrence", OperandKind.Number)),
            new(EventKind.Setup, new Operand("struct", OperandKind.Address)),
            new(EventKind.Behead, new Operand("list", OperandKind.Container)),

            new(EventKind.Elided),
            new(EventKind.Hazard, new Operand("address", OperandKind.Address), new Operand("cell", OperandKind.Address), new Operand("access", OperandKind.Access)),
            new(EventKind.Crash, new Operand("address", OperandKind.Address), new Operand("access", OperandKind.Access)),
            new(EventKind.Assertion, new Operand("object", OperandKind.Address), new Operand("wanted", OperandKind.Number)),
            new(EventKind.Hang, new Operand("accesses", OperandKind.Number)),
        ];
        var table = new EventShape[shapes.Max(s => (int)s.Kind) + 1];
        foreach (var shape in shapes)
            table[(int)shape.Kind] = shape;
        return table;
    }
}
