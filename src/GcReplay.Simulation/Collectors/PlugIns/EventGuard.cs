using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>Which events a collector may open, and with what: its own actions, with operands of the kinds that the table of events says.</summary>
internal sealed class EventGuard(Layout layout, Shadow shadow)
{
    /// <summary>What is wrong with an event; null when it may be opened.</summary>
    public string? Complaint(in Event e)
    {
        if (!EventShapes.Knows((byte)e.Kind))
            return $"opens an event of kind {(byte)e.Kind}, which there is not";
        if (IsOfTheRuntime(e.Kind))
            return $"opens a {e.Kind} event, which only the runtime does";
        if (e.Site < 0 || e.Site >= layout.Sites.Length)
            return $"opens a {e.Kind} event with site {e.Site}; there are {layout.Sites.Length}";
        if (e.Kind.EndsSpan() && shadow.InnermostSpan(e.Thread) is var innermost && innermost != (long)e.A)
            return $"ends the span of event {e.A} with a {e.Kind} event, and the innermost open span is {(innermost == 0 ? "none" : $"that of event {innermost}")}";
        var operands = EventShapes.Of(e.Kind).Operands;
        ulong[] values = [e.A, e.B, e.C, e.D];
        for (var i = 0; i < values.Length; i++)
        {
            if (i >= operands.Length)
            {
                if (values[i] != 0)
                    return $"opens a {e.Kind} event with {i + 1} operands; it has {operands.Length}: {string.Join(", ", operands.Select(o => o.Name))}";
            }
            else if (Complaint(operands[i].Kind, values[i]) is { } expected)
            {
                return $"opens a {e.Kind} event with {operands[i].Name} {Text(operands[i].Kind, values[i])}; expected {expected}";
            }
        }

        return null;
    }

    private static bool IsOfTheRuntime(EventKind kind) =>
        kind is EventKind.OperationBegin or EventKind.OperationEnd or EventKind.ScriptBegin or EventKind.ScriptEnd
            or >= EventKind.InterpreterBegin and <= EventKind.ThreadSwitch or >= EventKind.Hazard;

    private string? Complaint(OperandKind kind, ulong value) => kind switch
    {
        OperandKind.Boolean when value > 1 => "0 or 1",
        OperandKind.Phase when value >= (ulong)layout.Phases.Length => $"a phase from 0 to {layout.Phases.Length - 1}",
        OperandKind.Interpreter when value >= (ulong)layout.Interpreters.Length => $"an interpreter from 0 to {layout.Interpreters.Length - 1}",
        OperandKind.Bytes when value % 8 != 0 => "a multiple of 8",
        OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container when value % 8 != 0 || value >= Windows.ProcessEnd => "an address of a word",
        OperandKind.Object when value != 0 && (value % 8 != 0 || shadow.CellAt(new Address(value)) is null) => "an object, or 0 for none: no object was ever there",
        _ => null,
    };

    private static string Text(OperandKind kind, ulong value) =>
        kind is OperandKind.Object or OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container ? new Address(value).ToString() : value.ToString();
}
