using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Objects that are never freed. A flag exempts one from marking as long as it refers to nothing that can die: who stores such a reference must
/// take the flag off, and who takes it off must list the object as one to be marked.</summary>
internal static class Immortals
{
    /// <summary>Why marking does not come to an object, or nobody takes its mark off again: the flag that exempted it went, and it was put on no list; null
    /// when that is not so.</summary>
    public static Verdict? Unlisted(Witness witness, ObjectName o, long number)
    {
        var view = witness.ViewAt(number);
        if (view.Object(o.Number, o.IsRuntime) is not { } there || !view.IsImmortal(there.Entry))
            return null;
        var changed = Exempting(view, there).Where(f => there.Read(f).Value == 0)
            .Select(f => witness.LastChange(there.Address + f.Offset, f, number)).DefaultIfEmpty(0).Max();
        if (changed == 0 || witness.Event(changed).Kind == EventKind.Allocate
            || witness.Dealings.With(o, changed, witness.SpanEnd(changed)).Any(d => d.Kind == EventKind.Push && !IsAboutYoung(witness, d)))
            return null;
        return new Verdict(
            changed, $"{witness.What(changed)}: until then it counted as visited; from now on it must be visited, and is on no list for that",
            "an object that is never freed lost the flag by which it counts as visited, and was put on no list instead");
    }

    /// <summary>Whether an object counts as black by such a flag alone, so that no marking looks at what it refers to.</summary>
    public static bool IsExempt(Witness witness, ObjectName o, long number)
    {
        var view = witness.ViewAt(number);
        return view.Object(o.Number, o.IsRuntime) is { Colour: Colour.Black } there && view.IsImmortal(there.Entry)
            && Exempting(view, there).Any(f => there.Read(f).Value != 0) && !Witness.MarksOf(view, there).Except(Exempting(view, there)).Any(f => there.Read(f).Value != 0);
    }

    /// <summary>Flags by which an object counts as black and which are no mark.</summary>
    private static IEnumerable<Field> Exempting(HeapView view, ObjectView o) =>
        Witness.MarksOf(view, o).Where(f => view.Tracing.Marked is { } marked && !marked.FlagsSet.Contains(f.Name));

    private static bool IsAboutYoung(Witness witness, Dealing push)
    {
        var view = witness.ViewAt(push.Number);
        return view.Tracing.YoungSources.Contains(view.PartAt(new Address(push.Event.A)).Split('.')[^1]);
    }
}
