using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Objects that nothing keeps and that will not be found: a count that was not lowered, a list that was left, or a reference that a
/// collection did not look at.</summary>
internal static class PassedOver
{
    /// <summary>So many collections are looked at, the last first, and so many objects that each left.</summary>
    private const int CollectionsMax = 3;
    private const int PassedMax = 20;

    /// <summary>Ends the chain at what keeps them; false when a collection to come would find most of them, as far as is known.</summary>
    public static bool Explains(Inquiry inquiry, HeldMemory held, long position)
    {
        var view = inquiry.At(position).View;
        if (view.CountsReferences && OfCount(inquiry, held, position) is { } count)
            return Finish(inquiry, count);
        view = inquiry.At(position).View;
        return (OfList(inquiry, held, position) ?? OfCollection(inquiry, held, position)) is { } verdict && Finish(inquiry, verdict);
    }

    private static bool Finish(Inquiry inquiry, Keeping keeping)
    {
        inquiry.End(new ChainLink(keeping.Event, ChainRole.Decision, keeping.What) { Objects = [keeping.Number] });
        inquiry.Summary = Telling.Sentences(inquiry, keeping.Why);
        return true;
    }

    /// <summary>More is counted than there are references, of something that most of the garbage hangs on.</summary>
    private static Keeping? OfCount(Inquiry inquiry, HeldMemory held, long position)
    {
        var view = inquiry.At(position).View;
        var counted = held.Dead.Where(i => Excess(held.Census, view, i) > 0).ToList();
        if (counted.Count == 0)
            return null;
        var index = counted.FirstOrDefault(i => view.ObjectAt(held.Census.Objects[i].Address) is { } o && !o.Referrers.Any(r => r.IsOwned), counted[0]);
        var (number, text, excess) = (held.Census.Objects[index].Number, view.TextOf(held.Census.Objects[index]), Excess(held.Census, view, index));
        var found = new CountSurplus(inquiry, number).First(position);
        if (found == 0)
            return null;
        var hanging = counted.Count == 1 ? "" : $", and {counted.Count - 1} others are like it";
        return new Keeping(
            found, number, $"{Clause.Of(inquiry, found)} leaves the count of {text} one higher than there are references, and nothing lowers it any more",
            $"{text} was never freed{hanging}: since {Clause.Event(inquiry, found)} its count is {excess} higher than there are references to it");
    }

    private static long Excess(Census census, HeapView view, int index) =>
        view.ObjectAt(census.Objects[index].Address) is { } o && o.Fields.FirstOrDefault(f => f.Role == FieldRole.ReferenceCount) is { IsMapped: true, Value: < int.MaxValue } count
            ? (long)count.Value - census.OwnedReferencesTo(index)
            : 0;

    /// <summary>A collection finds its objects on lists, and this one is on none.</summary>
    private static Keeping? OfList(Inquiry inquiry, HeldMemory held, long position)
    {
        var view = inquiry.At(position).View;
        if (view.Families is not [var family, ..])
            return null;
        var dead = held.Dead.Select(i => view.ObjectAt(held.Census.Objects[i].Address)).OfType<ObjectView>()
            .Where(o => o.Type.IsCollected && o.List is null or { Holder.HasEnded: true } && view.HasNode(o.Entry, family)).ToList();
        // What hangs on another one dies with it.
        if (dead.Find(o => o.Referrers.Any(r => r.IsOwned)) is not { } first)
            return null;
        var (number, text, ended) = (first.Number, first.ToString(), first.List?.Name);
        var word = family.NodeOf(first.Address) + family.NextOffset;
        if (inquiry.Debugger.Words.LastWrite(word, position, progress: inquiry.Progress) is not { } write || !Telling.IsKnown(inquiry, write.Number))
            return null;
        var what = Clause.Of(inquiry, write.Number);
        var fact = ended is null ? $"since then {text} is on no list" : $"{text} is on {ended} alone, whose interpreter has ended";
        return new Keeping(write.Number, number, $"{what}: {fact}, and no collection comes across it", $"event {write.Number} ({what}) is why {text} is never found: {fact}, and what refers to it is garbage as well");
    }

    /// <summary>The last collection that dealt with it left it alive although nothing kept it.</summary>
    private static Keeping? OfCollection(Inquiry inquiry, HeldMemory held, long position)
    {
        var witness = inquiry.Witness;
        var end = witness.LastOf(position, inquiry.Debugger.Timeline.Start + 1, EventKind.CollectionEnd);
        for (var i = 0; i < CollectionsMax && end > 0; i++)
        {
            var begin = (long)witness.Event(end).Event.A;
            if (!Telling.IsKnown(inquiry, begin))
                return null;
            var looked = witness.AllOf(begin, end, EventKind.Visit).Select(n => witness.Event(n).Event.C).ToHashSet();
            var before = HeldMemory.Of(witness.ViewAt(begin - 1));
            var passed = held.Dead.Where(i => looked.Contains(held.Census.Objects[i].Address.Value) && before.IndexOf(held.Census.Objects[i].Number) is >= 0 and var was && !before.Reached[was])
                .Select(i => new ObjectName(held.Census.Objects[i].Number, false)).Take(PassedMax).ToList();
            if (passed.Select(o => SkippedSlot.Of(witness, o, begin, end)).FirstOrDefault(s => s is not null) is { } skipped)
            {
                inquiry.Add(end, ChainRole.Consequence, "the collection ends and leaves objects alive that nothing keeps", skipped.Target.Number);
                inquiry.Add(skipped.Peer, ChainRole.Evidence, $"one that was looked at: {Clause.Of(inquiry, skipped.Peer)}");
                return new Keeping(
                    skipped.Event, skipped.Target.Number, $"goes on without looking at {skipped.Slot}, which names {skipped.Text}: the collection takes it for kept from outside",
                    $"the collection of event {begin} left out {skipped.Slot} (event {skipped.Event}) and so took {skipped.Text} and all that hangs on it for kept from outside");
            }

            end = witness.LastOf(begin - 1, inquiry.Debugger.Timeline.Start + 1, EventKind.CollectionEnd);
        }

        return null;
    }

    /// <param name="Number">Of the object.</param>
    /// <param name="What">One sentence for the chain.</param>
    /// <param name="Why">One for the summary.</param>
    private sealed record Keeping(long Event, ulong Number, string What, string Why);
}
