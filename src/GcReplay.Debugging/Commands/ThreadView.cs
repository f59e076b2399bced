using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>How far a thread of the program is in its life.</summary>
public enum ThreadStage
{
    NotStarted = 0,
    Running,
    Ended,
}

/// <summary>A thread of the program as the words of its struct show it. Of fields beyond those with a role of their own it knows the
/// names <c>waits_for</c> (index + 1), <c>daemon</c>, <c>suspended</c>, and in the root <c>thread_status</c>; a layout may lack them.</summary>
public static class ThreadView
{
    /// <summary>The struct of a thread, the living one before one that ended; null where the layout has none or the thread never began.</summary>
    public static StructInstance? Of(HeapView view, int thread) => view.Instances()
        .Where(i => i.Role == StructRole.Thread && i.Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.ThreadId)) is { } id
            && view.Read(i, id).Value == (ulong)thread)
        .OrderBy(i => i.HasEnded).FirstOrDefault();

    /// <summary>Index of the interpreter that a thread runs; null when its words do not say.</summary>
    public static int? InterpreterOf(HeapView view, int thread) => Of(view, thread) is { HasEnded: false } instance ? instance.Interpreter : null;

    /// <summary>By the runtime's table of threads where there is one: the struct of a thread that ended may be anybody's by now.</summary>
    public static ThreadStage StageOf(HeapView view, int thread)
    {
        if (view.Instances().FirstOrDefault(i => i.Role == StructRole.Root) is { } root
            && root.Layout.Containers.FirstOrDefault(c => c.Name == "thread_status") is { } table
            && ContainerView.Of(view, root.Layout, root.Address, table).Items().ElementAtOrDefault(thread) is { Container: not null } status)
            return status.Value switch { 0 => ThreadStage.NotStarted, 1 => ThreadStage.Running, _ => ThreadStage.Ended };
        return Of(view, thread) switch
        {
            { HasEnded: true } => ThreadStage.Ended,
            null when view.Layout.Structs.Any(s => s.Role == StructRole.Thread) => ThreadStage.NotStarted,
            _ => ThreadStage.Running,
        };
    }

    /// <summary>Index of the thread that a thread waits for; null when it waits for none.</summary>
    public static int? WaitsFor(HeapView view, StructInstance thread) =>
        Number(view, thread, "waits_for") is var other and > 0 and <= int.MaxValue ? (int)other - 1 : null;

    /// <summary>The field that says for whom; null where the layout has none.</summary>
    internal static Field? WaitField(StructInstance thread) => thread.Layout.Field("waits_for");

    public static bool IsDaemon(HeapView view, StructInstance thread) => Number(view, thread, "daemon") != 0;

    /// <summary>Whether another thread runs on top of it, while it stands in a script.</summary>
    public static bool IsSuspended(HeapView view, StructInstance thread) => Number(view, thread, "suspended") != 0;

    private static ulong Number(HeapView view, StructInstance thread, string field) => view.Read(thread, field) is { IsMapped: true } value ? value.Value : 0;
}
