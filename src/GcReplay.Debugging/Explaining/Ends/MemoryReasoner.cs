using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Knows why a process got no more memory, and why objects were never found: by ground truth the program holds them itself, no collection came
/// for them, one came and passed them over or took them for reached, or what is free is in pieces.</summary>
internal sealed class MemoryReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry is { Corruption: null, Failure: { } failure } && Telling.IsKnown(inquiry, failure.Event)
        && (failure.Kind == "leak" || inquiry.Debugger.Timeline.EventAt(failure.Event) is { Kind: EventKind.Assertion } e && e.Event.B > 0);

    public void Explain(Inquiry inquiry)
    {
        var failure = inquiry.Failure!;
        var position = failure.Kind == "leak" ? failure.Event : HeldMemory.PositionBefore(inquiry, failure.Event);
        var held = HeldMemory.Of(inquiry.At(position).View);
        var wanted = failure.Kind == "leak" ? 0 : inquiry.Debugger.Timeline.EventAt(failure.Event).Event.B;
        if (wanted > 0)
        {
            inquiry.Add(
                Math.Max(position, inquiry.Debugger.Timeline.Start + 1), ChainRole.Evidence,
                $"{HeldMemory.Text(wanted)} were asked for; the program can reach {HeldMemory.Text(held.Kept)}, {HeldMemory.Text(held.Garbage)} live though nothing keeps them, {HeldMemory.Text(held.Free)} are free");
        }

        var isInPieces = held.Free > Math.Max(held.Kept, held.Garbage) && held.LargestFree < Math.Min(wanted, held.Free / 2);
        if (isInPieces)
            Fragments.Explain(inquiry, held, position);
        else if (failure.Kind == "leak" || held.Garbage > held.Kept)
            OfGarbage(inquiry, held, position);
        else if (held.Kept == 0)
            OfRuntime(inquiry, wanted);
        else
            OwnGrowth.Explain(inquiry, held, position);
    }

    private static void OfRuntime(Inquiry inquiry, ulong wanted)
    {
        var failed = inquiry.Failure!.Event;
        inquiry.End(new ChainLink(failed, ChainRole.Decision, $"{HeldMemory.Text(wanted)} are more than there is, and nothing of the program is in memory"));
        inquiry.Summary = Telling.Sentences(inquiry, $"nothing of the program is in memory: the process gets less than the {HeldMemory.Text(wanted)} that were asked for beside what its runtime has");
    }

    private static void OfGarbage(Inquiry inquiry, HeldMemory held, long position)
    {
        if (PassedOver.Explains(inquiry, held, position) || inquiry.Failure!.Kind == "leak")
            return;
        if (!inquiry.At(position).View.CountsReferences && new KeptByMark(inquiry).Explains(held, position))
            return;
        Uncollected.Explain(inquiry, held, position);
    }
}
