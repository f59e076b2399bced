using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining;

/// <summary>What an event does, as a part of a sentence.</summary>
internal static class Clause
{
    /// <summary><c>event 43 (unlinking #2 plain)</c>.</summary>
    public static string Event(Inquiry inquiry, long number) => $"event {number} ({Of(inquiry, number)})";

    /// <summary><c>unlinking #2 plain</c>, with names of that moment.</summary>
    public static string Of(Inquiry inquiry, long number)
    {
        var timeline = inquiry.At(number);
        var e = timeline.EventAt(number).Event;
        var view = timeline.View;
        return e.Kind switch
        {
            EventKind.Link => $"linking {Object(e.B)}",
            EventKind.Unlink => $"unlinking {Object(e.A)}",
            EventKind.Relink => $"moving {Object(e.A)} to another list",
            EventKind.Splice => $"moving all of {List(e.A)} to {List(e.B)}",
            EventKind.ListInit => $"making {List(e.A)} empty",
            EventKind.Behead => $"unlinking the head of {List(e.A)}",
            EventKind.Mark => $"marking {Object(e.A)}",
            EventKind.Visit => $"visiting {Object(e.C)}",
            EventKind.Scan => $"scanning {Object(e.A)}",
            EventKind.SetCollectorCount => $"counting {Object(e.A)}",
            EventKind.Flag => $"setting a flag of {Object(e.A)}",
            EventKind.Store => $"a store into {view.Describe(new Address(e.B))}",
            EventKind.RootStore => $"a store into {view.Describe(new Address(e.A))}",
            EventKind.Load => $"a load from {view.Describe(new Address(e.B))}",
            EventKind.Barrier => $"the barrier of {Object(e.A)}",
            EventKind.Retain => $"taking a reference to {Object(e.A)}",
            EventKind.Release => $"giving back a reference to {Object(e.A)}",
            EventKind.Dealloc => $"the death of {Object(e.A)}",
            EventKind.Clear => $"clearing {Object(e.A)}",
            EventKind.ScriptBegin => $"a script of {Object(e.A)}",
            EventKind.Unmark => $"taking the mark off {Object(e.A)}",
            EventKind.Sweep => $"sweeping {Object(e.A)}",
            EventKind.Move => $"moving {Object(e.B)}",
            EventKind.Card => $"setting a card of {Object(e.A)}",
            EventKind.Resurrect => $"keeping {Object(e.A)}, for its finalizer did",
            EventKind.Setup or EventKind.Counters => $"writing {view.PartOf(e.A)}",
            EventKind.CollectionBegin => "the begin of a collection",
            EventKind.CollectionEnd => "the end of a collection",
            EventKind.PhaseEnd => "the end of a phase",
            EventKind.OperationBegin => "the begin of a statement",
            EventKind.OperationEnd => "the end of a statement",
            EventKind.Push => $"putting {Object(e.B)} into {view.PartOf(e.A)}",
            EventKind.Pop => $"taking {Object(e.B)} from {view.PartOf(e.A)}",
            EventKind.Free => e.C == 0 ? "freeing memory" : $"freeing {Number(e.C)}",
            EventKind.Allocate => e.C == 0 ? "taking memory" : $"the birth of {Number(e.C)}",
            EventKind.InterpreterEnd => $"the end of {view.InterpreterName((int)Math.Min(e.A, int.MaxValue))}",
            EventKind.PhaseBegin => $"the begin of {view.PhaseName((int)Math.Min(e.A, int.MaxValue))}",
            _ => e.Kind.ToString(),
        };

        string Object(ulong address) => EventText.ObjectAt(view, new Address(address));

        string List(ulong head) => view.ListAt(new Address(head))?.Name ?? view.Describe(new Address(head));

        string Number(ulong operand)
        {
            var name = Provenance.ObjectName.FromOperand(operand);
            return view.Object(name.Number, name.IsRuntime)?.ToString() ?? name.ToString();
        }
    }

    /// <summary>The container or struct part at an address.</summary>
    private static string PartOf(this Heaps.Views.HeapView view, ulong address) =>
        view.PartAt(new Address(address)) is { Length: > 0 } part ? part : view.Describe(new Address(address));
}
