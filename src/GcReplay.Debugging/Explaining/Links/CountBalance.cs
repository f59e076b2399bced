using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>A state in which more owned references name an object than its count says.</summary>
/// <param name="Event">After which it is so.</param>
/// <param name="References">Places by name, a few.</param>
internal sealed record Shortage(long Event, ulong Count, int ReferenceCount, IReadOnlyList<string> References)
{
    /// <summary><c>its count is 1, but 2 references name it (g0, #1 plain.slot[0])</c>.</summary>
    public override string ToString() =>
        $"its count is {Count}, but {(ReferenceCount == 1 ? "1 reference names" : $"{ReferenceCount} references name")} it ({string.Join(", ", References)})";
}

/// <summary>Finds the event that made a count too low. A count is raised before the reference stands in a word, and lowered when it no longer does, so
/// that it is never below the number of references, also within operations.</summary>
internal static class CountBalance
{
    private const int NamesMax = 3;

    /// <summary>Above this many events about the object, the first is found by halving: a shortage stays.</summary>
    private const int EachMax = 200;

    /// <summary>The first event up to one after which an object's count is too low, looked for from when the process was idle last.</summary>
    /// <remarks>Cost: for each event about the object a look at all references.</remarks>
    public static Shortage? FirstShort(Inquiry inquiry, ulong number, long last) => FirstShort(inquiry, number, IdleBefore(inquiry, last) + 1, last);

    /// <summary>As <see cref="FirstShort(Inquiry, ulong, long)"/>, from an event on.</summary>
    public static Shortage? FirstShort(Inquiry inquiry, ulong number, long first, long last)
    {
        var life = Telling.LifeOf(inquiry, number);
        if (life is null || inquiry.At(Math.Min(last, life.Value.Death > 0 ? life.Value.Death - 1 : last)).View.Object(number) is not { } o)
            return null;
        if (o.Layout.Fields.FirstOrDefault(f => f.Meanings is [{ Role: FieldRole.ReferenceCount }]) is not { } count)
            return null;
        var test = new Concerns(o.Address, o.Address + count.Offset);
        var events = new List<long>();
        var scan = new EventScan(inquiry.Debugger.Timeline.Blocks);
        for (var at = Math.Max(first, life.Value.Birth) - 1; (at = scan.Forward(at + 1, last, ref test, inquiry.Progress)) > 0;)
            events.Add(at);
        return events.Count > EachMax ? Halved(inquiry, number, events) : events.Select(e => At(inquiry, number, e)).FirstOrDefault(s => s is not null);
    }

    /// <summary>The shortage after an event; null when there is none.</summary>
    public static Shortage? At(Inquiry inquiry, ulong number, long position)
    {
        var view = inquiry.At(position).View;
        if (view.Object(number) is not { IsLive: true } o)
            return null;
        var census = view.Census();
        var index = census.IndexOf(o.Address);
        if (index < 0)
            return null;
        var owned = census.OwnedReferencesTo(index);
        if (o.Fields.FirstOrDefault(f => f.Role == FieldRole.ReferenceCount) is not { IsMapped: true } count || count.Value >= (ulong)owned)
            return null;
        var names = census.OwnedReferences.Where(r => r.Target == o.Address).Take(NamesMax).Select(census.Describe).ToList();
        return new Shortage(position, count.Value, owned, owned > NamesMax ? [.. names, "…"] : names);
    }

    /// <summary>The last position up to one at which no operation is under way on any thread.</summary>
    public static long IdleBefore(Inquiry inquiry, long position)
    {
        var start = inquiry.Debugger.Timeline.Start;
        for (var at = position - 1; at > start;)
        {
            var timeline = inquiry.At(at);
            if (timeline.View.IsIdle())
                return at;
            var begins = Enumerable.Range(0, timeline.Source.Header.Threads.Length).SelectMany(timeline.Shadow.OpenSpans);
            at = begins.DefaultIfEmpty(start + 1).Min() - 1;
        }

        return start;
    }

    private static Shortage? Halved(Inquiry inquiry, ulong number, List<long> events)
    {
        var (low, high) = (0, events.Count - 1);
        if (At(inquiry, number, events[high]) is null)
            return null;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (At(inquiry, number, events[middle]) is null)
                low = middle + 1;
            else
                high = middle;
        }

        return At(inquiry, number, events[low]);
    }

    /// <summary>Names the object, or writes its count.</summary>
    private readonly struct Concerns(Address address, Address count) : IEventTest
    {
        public bool Hits(EventBlock block, int index)
        {
            if (block.A[index] == address.Value || block.B[index] == address.Value || block.C[index] == address.Value)
                return true;
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (block.ChangeAddresses[change] == count.Value)
                    return true;
            }

            return false;
        }

        public bool MayHit(BlockSummary summary) => summary.Names(address) || summary.Written.Contains(count);
    }
}
