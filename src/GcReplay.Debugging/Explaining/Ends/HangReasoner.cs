using GcReplay.Debugging.Explaining.Links;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Knows why an operation did not end while no promise was broken at the end of one: links that lead in a circle, and who closed it.</summary>
internal sealed class HangReasoner : IReasoner
{
    private const int NodesShown = 4;
    private const int NodesMax = 100_000;

    public bool Takes(Inquiry inquiry) => inquiry is { Corruption: null, Failure.Kind: "hang" } && Telling.IsKnown(inquiry, inquiry.Failure.Event);

    public void Explain(Inquiry inquiry)
    {
        var failed = inquiry.Failure!.Event;
        var circle = CircleOfList(inquiry.At(failed).View) ?? CircleOfNames(inquiry, failed);
        if (circle is not null)
            Tell(inquiry, circle, failed);
        if (BrokenPromise.Explains(inquiry, failed) || circle is null)
            return;
        var closed = circle.Words.Select(w => inquiry.Debugger.Words.LastWrite(w, failed, progress: inquiry.Progress)?.Number ?? 0).DefaultIfEmpty(0).Max();
        if (!Telling.IsKnown(inquiry, closed))
            return;
        inquiry.End(new ChainLink(closed, ChainRole.Decision, $"closes the circle {circle.Text}"));
        inquiry.Summary = Telling.Sentences(inquiry, $"{Clause.Event(inquiry, closed)} closed the circle {circle.Text}, and whoever follows it never comes to an end");
    }

    private static void Tell(Inquiry inquiry, Circle circle, long failed)
    {
        var begin = inquiry.At(failed).Shadow.InnermostSpan(inquiry.At(failed).Thread);
        if (Telling.IsKnown(inquiry, begin))
            inquiry.Add(begin, ChainRole.Consequence, $"what began here follows the links {circle.Text} without an end");
    }

    /// <summary>A list that does not come back to its head.</summary>
    private static Circle? CircleOfList(HeapView view)
    {
        foreach (var (list, walk) in view.LivingWalks())
        {
            if (walk.Faults.FirstOrDefault(f => f.Kind is ListFaultKind.Repeat or ListFaultKind.OtherHead) is not { } fault)
                continue;
            var family = list.Family;
            var from = walk.Members.ToList().IndexOf(family.ObjectOf(fault.Found));
            var nodes = walk.Members.Skip(Math.Max(from, 0)).Select(family.NodeOf).ToList();
            return new Circle(Named(nodes.Select(n => view.DescribeNode(n, family)), list.Name), [.. nodes.Select(n => n + family.NextOffset)]);
        }

        return null;
    }

    /// <summary>Objects that name each other in a circle through a field which keeps nothing alive, from the one at work.</summary>
    private static Circle? CircleOfNames(Inquiry inquiry, long failed)
    {
        var subject = new Address(inquiry.Debugger.Timeline.EventAt(StaleReasoner.Interrupted(inquiry.At(failed))).Event.A);
        var view = inquiry.At(failed).View;
        var followed = 0;
        foreach (var first in view.ObjectAt(subject)?.References.Where(r => !r.IsOwned).ToList() ?? [])
        {
            var (seen, words, texts) = (new HashSet<ulong> { subject.Value }, new List<Address> { first.Slot }, new List<string>());
            for (var at = first.Target; followed < NodesMax && view.ObjectAt(at) is { } o; at = new Address(view.TryRead(words[^1], out var word) ? word : 0))
            {
                followed++;
                texts.Add(o.ToString());
                if (!seen.Add(at.Value))
                    return new Circle(Named(texts, first.Place), words);
                if (o.References.FirstOrDefault(r => r.Place == first.Place && r.Index == first.Index) is not { Place: not null } next)
                    break;
                words.Add(next.Slot);
            }
        }

        return null;
    }

    private static string Named(IEnumerable<string> nodes, string through)
    {
        var shown = nodes.Take(NodesShown + 1).ToList();
        return $"of {through}: {string.Join(" -> ", shown.Take(NodesShown))}{(shown.Count > NodesShown ? " -> …" : "")}";
    }

    /// <summary>Links that lead back to where they begin.</summary>
    private sealed record Circle(string Text, IReadOnlyList<Address> Words);
}
