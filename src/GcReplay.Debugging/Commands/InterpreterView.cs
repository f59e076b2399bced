using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>How far an interpreter is in its life.</summary>
public enum InterpreterStage
{
    Alive = 0,

    /// <summary>A thread is at work on its end; its struct is still there.</summary>
    Ending,

    /// <summary>Its struct was freed.</summary>
    Ended,
}

/// <summary>The interpreters as words show them. Of fields beyond those with a role of their own it knows the names <c>ending</c> of a
/// thread, with <c>outer</c> and <c>before</c> in what it points at, and in the root <c>gil_holder</c>; a layout may lack them.</summary>
public static class InterpreterView
{
    /// <summary>More ends within each other than this are corrupt memory.</summary>
    private const int EndsMax = 1000;

    /// <summary>Those that the runtime knows first, then those that ended.</summary>
    public static IEnumerable<StructInstance> All(HeapView view) => view.Instances().Where(i => i.Role == StructRole.Interpreter);

    public static InterpreterStage StageOf(HeapView view, StructInstance interpreter) =>
        interpreter.HasEnded ? InterpreterStage.Ended
        : Ending(view).Contains(interpreter.Address) ? InterpreterStage.Ending
        : InterpreterStage.Alive;

    /// <summary>What became of the memory of an interpreter that ended.</summary>
    public static string MemoryText(HeapView view, StructInstance interpreter) =>
        !view.Space.IsMapped(interpreter.Address) ? "unmapped"
        : view.Shadow.IsFreed(interpreter.Address) ? "freed"
        : "reused";

    /// <summary>The struct of the thread that holds the GIL; null when none does, or the layout knows no GIL.</summary>
    public static StructInstance? GilHolder(HeapView view) =>
        view.Instances().FirstOrDefault(i => i.Role == StructRole.Root) is { } root && view.Read(root, "gil_holder") is { IsMapped: true, Value: > 0 } holder
            ? view.Instances().FirstOrDefault(i => i.Role == StructRole.Thread && i.Address == holder.Target)
            : null;

    /// <summary>Whether the layout says who holds the GIL.</summary>
    public static bool HasGil(HeapView view) => view.Layout.Structs.Any(s => s.Role == StructRole.Root && s.Field("gil_holder") is not null);

    /// <summary>Addresses of the interpreters that threads are ending: the one that a thread is in, and, when that end lies within others, those
    /// to which it goes back before the outermost.</summary>
    private static HashSet<Address> Ending(HeapView view)
    {
        var ending = new HashSet<Address>();
        foreach (var thread in view.Instances().Where(i => i is { Role: StructRole.Thread, HasEnded: false }))
        {
            var interpreter = view.Read(thread, "interp")?.Target ?? Address.Null;
            var record = RecordAt(view.Read(thread, "ending")?.Target);
            for (var i = 0; i < EndsMax && record is not null; i++)
            {
                ending.Add(interpreter);
                interpreter = view.Read(record, "before")?.Target ?? Address.Null;
                record = RecordAt(view.Read(record, "outer")?.Target);
            }
        }

        return ending;

        StructInstance? RecordAt(Address? address) =>
            address is { IsNull: false } at ? view.Instances().FirstOrDefault(i => i.Address == at && i.Role == StructRole.Plain) : null;
    }
}
