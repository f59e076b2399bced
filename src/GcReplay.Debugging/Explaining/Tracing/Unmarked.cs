using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Why something that no reference leads to was not marked, although the collector marks such things at a place of its own: that place was
/// passed without it.</summary>
internal static class Unmarked
{
    /// <summary>So many collections are looked through for the place.</summary>
    private const int CollectionsMax = 20;

    /// <param name="end">Marking ends with this event.</param>
    public static Verdict? Of(Witness witness, ObjectName o, long end)
    {
        var precedent = new Precedent(witness);
        var own = witness.Dealings.With(o, 1, end).LastOrDefault(d => d.Kind == EventKind.Mark).Number;
        var marks = own > 0 ? [own] : witness.AllOf(1, witness.EventCount, EventKind.Mark)
            .Where(n => witness.ViewAt(n).Shadow.OccupantAt(new Address(witness.Event(n).Event.A)) is { IsRuntime: true }).Take(1).ToArray();
        if (marks.Length == 0)
            return Kept(witness, o, end);
        var step = EventSort.Of(witness.Event(marks[0]).Event);
        var collection = end;
        for (var i = 0; i < CollectionsMax && (collection = witness.LastOf(collection - 1, 1, EventKind.CollectionBegin)) > 0; i++)
        {
            if (precedent.Place(step, collection, witness.SpanEnd(collection)) is var at and > 0)
            {
                return new Verdict(
                    at, $"{witness.What(at)}: here it is not marked, as event {marks[0]} marks {(own > 0 ? "it" : "another one")}; the next sweep takes it for dead",
                    $"it was not marked where event {marks[0]} marks {(own > 0 ? "it" : "another one")}");
            }
        }

        return Kept(witness, o, end);
    }

    /// <summary>With nothing to compare with: the last event before that kept it in a map.</summary>
    private static Verdict? Kept(Witness witness, ObjectName o, long end)
    {
        var (view, place) = (witness.ViewAt(end), witness.AddressAt(o, end));
        var words = new List<Address>();
        foreach (var instance in view.Instances().Where(i => !i.HasEnded))
        {
            foreach (var map in instance.Layout.Containers.OfType<Map>())
                words.AddRange(ContainerView.Of(view, instance.Layout, instance.Address, map).Items().Where(item => item.Value == place.Value).Select(item => item.Slot));
        }

        var at = words.Select(word => witness.Debugger.Words.LastWrite(word, end, 1, witness.Progress)?.Number ?? 0).DefaultIfEmpty(0).Max();
        return at == 0 ? null : new Verdict(at, $"{witness.What(at)}: keeps it, and it is not marked behind this; the next sweep takes it for dead", "it was kept and not marked");
    }
}
