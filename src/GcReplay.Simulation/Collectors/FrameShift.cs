using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors;

/// <summary>The frame's own bookkeeping, the same for every collector.</summary>
internal static class FrameShift
{
    /// <summary>Removes a place and shifts those above it down, as one event; what stood there is the caller's.</summary>
    public static void Remove(Process process, Address thread, int index)
    {
        var frame = process.FrameBase(thread);
        var count = process.FrameCount(thread);
        process.Event(EventKind.RootShift, frame.Value, (ulong)index, (ulong)count);
        for (var i = index; i + 1 < count; i++)
            process.Journal.WriteRuntime(frame + i * 8L, process.Journal.ReadOwn(frame + (i + 1) * 8L));
        process.Journal.WriteRuntime(frame + (count - 1) * 8L, 0);
        process.Journal.WriteRuntime(thread + RuntimeWords.Thread.FrameCount, (ulong)count - 1);
    }
}
