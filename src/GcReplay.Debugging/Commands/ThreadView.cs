using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>A thread of the program as the words of its struct show it.</summary>
public static class ThreadView
{
    /// <summary>The struct of a thread, the living one before one that ended; null where the layout has none or the thread never began.</summary>
    public static StructInstance? Of(HeapView view, int thread) => view.Instances()
        .Where(i => i.Role == StructRole.Thread && i.Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.ThreadId)) is { } id
            && view.Read(i, id).Value == (ulong)thread)
        .OrderBy(i => i.HasEnded).FirstOrDefault();

    /// <summary>Index of the interpreter that a thread runs; null when its words do not say.</summary>
    public static int? InterpreterOf(HeapView view, int thread) => Of(view, thread) is { HasEnded: false } instance ? instance.Interpreter : null;
}
