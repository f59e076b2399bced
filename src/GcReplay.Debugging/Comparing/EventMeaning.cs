using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Comparing;

/// <summary>What an event means, told without what differs between two runs that do the same: addresses become objects, fields, heads and
/// structs by name, indexes of tables become names, numbers of events are left out.</summary>
internal static class EventMeaning
{
    /// <summary>Memory that nothing is known of: its address says nothing.</summary>
    private const string Somewhere = "somewhere";

    /// <summary>Of the event that the timeline stands at. Two events mean the same when these are equal.</summary>
    public static string Of(Timeline timeline)
    {
        var e = timeline.EventAt(timeline.Position).Event;
        var shape = EventShapes.Of(e.Kind);
        var sites = timeline.Source.Header.Layout.Sites;
        var parts = new List<string> { e.Kind.ToString(), EventText.ThreadName(timeline.Source.Header, e.Thread) };
        if (e.Site > 0 && e.Site < sites.Length)
            parts.Add(sites[e.Site].Name);
        ulong[] values = [e.A, e.B, e.C, e.D];
        // What the runtime's own structs take is no part of what happens.
        var isRuntimeMemory = e.Kind is EventKind.Allocate or EventKind.Free && (e.C & Shadow.RuntimeFlag) != 0;
        for (var i = 0; i < shape.Operands.Length; i++)
            parts.Add(isRuntimeMemory && shape.Operands[i].Kind == OperandKind.Bytes ? "" : Operand(timeline, shape.Operands[i].Kind, values[i]));
        return string.Join('|', parts);
    }

    /// <summary>The statement that an OperationBegin event begins, with its iteration.</summary>
    public static string Operation(Timeline timeline, in Event begin) =>
        $"{EventText.ThreadName(timeline.Source.Header, begin.Thread)}|{Label(timeline, begin.A)}|{begin.B}";

    private static string Operand(Timeline timeline, OperandKind kind, ulong value) => kind switch
    {
        OperandKind.Unused or OperandKind.EventNumber => "",
        OperandKind.Object or OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container => Place(timeline, new Address(value)),
        OperandKind.Word when timeline.Shadow.OccupantAt(new Address(value)) is { } entry && entry.Address.Value == value => Name(entry),
        OperandKind.Descriptor => Descriptor(timeline, value),
        OperandKind.Operation => Label(timeline, value),
        OperandKind.Phase => value < (ulong)timeline.View.Layout.Phases.Length ? timeline.View.Layout.Phases[(int)value] : $"{value}",
        OperandKind.Interpreter =>
            value < (ulong)timeline.View.Layout.Interpreters.Length ? timeline.View.Layout.Interpreters[(int)value] : $"{value}",
        OperandKind.Thread => EventText.ThreadName(timeline.Source.Header, (int)Math.Min(value, int.MaxValue)),
        _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Place(Timeline timeline, Address address)
    {
        if (address.IsNull)
            return "0";
        if (timeline.Shadow.OccupantAt(address) is { IsRuntime: false } entry)
            return $"{Name(entry)}+{address - entry.Address}";
        // By field names, since the same field lies elsewhere at another revision.
        if (timeline.View.ListAt(address) is { } list)
            return list.Name;
        return timeline.View.InstanceAt(address) is { } instance
            ? instance.HasEnded ? instance.Name : timeline.View.Describe(address)
            : Somewhere;
    }

    private static string Descriptor(Timeline timeline, ulong descriptor)
    {
        var entry = ObjectEntry.Decode(0, 0, false, 0, descriptor);
        var layout = timeline.View.Layout;
        var type = entry.TypeId < layout.Types.Length ? layout.Types[entry.TypeId].Name : "?";
        var name = entry.NameId < layout.Names.Length ? layout.Names[entry.NameId] : "?";
        return $"{type} '{name}' {entry.Birthplace}";
    }

    private static string Name(in ObjectEntry entry) => $"{(entry.IsRuntime ? "runtime" : "#")}{ObjectNumber.Text(entry.Number)}";

    private static string Label(Timeline timeline, ulong operation)
    {
        var operations = timeline.Source.Header.Operations;
        return operation < (ulong)operations.Length ? operations[(int)operation].Label : $"{operation}";
    }
}
