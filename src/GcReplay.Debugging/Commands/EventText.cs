using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>Events in one line: kind, operands with the names that the layout gives, thread and statement.</summary>
/// <remarks>Names are those just after the event, so the timeline asked must stand there.</remarks>
public static class EventText
{
    /// <summary><c>event 812 of 1024  Unlink #17 method 'compile' …  main, line 9: drop compile</c>, for where the timeline stands.</summary>
    public static string Line(Timeline timeline) => timeline.Position == 0
        ? $"start of the trace, before event 1 of {timeline.EventCount}"
        : $"event {timeline.Position} of {timeline.EventCount}  {What(timeline)}  {Where(timeline)}";

    /// <summary>Kind and operands of the present event.</summary>
    public static string What(Timeline timeline)
    {
        var e = timeline.EventAt(timeline.Position).Event;
        var view = timeline.View;
        var text = e.Kind switch
        {
            EventKind.Allocate or EventKind.Free => Memory(view, e),
            EventKind.Map or EventKind.Unmap => $"{e.Kind} {e.B} bytes at {new Address(e.A)}",
            EventKind.Hazard or EventKind.Crash => Fault(view, e),
            EventKind.Clear => $"{e.Kind} {ObjectAt(view, new Address(e.A))} {(e.B == 0 ? "by the collector" : "at its death")}",
            EventKind.Move => $"{e.Kind} {ObjectAt(view, new Address(e.B))}, {e.C} bytes, from {Place(view, e.A)} to {Place(view, e.B)}",
            EventKind.Resurrect => $"{e.Kind} {ObjectAt(view, new Address(e.A))}, kept by its finalizer",
            EventKind.ScriptBegin => $"{e.Kind} {(SpanText.ScriptOf(view, new Address(e.A)) is { } script ? view.Describe(script) + " " : "")}for {ObjectAt(view, new Address(e.A))}",
            EventKind.ThreadSwitch =>
                $"{e.Kind} from={ThreadName(timeline.Source.Header, e.A)} to={ThreadName(timeline.Source.Header, e.B)}",
            _ => string.Join(' ', Operands(view, e).Prepend(e.Kind.ToString())),
        };
        return text + SiteOf(view, e);
    }

    /// <summary>Thread and statement of the present event: <c>main, line 9: drop compile</c>.</summary>
    public static string Where(Timeline timeline)
    {
        var thread = ThreadName(timeline.Source.Header, timeline.Thread);
        return OperationOf(timeline) is not { } operation ? thread
            : operation.Block == thread || operation.Block.Length == 0 ? $"{thread}, line {operation.Line}: {operation.Text}"
            : $"{thread} in {operation.Block}, line {operation.Line}: {operation.Text}";
    }

    /// <summary><c>before the window: event 40  Store … main, line 11: …</c>, for an event that a window kept of those in front of it.</summary>
    /// <remarks>Names are those of the present state: the one just after that event is not in the trace.</remarks>
    public static string BeforeWindow(Timeline timeline, long number)
    {
        var e = timeline.EventAt(number).Event;
        if (e.Kind == EventKind.Elided)
            return $"before the window: event {number}, of which nothing is known";
        var text = string.Join(' ', Operands(timeline.View, e).Prepend(e.Kind.ToString()));
        var thread = ThreadName(timeline.Source.Header, e.Thread);
        var operation = StatementBefore(timeline, number, e.Thread);
        return $"before the window: event {number}  {text}{SiteOf(timeline.View, e)}  {thread}{(operation is null ? "" : $", line {operation.Line}: {operation.Text}")}";
    }

    /// <summary>Says of an answer that was looked for in all events that a window has not all; nothing for a whole trace.</summary>
    public static IEnumerable<string> OfWindow(Timeline timeline)
    {
        if (timeline.Source.Header.RecordedEvents is var recorded and > 0)
            yield return $"  this is a window: events {timeline.Start + 1}-{timeline.EventCount} of {recorded} are in it, and the answer is about these";
    }

    /// <summary>The statement that an event in front of a window belongs to: the window kept where it began, and the begin and end of
    /// those that lie between.</summary>
    private static OperationText? StatementBefore(Timeline timeline, long number, int thread)
    {
        var test = new OpensAround(thread);
        var begin = new EventScan(timeline.Blocks).Backward(number, 1, ref test);
        return begin == 0 ? null : OperationBegunBy(timeline, begin);
    }

    private struct OpensAround(int thread) : IEventTest
    {
        private int depth;

        public bool Hits(EventBlock block, int index)
        {
            if (block.Threads[index] != thread)
                return false;
            if ((EventKind)block.Kinds[index] == EventKind.OperationEnd)
                depth++;
            return (EventKind)block.Kinds[index] == EventKind.OperationBegin && depth-- == 0;
        }
    }

    public static string ThreadName(Traces.TraceHeader header, int thread) => ThreadName(header, (ulong)thread);

    /// <summary>The statement that the present event belongs to; null between statements.</summary>
    public static OperationText? OperationOf(Timeline timeline)
    {
        if (timeline.Position == 0)
            return null;
        var present = timeline.EventAt(timeline.Position);
        return present.Kind == EventKind.OperationEnd
            ? OperationBegunBy(timeline, (long)Math.Min(present.Event.A, long.MaxValue))
            : OperationOf(timeline, present.Thread);
    }

    /// <summary>The innermost statement that a thread is in; null between statements.</summary>
    public static OperationText? OperationOf(Timeline timeline, int thread) =>
        timeline.Shadow.OpenSpans(thread).Reverse().Select(begin => OperationBegunBy(timeline, begin)).FirstOrDefault(o => o is not null);

    /// <summary>The statement whose run an event began; null when it began none.</summary>
    public static OperationText? OperationBegunBy(Timeline timeline, long number)
    {
        if (number < 1 || number > timeline.EventCount || timeline.EventAt(number).Event is not { Kind: EventKind.OperationBegin } begin)
            return null;
        var operations = timeline.Source.Header.Operations;
        return begin.A < (ulong)operations.Length ? operations[(int)begin.A] : null;
    }

    /// <summary>The present event as JSON; null at the start.</summary>
    public static JsonObject? Json(Timeline timeline)
    {
        if (timeline.Position == 0)
            return null;
        var e = timeline.EventAt(timeline.Position).Event;
        var operands = new JsonObject();
        var shape = EventShapes.Of(e.Kind);
        for (var i = 0; i < shape.Operands.Length; i++)
            operands[shape.Operands[i].Name] = Value(e, i);
        var json = new JsonObject
        {
            ["number"] = timeline.Position,
            ["kind"] = e.Kind.ToString(),
            ["thread"] = ThreadName(timeline.Source.Header, e.Thread),
            ["operands"] = operands,
            ["text"] = What(timeline),
        };
        if (OperationOf(timeline) is { } operation)
            json["operation"] = new JsonObject { ["label"] = operation.Label, ["line"] = operation.Line, ["text"] = operation.Text };
        return json;
    }

    /// <summary>An object by its address: <c>#17 method 'compile'</c>, <c>freed #17 …</c>, or what lies there instead.</summary>
    public static string ObjectAt(HeapView view, Address address) =>
        address.IsNull ? "nothing"
        : view.ObjectAt(address) is not { } o ? Place(view, address)
        : o.State switch
        {
            ObjectState.Freed => $"freed {o}",
            ObjectState.Unmapped => $"freed and unmapped {o}",
            _ => o.ToString(),
        };

    /// <summary>What lies at an address, or the bare address when nothing is known of it.</summary>
    public static string Place(HeapView view, Address address) =>
        view.ListAt(address) is { } list ? HeadText(list)
        : view.Families.Length > 0 ? view.DescribeNode(address, view.Families[0])
        : view.Describe(address);

    private static string HeadText(ListInstance list) => list.HeadState switch
    {
        HeadState.Freed => $"freed {list.Name} head",
        HeadState.Unmapped => $"unmapped {list.Name} head",
        HeadState.Reused => $"{list.Name} head, its memory reused",
        _ => $"{list.Name} head",
    };

    private static string ThreadName(Traces.TraceHeader header, ulong thread) =>
        thread < (ulong)header.Threads.Length ? header.Threads[(int)thread] : $"thread {thread}";

    private static string SiteOf(HeapView view, in Event e) =>
        e.Site > 0 && e.Site < view.Layout.Sites.Length ? $" [{SiteText(view.Layout.Sites[e.Site])}]" : "";

    private static string SiteText(Site site) => site.Reason.Length == 0 ? site.Name : $"{site.Name}: {site.Reason}";

    private static ulong Value(in Event e, int operand) => operand switch { 0 => e.A, 1 => e.B, 2 => e.C, _ => e.D };

    private static string Place(HeapView view, ulong address) =>
        view.Layout.Regions.FirstOrDefault(r => r.Contains(new Address(address))) is { } region ? $"{new Address(address)} ({region.Name})" : $"{new Address(address)}";

    private static string Memory(HeapView view, in Event e)
    {
        var what = e.C == 0 ? "" : $" {NumberText(view, e.C)}";
        var fate = e.Kind != EventKind.Free ? "" : (FreeKind)e.D switch
        {
            FreeKind.Kept => ", kept in a free list of the runtime",
            FreeKind.Released => ", given back from a free list of the runtime",
            FreeKind.Left => ", the place it moved away from",
            _ => "",
        };
        return $"{e.Kind}{what} {e.B} bytes at {new Address(e.A)}{fate}";
    }

    private static string Fault(HeapView view, in Event e)
    {
        var isWrite = (e.Kind == EventKind.Crash ? e.B : e.C) != 0;
        var address = new Address(e.A);
        return $"{e.Kind} {(isWrite ? "write to" : "read from")} {address} ({view.Describe(address)})";
    }

    private static IEnumerable<string> Operands(HeapView view, Event e)
    {
        var shape = EventShapes.Of(e.Kind);
        ObjectView? holder = null;
        for (var i = 0; i < shape.Operands.Length; i++)
        {
            var operand = shape.Operands[i];
            var value = Value(e, i);
            if (operand.Kind is OperandKind.Operation || operand is { Name: "iteration" or "wanted", Kind: OperandKind.Number } && value == 0)
                continue;
            if (operand.Name == "object")
            {
                holder = view.ObjectAt(new Address(value));
                yield return OperandText(view, operand.Kind, value);
                continue;
            }

            var part = operand.Kind is OperandKind.Address or OperandKind.ReadAddress && holder is not null
                ? Part(view, holder, new Address(value))
                : null;
            yield return $"{operand.Name}={part ?? OperandText(view, operand.Kind, value)}";
        }
    }

    /// <summary>The field or slot of an object that lies at an address; null when none does.</summary>
    private static string? Part(HeapView view, ObjectView holder, Address address)
    {
        foreach (var field in holder.Layout.Fields)
        {
            if (holder.Address + field.Offset == address)
                return field.Name;
        }

        foreach (var container in holder.Layout.Containers)
        {
            var index = (address - holder.Address - container.Offset) / 8;
            if (container is Vector { IsIndirect: false } && index >= 0 && view.Shadow.CellAt(holder.Entry.CellStart)?.Contains(address) == true)
                return $"{container.Name}[{index}]";
        }

        return null;
    }

    private static string OperandText(HeapView view, OperandKind kind, ulong value) => kind switch
    {
        OperandKind.Object => ObjectAt(view, new Address(value)),
        OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container => value == 0 ? "nothing" : Place(view, new Address(value)),
        OperandKind.ObjectNumber => NumberText(view, value),
        OperandKind.Word => value < 1 << 20 ? value.ToString() : new Address(value).ToString(),
        OperandKind.Interpreter => value < int.MaxValue ? view.InterpreterName((int)value) : value.ToString(),
        OperandKind.Phase => value < int.MaxValue ? view.PhaseName((int)value) : value.ToString(),
        OperandKind.Boolean => value == 0 ? "no" : "yes",
        OperandKind.Access => value == 0 ? "read" : "write",
        _ => value.ToString(),
    };

    private static string NumberText(HeapView view, ulong operand)
    {
        var name = Provenance.ObjectName.FromOperand(operand);
        return view.Object(name.Number, name.IsRuntime)?.ToString() ?? name.ToString();
    }
}
