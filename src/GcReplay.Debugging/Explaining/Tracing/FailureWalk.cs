using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>The way from a failure that followed a stale address: which word it was read from, where that had it from, and who freed what it names,
/// in what, with which colour.</summary>
internal static class FailureWalk
{
    /// <summary>So far from what an address names an access may be, in bytes.</summary>
    private const int FieldMax = 4096;

    public static void Add(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        if (inquiry.Failure is not { } failure || failure.Event < 1 || failure.Event > witness.EventCount
            || witness.Event(failure.Event).Event is not { Kind: EventKind.Hazard or EventKind.Crash } e || Followed(witness.ViewAt(failure.Event), new Address(e.A)) is not { } slot)
            return;
        var links = new List<ChainLink>();
        var (source, number) = new Origin(witness, links).Of(slot, failure.Event);
        foreach (var link in links.Where(link => link.Event != failure.Event))
            inquiry.Add(link);
        if (links.Count == 0 && witness.Debugger.Words.LastWrite(source.SlotAt(witness, number), number, 1, witness.Progress)?.Number is > 0 and var stored)
            inquiry.Add(new ChainLink(stored, ChainRole.Origin, $"{witness.What(stored)}: since then {source.Name} holds the address that event {failure.Event} follows") { Objects = [slot.Target.Number] });
        Freed(inquiry, slot.Target, failure.Event);
    }

    /// <summary>The reference that names what was accessed: to the object there, or to an address not far below.</summary>
    public static Edge? Followed(HeapView view, Address address)
    {
        var o = view.ObjectCovering(address);
        var target = o is { IsRuntime: false } ? new ObjectName(o.Number, false) : default;
        var references = view.StructReferences().Concat(view.Census().Objects.SelectMany(entry => new ObjectView(view, entry).References))
            .Where(r => o is null ? IsNear(r.Target, address) : r.Target == o.Address || view.ObjectCovering(r.Target)?.Number == o.Number && r.Target <= address);
        return references.OrderBy(r => r.IsOwned ? 0 : 1).Select(r => (Reference?)r).FirstOrDefault() is { } found ? Edge.At(view, found.Slot, target) : null;
    }

    /// <summary>Whether an access goes by what an address names.</summary>
    public static bool IsNear(Address target, Address accessed) => target <= accessed && accessed.Value - target.Value < FieldMax;

    /// <summary>Adds who freed what was accessed.</summary>
    public static void Freed(Inquiry inquiry, ObjectName victim, long failure)
    {
        var witness = inquiry.Witness;
        if (victim.Number == 0 || witness.Debugger.Objects.Find(victim, witness.Progress) is not { Death: > 0 } life || life.Death > failure || life.Death <= witness.Debugger.Timeline.Start)
            return;
        var there = witness.At(life.Death);
        var spans = string.Join(", ", SpanText.Inner(there, there.Thread));
        var colour = witness.ViewAt(life.Death - 1).Object(victim.Number)?.Colour ?? Colour.None;
        var decided = witness.Dealings.With(victim, witness.SpanBegin(life.Death), life.Death).LastOrDefault(d => d.Kind is EventKind.Sweep or EventKind.Dealloc).Number;
        if (decided > 0 && life.Death == inquiry.Corruption?.Event)
            inquiry.Add(new ChainLink(decided, ChainRole.Consequence, $"{witness.What(decided)}: takes it for dead{Was(colour)}") { Objects = [victim.Number] });
        else if (life.Death != inquiry.Corruption?.Event)
            inquiry.Add(new ChainLink(life.Death, ChainRole.Consequence, $"{witness.What(life.Death)}{(spans.Length > 0 ? $", in {spans}" : "")}: what event {failure} accesses is freed{Was(colour)}") { Objects = [victim.Number] });
    }

    private static string Was(Colour colour) => colour == Colour.None ? "" : $"; it is {colour.ToString().ToLowerInvariant()}";
}
