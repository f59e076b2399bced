using GcReplay.Debugging;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen;

/// <summary>The object that all panes are about.</summary>
/// <param name="Number">Birth number; 0 when no object is near.</param>
/// <param name="Event">The event that names it; 0 when the user chose it.</param>
/// <param name="Address">The word selected; the object's own address when none was, and null without an object.</param>
internal readonly record struct Focus(ulong Number, long Event, Address Address = default)
{
    /// <summary>How many events back an object is looked for when the present event names none (a crash, the end of a statement).</summary>
    private const int EventsBack = 64;

    /// <summary>The object of the present event, or of the nearest earlier event of the same thread that names one.</summary>
    public static Focus At(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        var thread = timeline.Thread;
        for (var number = timeline.Position; number > 0 && number > timeline.Position - EventsBack; number--)
        {
            var e = timeline.EventAt(number);
            if (e.Thread == thread && ObjectOf(debugger, e) is > 0 and var found)
                return new Focus(found, number);
        }

        return default;
    }

    private static ulong ObjectOf(Debugger debugger, RecordedEvent recorded)
    {
        var e = recorded.Event;
        var shape = EventShapes.Of(e.Kind);
        for (var i = 0; i < shape.Operands.Length; i++)
        {
            var value = i switch { 0 => e.A, 1 => e.B, 2 => e.C, _ => e.D };
            if (value == 0)
                continue;
            if (shape.Operands[i].Kind == OperandKind.ObjectNumber && ObjectName.FromOperand(value) is { IsRuntime: false } name)
                return name.Number;
            if (shape.Operands[i].Kind == OperandKind.Object && debugger.Timeline.View.ObjectAt(new Address(value)) is { } o)
                return o.Number;
        }

        return e.Kind.IsFailure() && debugger.Timeline.View.ObjectCovering(new Address(e.A)) is { } hit ? hit.Number : 0;
    }
}
