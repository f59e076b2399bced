using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Memory that a free list of the runtime kept was handed out, and the list goes on naming it: it will be handed out, or given back, a
/// second time.</summary>
/// <param name="Event">The birth in that memory.</param>
/// <param name="Kept">The event that put the memory there.</param>
/// <param name="Word">Of the free list.</param>
internal sealed record HandedOut(long Event, long Kept, Address Word)
{
    /// <summary>The first up to an event; null when there is none.</summary>
    /// <remarks>Cost: playing the events up to the last one at which memory is kept or handed out again.</remarks>
    public static HandedOut? First(Inquiry inquiry, long last)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var kept = new Dictionary<ulong, (long Event, Address Word)>();
        var test = default(KeepsOrHands);
        for (var number = timeline.Start; (number = scan.Forward(number + 1, last, ref test, inquiry.Progress)) > 0;)
        {
            var e = timeline.EventAt(number).Event;
            if (e.Kind == EventKind.Free)
            {
                kept.Remove(e.A);
                if (e.D == (ulong)FreeKind.Kept && WordNaming(inquiry.At(number), e.A, e.B) is { } word)
                    kept[e.A] = (number, word);
            }
            else if (kept.Remove(e.A, out var keeper) && inquiry.At(number) is { } there && IsIn(there.Space.Peek(keeper.Word), e.A, e.B))
            {
                return new HandedOut(number, keeper.Event, keeper.Word);
            }
        }

        return null;
    }

    /// <summary>Ends the chain at the birth.</summary>
    public void Explain(Inquiry inquiry)
    {
        var there = inquiry.At(Event);
        var name = there.View.Describe(Word);
        var number = there.EventAt(Event).Event.C;
        var text = there.View.Object(number)?.ToString() ?? "the newborn";
        inquiry.Add(Kept, ChainRole.Origin, $"{name} names this memory as free from here on, and rightly");
        var peer = new Hands(Word.Value, Event);
        if (new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(inquiry.Debugger.Timeline.EventCount, inquiry.Debugger.Timeline.Start + 1, ref peer, inquiry.Progress) is var other and > 0)
            inquiry.Add(other, ChainRole.Evidence, $"{Clause.Of(inquiry, other)}: elsewhere {name} is moved on when something is taken");
        inquiry.End(new ChainLink(Event, ChainRole.Decision, $"{text} is born in memory that {name} names as free, and {name} is not moved on") { Objects = [number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{text} was born in event {Event} in memory from {name}, which was not moved on, so that the memory was taken for free while the object lives");
    }

    /// <summary>The word outside the memory that the present event made name it.</summary>
    private static Address? WordNaming(Timeline timeline, ulong cell, ulong bytes)
    {
        foreach (var change in timeline.EventAt(timeline.Position).NetChanges())
        {
            if (Windows.IsProcess(change.Address) && !IsIn(change.Address.Value, cell, bytes) && IsIn(timeline.Space.Peek(change.Address), cell, bytes))
                return change.Address;
        }

        return null;
    }

    private static bool IsIn(ulong address, ulong start, ulong bytes) => address >= start && address - start < bytes;

    private readonly struct KeepsOrHands : IEventTest
    {
        private const ulong Kinds = 1UL << (int)EventKind.Free | 1UL << (int)EventKind.Allocate;

        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] is EventKind.Free or EventKind.Allocate && block.C[index] != 0;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & Kinds) != 0;
    }

    /// <summary>Another birth that writes a word.</summary>
    private readonly struct Hands(ulong word, long own) : IEventTest
    {
        public bool Hits(EventBlock block, int index)
        {
            if ((EventKind)block.Kinds[index] != EventKind.Allocate || block.FirstEvent + index == own)
                return false;
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (block.ChangeAddresses[change] == word)
                    return true;
            }

            return false;
        }

        public bool MayHit(BlockSummary summary) => summary.Written.Contains(new Address(word));
    }
}
