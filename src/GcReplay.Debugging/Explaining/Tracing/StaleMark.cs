using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Why an object carries a mark that is not of the present cycle.</summary>
internal static class StaleMark
{
    /// <summary>Null when it has no mark after an event, or nobody is known to have set it.</summary>
    /// <param name="before">Only a mark that was set before this event counts.</param>
    public static Verdict? Of(Witness witness, ObjectName o, long number, long before = long.MaxValue)
    {
        var view = witness.ViewAt(number);
        if (view.Object(o.Number, o.IsRuntime) is not { } marked)
            return null;
        var set = Witness.MarksOf(view, marked).Where(m => marked.Read(m).Value != 0)
            .Select(m => (Mark: m, Event: witness.LastChange(marked.Address + m.Offset, m, number))).DefaultIfEmpty().MaxBy(c => c.Event);
        if (set.Event == 0 || set.Event >= before || Immortals.IsExempt(witness, o, number))
            return null;
        if (Immortals.Unlisted(witness, o, number) is { } unlisted)
            return unlisted;
        var swept = witness.Dealings.With(o, set.Event + 1, number).LastOrDefault(d => d.Number <= before && d.Kind is EventKind.Sweep or EventKind.Unmark);
        return swept.Number == 0
            ? new Verdict(set.Event, $"{witness.What(set.Event)}: sets {set.Mark.Name}, and no sweep comes that would take it off", "it was marked when no marking was under way")
            : new Verdict(swept.Number, $"{witness.What(swept.Number)}: the object lives on, and {set.Mark.Name} stays set", "the sweep let the object live and did not take its mark off")
                .With(new ChainLink(set.Event, ChainRole.Precondition, $"{witness.What(set.Event)}: sets {set.Mark.Name}"));
    }
}
