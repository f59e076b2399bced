using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Expressions;

/// <summary>When an expression is asked: just after an event. The timeline must stand there if the expression needs the state.</summary>
/// <param name="block">Null before the first event.</param>
public readonly struct Moment(Timeline timeline, EventBlock? block, int index)
{
    public Timeline Timeline => timeline;

    public HeapView View => timeline.View;

    public EventBlock? Block => block;

    public int Index => index;

    /// <summary>Number of the event; 0 before the first.</summary>
    public long Number => block is null ? 0 : block.FirstEvent + index;

    /// <summary><see cref="EventKind.None"/> before the first event.</summary>
    public EventKind Kind => block is null ? EventKind.None : (EventKind)block.Kinds[index];

    public int Thread => block is null ? 0 : block.Threads[index];

    public ulong Operand(int operand) => operand switch
    {
        0 => block!.A[index],
        1 => block!.B[index],
        2 => block!.C[index],
        _ => block!.D[index],
    };

    /// <summary>The present position of a timeline.</summary>
    public static Moment Of(Timeline timeline)
    {
        if (timeline.Position == 0)
            return new Moment(timeline, null, 0);
        var block = timeline.Blocks.Holding(timeline.Position);
        return new Moment(timeline, block, (int)(timeline.Position - block.FirstEvent));
    }
}
