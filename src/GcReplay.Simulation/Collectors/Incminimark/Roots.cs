using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The slots of the program's roots: the globals, each thread's frame, what threads hold in no root yet. They stand for upstream's
/// shadow stack.</summary>
internal static class Roots
{
    /// <summary>All slots, empty ones too, in the order in which roots are looked at.</summary>
    public static IEnumerable<Address> Slots(Process process)
    {
        for (var i = 0; i < process.Code.Program.GlobalCount; i++)
            yield return process.GlobalSlot(i);
        for (var i = 0; i < process.Code.Threads.Length; i++)
        {
            var thread = process.ThreadStruct(i);
            if (thread.IsNull)
                continue;
            var count = process.FrameCount(thread);
            var frame = process.FrameBase(thread);
            for (var k = 0; k < count; k++)
                yield return frame + k * 8L;
        }

        for (var i = 0; i < process.Code.Threads.Length; i++)
        {
            if (process.ThreadStruct(i) is { IsNull: false } thread)
                yield return thread + RuntimeWords.Thread.InFlight;
        }
    }
}
