using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Where the runtime keeps its own words: offsets of the structs that every collector shares, and the map of the process.</summary>
/// <remarks>Source of the shapes: CPython 3.9 _PyRuntimeState (interpreters.head, main), PyInterpreterState (next, id), PyThreadState
/// (next, interp); a thread's program counter and loop counters stand where CPython has frames.</remarks>
public static class RuntimeWords
{
    /// <summary>Static data of the process: the root, then the allocator's and the collector's statics.</summary>
    public static readonly Address StaticData = new(0x60_0000);

    /// <summary>Stacks of threads, one after the other: frame first, C stack behind it.</summary>
    public static readonly Address Stacks = new(0x7E00_0000_0000);

    /// <summary>Distance between two threads' stacks.</summary>
    public const long StackStride = 0x1000_0000;

    /// <summary>First address that no stack can have.</summary>
    public static readonly Address StacksEnd = Stacks + ProgramLimits.ThreadsMax * StackStride;

    /// <summary>Mapped bytes of one thread's stack. Only touched pages cost.</summary>
    public const ulong StackBytes = 0x400_0000;

    /// <summary>Bytes at the start of a stack that hold the frame, a vector of references.</summary>
    public const ulong FrameBytes = 0x10_0000;

    public const int FrameSlotsMax = (int)(FrameBytes / 8);

    /// <summary>Deepest nesting of loops: each needs a counter word in the thread.</summary>
    public const int LoopDepthMax = 16;

    public static class Root
    {
        public const int InterpretersHead = 8;
        public const int MainInterpreter = 16;
        public const int ThreadsHead = 24;
        public const int GilHolder = 32;
        public const int ObjectsBorn = 40;
        public const int RuntimeObjectsBorn = 48;
        public const int OperationsDone = 56;
        public const int InterpreterCount = 64;
        public const int ThreadCount = 72;
        public const int GlobalCount = 80;
        public const int CollectorState = 88;
        public const int AllocatorState = 96;
        public const int Tables = 104;
    }

    public static class Thread
    {
        public const int Next = 0;
        public const int Interpreter = 8;
        public const int Id = 16;

        /// <summary>Index + 1 of the thread it waits for; 0 when it can run.</summary>
        public const int WaitsFor = 24;
        public const int Activation = 32;
        public const int Frame = Activation + RuntimeWords.Activation.Bytes;
        public const int FrameCount = Frame + 8;

        /// <summary>A reference that an operation holds in no root yet.</summary>
        public const int InFlight = FrameCount + 8;

        /// <summary>The innermost running collection's record on this thread's C stack.</summary>
        public const int Collection = InFlight + 8;
        public const int CStack = Collection + 8;

        /// <summary>The innermost running script's record on this thread's C stack.</summary>
        public const int Script = CStack + 8;

        /// <summary>Scripts that run within each other on this thread.</summary>
        public const int ScriptDepth = Script + 8;

        /// <summary>How many threads stood still below this one when it was interrupted in a script, + 1; 0 when it was not.</summary>
        public const int Suspended = ScriptDepth + 8;
        public const int IsDaemon = Suspended + 8;

        /// <summary>PyThreadState.trash_delete_nesting and trash_delete_later.</summary>
        public const int TrashNesting = IsDaemon + 8;
        public const int TrashLater = TrashNesting + 8;

        /// <summary>The record of the innermost end of an interpreter that this thread is in.</summary>
        public const int Ending = TrashLater + 8;
        public const int Bytes = Ending + 8;
    }

    /// <summary>The record of an interpreter's end, on the C stack of the thread that ends it.</summary>
    public static class Ending
    {
        public const int Outer = 0;

        /// <summary>The interpreter to which the thread goes back.</summary>
        public const int Before = 8;
        public const int Bytes = 16;
    }

    /// <summary>Where a thread's or a script's code stands.</summary>
    public static class Activation
    {
        public const int ProgramCounter = 0;
        public const int LoopDepth = 8;
        public const int LoopCounters = 16;
        public const int Bytes = LoopCounters + LoopDepthMax * 8;
    }

    /// <summary>The record of a running script, on the C stack of its thread.</summary>
    public static class Script
    {
        public const int Outer = 0;
        public const int Self = 8;

        /// <summary>Index of the script in the program, + 1.</summary>
        public const int Id = 16;

        /// <summary>Number of the object whose finalizer or callback it is.</summary>
        public const int SelfNumber = 24;

        /// <summary>The reference that was in flight when it began.</summary>
        public const int InFlight = 32;

        /// <summary>The interpreter in which it began, and to which its thread returns at its end.</summary>
        public const int Interpreter = 40;
        public const int Activation = 48;
        public const int Bytes = Activation + RuntimeWords.Activation.Bytes;
    }

    /// <summary>Scripts within each other. Source: sys.getrecursionlimit(); a finalizer beyond it raises RecursionError, which is
    /// written to stderr and ignored.</summary>
    public const int ScriptDepthMax = 1000;

    public static class Interpreter
    {
        public const int Next = 0;
        public const int Id = 8;
    }

    public static class ThreadStatus
    {
        public const ulong NeverStarted = 0;
        public const ulong Running = 1;
        public const ulong Ended = 2;
    }

    /// <summary>Type ids of the runtime's own cells; the collector's kinds follow.</summary>
    public const int UnknownType = 0;
    public const int InterpreterType = 1;
    public const int ThreadType = 2;
    public const int RuntimeTypes = 3;

    /// <summary>Struct of objects of no known type: it has no fields.</summary>
    public const string UnknownStruct = "unknown";

    /// <summary>The structs every collector shares.</summary>
    /// <param name="statics">Struct of the collector's static words; empty when it has none.</param>
    /// <param name="record">Struct of a collection record; empty when the collector has none.</param>
    /// <param name="allocator">Struct of the allocator's words.</param>
    public static ImmutableArray<StructLayout> Structs(Code code, string statics, string record, string allocator) =>
    [
        new(UnknownStruct, StructRole.Object, 0, [], []),
        new(
            "_PyRuntime", StructRole.Root, code.RootBytes,
            [
                Field.Word("interpreters", Root.InterpretersHead, FieldRole.Pointer, "PyInterpreterState"),
                Field.Word("main", Root.MainInterpreter, FieldRole.Pointer, "PyInterpreterState"),
                Field.Word("threads", Root.ThreadsHead, FieldRole.Pointer, "PyThreadState"),
                Field.Word("gil_holder", Root.GilHolder, FieldRole.Pointer, "PyThreadState"),
                Field.Word("objects_born", Root.ObjectsBorn, FieldRole.Integer),
                Field.Word("runtime_objects_born", Root.RuntimeObjectsBorn, FieldRole.Integer),
                Field.Word("operations_done", Root.OperationsDone, FieldRole.Integer),
                Field.Word("interpreter_count", Root.InterpreterCount, FieldRole.Integer),
                Field.Word("thread_count", Root.ThreadCount, FieldRole.Integer),
                Field.Word("global_count", Root.GlobalCount, FieldRole.Integer),
                PointerOrAddress("collector_state", Root.CollectorState, statics),
                PointerOrAddress("allocator_state", Root.AllocatorState, allocator),
            ],
            [
                new Vector("interpreter", code.InterpreterTable, false, "", code.Program.Interpreters.Length, FieldRole.Pointer, "PyInterpreterState"),
                new Vector("thread_status", code.ThreadStatusTable, false, "", code.Program.Threads.Length, FieldRole.Integer),
                new Vector("thread", code.ThreadTable, false, "", code.Program.Threads.Length, FieldRole.Pointer, "PyThreadState"),
                new Vector("g", code.GlobalTable, false, "", code.Program.GlobalCount, FieldRole.Owned),
                // A collector knows by other words which of them to look at; a program without any has no such list.
                .. code.Program.Prebuilts.IsEmpty
                    ? (Container[])[]
                    : [new Vector("prebuilt", code.PrebuiltTable, false, "", code.Program.Prebuilts.Length, FieldRole.Owned)],
            ]),
        new(
            "PyThreadState", StructRole.Thread, Thread.Bytes,
            [
                Field.Word("next", Thread.Next, FieldRole.Pointer, "PyThreadState"),
                Field.Word("interp", Thread.Interpreter, FieldRole.Pointer, "PyInterpreterState"),
                Field.Word("id", Thread.Id, FieldRole.ThreadId),
                Field.Word("waits_for", Thread.WaitsFor, FieldRole.Integer),
                Field.Word("pc", Thread.Activation + Activation.ProgramCounter, FieldRole.Integer),
                Field.Word("loop_depth", Thread.Activation + Activation.LoopDepth, FieldRole.Integer),
                Field.Word("frame_count", Thread.FrameCount, FieldRole.Integer),
                Field.Word("in_flight", Thread.InFlight, FieldRole.Owned),
                PointerOrAddress("collection", Thread.Collection, record),
                Field.Word("c_stack", Thread.CStack, FieldRole.Address),
                Field.Word("script", Thread.Script, FieldRole.Pointer, "script"),
                Field.Word("script_depth", Thread.ScriptDepth, FieldRole.Integer),
                Field.Word("suspended", Thread.Suspended, FieldRole.Integer),
                Field.Word("daemon", Thread.IsDaemon, FieldRole.Integer),
                Field.Word("trash_delete_nesting", Thread.TrashNesting, FieldRole.Integer),
                Field.Word("trash_delete_later", Thread.TrashLater, FieldRole.Borrowed),
                Field.Word("ending", Thread.Ending, FieldRole.Pointer, "ending"),
            ],
            [
                new Vector("loop_counters", Thread.Activation + Activation.LoopCounters, false, "loop_depth", 0, FieldRole.Integer),
                new Vector("frame", Thread.Frame, true, "frame_count", 0, FieldRole.Owned),
            ]),
        new(
            "ending", StructRole.Plain, Ending.Bytes,
            [
                Field.Word("outer", Ending.Outer, FieldRole.Pointer, "ending"),
                Field.Word("before", Ending.Before, FieldRole.Address),
            ],
            []),
        new(
            "script", StructRole.Plain, Script.Bytes,
            [
                Field.Word("outer", Script.Outer, FieldRole.Pointer, "script"),
                Field.Word("self", Script.Self, FieldRole.Borrowed),
                Field.Word("script_id", Script.Id, FieldRole.Script),
                Field.Word("self_number", Script.SelfNumber, FieldRole.Integer),
                Field.Word("in_flight", Script.InFlight, FieldRole.Owned),
                Field.Word("interp", Script.Interpreter, FieldRole.Pointer, "PyInterpreterState"),
                Field.Word("pc", Script.Activation + Activation.ProgramCounter, FieldRole.Integer),
                Field.Word("loop_depth", Script.Activation + Activation.LoopDepth, FieldRole.Integer),
            ],
            [new Vector("loop_counters", Script.Activation + Activation.LoopCounters, false, "loop_depth", 0, FieldRole.Integer)]),
    ];

    private static Field PointerOrAddress(string name, int offset, string target) =>
        Field.Word(name, offset, target.Length == 0 ? FieldRole.Address : FieldRole.Pointer, target);
}
