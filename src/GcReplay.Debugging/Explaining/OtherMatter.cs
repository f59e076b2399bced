using GcReplay.Debugging.Explaining.Links;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining;

/// <summary>A failure of which no link to what was corrupt first is known: its own way back leads elsewhere.</summary>
/// <param name="Cause">Where that way ends.</param>
/// <param name="Why">What was done there, as a clause.</param>
internal sealed record OtherMatter(ChainLink Cause, string Why)
{
    /// <summary>Null when the failure is the corruption itself, when anything links the two, and when the way back from the failure is not known.</summary>
    /// <param name="reason">Reasons about an inquiry.</param>
    /// <remarks>Cost: reasoning a second time.</remarks>
    public static OtherMatter? Of(Inquiry inquiry, Action<Inquiry> reason)
    {
        if (inquiry is not { Failure: { Kind: "crash" or "assertion" or "hang" or "hazard" } failure, Corruption: { } corruption }
            || failure.Event <= corruption.Event || !Telling.IsKnown(inquiry, failure.Event) || IsNear(inquiry, failure.Event, corruption.Event))
            return null;
        var own = new Inquiry(inquiry.Debugger, failure, []);
        reason(own);
        return own.Why.Length == 0 || own.Chain is not [.., { Role: ChainRole.Decision } cause] || IsShared(inquiry, own) ? null : new OtherMatter(cause, own.Why);
    }

    /// <summary>Says so in the second sentence, and adds the event to the chain.</summary>
    public void Tell(Inquiry inquiry)
    {
        inquiry.Add(Cause with { Role = ChainRole.Evidence, Message = $"what the {inquiry.Failure!.Kind} comes from, beside this: {Cause.Message}" });
        inquiry.Summary = $"{Telling.Capital(inquiry.Why)}. {Telling.Ending(inquiry)}, and no link between the two is known: {Why}.";
    }

    /// <summary>Whether the failure touched memory that went away with the first corrupt event, or is about an object on a list of which that was about
    /// a member.</summary>
    private static bool IsNear(Inquiry inquiry, long failed, long corrupt)
    {
        var there = inquiry.At(failed);
        var fault = there.EventAt(failed);
        var access = there.EventAt(StaleReasoner.Interrupted(there)).Event;
        var touched = new Address(fault.Event.A);
        var lists = Lists(inquiry.At(corrupt).View, inquiry);
        return fault.Kind is EventKind.Crash or EventKind.Hazard && IsLive(inquiry, touched, corrupt - 1) && !IsLive(inquiry, touched, corrupt)
            || new[] { access.A, access.B, access.C }.Any(operand => inquiry.At(corrupt).View.ObjectAt(new Address(operand))?.List is { } list && lists.Contains(list.Name));
    }

    private static bool IsLive(Inquiry inquiry, Address address, long position) => inquiry.At(position).Shadow.CellAt(address) is { State: CellState.Live };

    /// <summary>Names of the lists that members of violations are on.</summary>
    private static HashSet<string> Lists(HeapView view, Inquiry inquiry) =>
        [.. inquiry.Violations.Select(v => view.Object(v.Object)?.List?.Name).OfType<string>()];

    /// <summary>Whether both ways have an event or an object in common; without an object nothing would tell them apart.</summary>
    private static bool IsShared(Inquiry inquiry, Inquiry own)
    {
        HashSet<long> events = [.. inquiry.Chain.Where(l => l.Role != ChainRole.Failure).Select(l => l.Event)];
        HashSet<ulong> objects = [.. inquiry.Chain.SelectMany(l => l.Objects), .. inquiry.Violations.Select(v => v.Object).Where(o => o > 0)];
        return !own.Chain.Any(l => l.Objects.Count > 0)
            || own.Chain.Any(l => l.Role != ChainRole.Failure && events.Contains(l.Event) || l.Objects.Any(objects.Contains));
    }
}
