using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Knows how an object of a heap with reference counts comes to be used after its death.</summary>
internal sealed class StaleReasoner : IReasoner
{
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
            inquiry.Add(written, ChainRole.Origin, $"{inquiry.What(written)}: the reference was stored here");
        return written;
    }
}
