namespace GcReplay.Heaps.Events;

/// <summary>Everything that can happen. Shapes of operands: <see cref="EventShapes"/>. The numbers are part of the trace format.</summary>
public enum EventKind : byte
{
    None = 0,

    // Spans. Begin pushes its own number on the thread's span stack; End names the event that began it.
    OperationBegin = 1,
    OperationEnd = 2,
    CollectionBegin = 3,
    CollectionEnd = 4,
    PhaseBegin = 5,
    PhaseEnd = 6,
    ScriptBegin = 7,
    ScriptEnd = 8,

    // Memory.
    Map = 10,
    Unmap = 11,
    Allocate = 12,
    Free = 13,

    // The mutator.
    Load = 20,
    Store = 21,
    RootStore = 22,
    RootShift = 23,
    Barrier = 24,
    Retain = 25,
    Release = 26,

    // The collector, one action on one object.
    Visit = 30,
    Mark = 31,
    Unmark = 32,
    Scan = 33,
    SetCollectorCount = 34,
    Link = 35,
    Unlink = 36,
    Relink = 37,
    Splice = 38,
    ListInit = 39,
    Push = 40,
    Pop = 41,
    Flag = 42,
    Sweep = 43,
    Move = 44,
    Card = 45,
    Counters = 46,
    Dealloc = 47,
    Clear = 48,
    Resurrect = 49,

    // The process.
    InterpreterBegin = 50,
    InterpreterEnd = 51,
    ThreadBegin = 52,
    ThreadEnd = 53,
    ThreadSwitch = 54,
    Choice = 55,
    Setup = 56,
    Behead = 57,

    /// <summary>Stands for an event that is not in this trace, which holds a window of its run: it says and changes nothing.</summary>
    Elided = 59,

    // How a run can end or go wrong.
    Hazard = 60,
    Crash = 61,
    Assertion = 62,
    Hang = 63,
}
