using GcReplay.Debugging.Explaining.Tracing;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Most of what is in memory is garbage that no collection came for: since when none did, and why.</summary>
internal static class Uncollected
{
    /// <summary>The word of heap programs that turns automatic collection off.</summary>
    private const string Disable = "disable";
    private const string Enable = "enable";

    /// <summary>Ends the chain where collections were turned off, where one began that never came to its end, or where the last one ended.</summary>
    public static void Explain(Inquiry inquiry, HeldMemory held, long position)
    {
        var witness = inquiry.Witness;
        var first = held.Census.Objects[held.Dead.First()];
        var sample = inquiry.At(position).View.TextOf(first);
        var birth = Telling.LifeOf(inquiry, first.Number)?.Birth ?? 0;
        var lost = Telling.IsKnown(inquiry, birth) ? Reach.LostAt(witness, new ObjectName(first.Number, false), position, birth) : 0;
        if (Telling.IsKnown(inquiry, lost))
            inquiry.Add(lost, ChainRole.Origin, $"from here on nothing keeps {sample}, the oldest that waits to be collected", first.Number);
        var (cause, why) = Why(inquiry, witness, position);
        if (!Telling.IsKnown(inquiry, cause))
            return;
        var count = held.Dead.Count();
        // One that ended meanwhile left it where it was, and nothing here says why.
        var waits = Telling.IsKnown(inquiry, lost) && witness.LastOf(position, lost, EventKind.CollectionEnd) == 0;
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"{why}: {count} objects that nothing keeps wait for a collection"));
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{HeldMemory.Text(held.Garbage)} in {count} objects are garbage that no collection came for: {why} (event {cause}){(waits ? ". It is not leaked: no collection has ended since the oldest of it was lost" : "")}");
    }

    private static (long Event, string Why) Why(Inquiry inquiry, Witness witness, long position)
    {
        var start = inquiry.Debugger.Timeline.Start;
        for (var at = position; (at = witness.LastOf(at, start + 1, EventKind.OperationBegin)) > 0; at--)
        {
            var (operations, operation) = (inquiry.Debugger.Timeline.Source.Header.Operations, witness.Event(at).Event.A);
            var text = operation < (ulong)operations.Length ? operations[(int)operation].Text : "";
            if (text == Enable)
                break;
            if (text == Disable)
                return (Deed(witness, at), "the program turned automatic collection off");
        }

        if (witness.PhaseAt(position) is { } phase && witness.ViewAt(position) is var view && (view.IsMarking(phase) || view.IsSweeping(phase))
            && witness.LastPhaseChange(position) is var change and > 0)
            return (change, $"a collection has been in phase {view.PhaseName(phase)} since and was not gone on with");
        var collected = witness.LastOf(position, start + 1, EventKind.CollectionEnd);
        return collected > 0 ? (collected, "the last collection ended here, and no threshold was reached since")
            : (start + 1, inquiry.Debugger.Timeline.Source.Header.Parameters.GetValueOrDefault("gc.enabled") == "off" ? "automatic collection is off from the start" : "no collection ever ran: no threshold was reached");
    }

    /// <summary>What a statement did: its first event that is not its begin.</summary>
    private static long Deed(Witness witness, long begin) =>
        begin < witness.EventCount && witness.Event(begin + 1).Kind is EventKind.Counters ? begin + 1 : begin;
}
