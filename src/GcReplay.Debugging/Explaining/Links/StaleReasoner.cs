using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Knows how an object of a heap with reference counts comes to be used after its death.</summary>
internal sealed class StaleReasoner : IReasoner
{
    /// <summary>So many bytes behind the address of an object its header ends at the latest.</summary>
    private const int NearMax = 128;

    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "use-after-free" } && inquiry.Debugger.Timeline.View.CountsReferences;

    public void Explain(Inquiry inquiry)
    {
        var violation = inquiry.Corruption!;
        if (BrokenPromise.Explains(inquiry, violation.Event))
            return;
        var there = inquiry.At(violation.Event);
        var isAccess = there.EventAt(violation.Event).Kind == EventKind.Hazard;
        var access = isAccess ? Interrupted(there) : 0;
        var dead = isAccess ? violation.About : there.View.TryRead(violation.About, out var word) ? new Address(word) : default;
        if (there.View.ObjectCovering(dead) is { IsRuntime: false } o && EarlyDeath.Of(inquiry, o.Number, violation.Event) is { } death)
            death.Explain(isAccess ? access : Stored(inquiry, violation.About, violation.Event));
        else if (isAccess)
            OfUnknown(inquiry, violation.About, access);
    }

    /// <summary>Nobody knows any more whose the memory was: the word that led there does.</summary>
    private static void OfUnknown(Inquiry inquiry, Address address, long access)
    {
        var view = inquiry.At(access - 1).View;
        var subject = view.ObjectAt(new Address(inquiry.Debugger.Timeline.EventAt(access).Event.A));
        var slots = subject?.References.Where(r => r.Target <= address && address - r.Target < NearMax).OrderBy(r => address - r.Target).Select(r => r.Slot).ToList() ?? [];
        if (slots.Count > 0)
            StaleName.Explains(inquiry, slots[0], access);
    }

    /// <summary>The event during which the present fault happened: faults have events of their own.</summary>
    public static long Interrupted(Timeline timeline)
    {
        var number = timeline.Position - 1;
        while (number > timeline.Start + 1 && timeline.EventAt(number).Kind.IsFailure())
            number--;
        return Math.Max(number, timeline.Start + 1);
    }

    private static long Stored(Inquiry inquiry, Address slot, long position)
    {
        var written = inquiry.Debugger.Words.LastWrite(slot, position, progress: inquiry.Progress)?.Number ?? position;
        if (written < position && Telling.IsKnown(inquiry, written))
            inquiry.Add(written, ChainRole.Origin, "the reference was stored here");
        return written;
    }
}
