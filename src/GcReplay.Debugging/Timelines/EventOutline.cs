using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Timelines;

/// <summary>A row of an outline: an event, or a folded span.</summary>
/// <param name="Number">The event, or the one that opens the span.</param>
/// <param name="Depth">Spans of its thread around it.</param>
/// <param name="Folded">What a folded span holds; null for an event and for the beginning of an open span.</param>
public sealed record OutlineRow(long Number, int Thread, int Depth, EventKind Kind, SpanSummary? Folded)
{
    /// <summary>Whether the row begins a span whose events have rows of their own.</summary>
    public bool IsOpen => Kind.BeginsSpan() && Folded is null;

    /// <summary>Whether an event is the row's own, or folded into it.</summary>
    public bool Holds(long number, int thread) =>
        number == Number || Folded is { } f && thread == Thread && number > Number && (f.End == 0 || number <= f.End);
}

/// <summary>The events of a trace as an outline of spans, in both directions from one event. Rows are found when they are asked
/// for: what lies between the ends of a folded span costs a scan, everything else nothing.</summary>
/// <remarks>Row 0 is the first behind the origin, row -1 the last up to it.</remarks>
public sealed class EventOutline
{
    private readonly BlockCache blocks;
    private readonly SpanSummaries summaries;
    private readonly Func<long, bool> isOpen;
    private readonly int onlyThread;
    private readonly long first;
    private readonly Edge behind;
    private readonly Edge before;
    private readonly List<OutlineRow> after = [];
    private readonly List<OutlineRow> upTo = [];

    /// <param name="origin">A timeline that stands at the event from which rows are counted.</param>
    /// <param name="isOpen">Whether the span that an event begins is unfolded.</param>
    /// <param name="onlyThread">The thread whose events are shown; -1 for all.</param>
    public EventOutline(Timeline origin, SpanSummaries summaries, Func<long, bool> isOpen, int onlyThread = -1)
    {
        blocks = origin.Blocks;
        first = origin.Start + 1;
        this.summaries = summaries;
        this.isOpen = isOpen;
        this.onlyThread = onlyThread;
        var threads = Math.Max(origin.Source.Header.Threads.Length, 1);
        behind = new Edge(origin.Position);
        before = new Edge(origin.Position);
        for (var thread = 0; thread < threads; thread++)
        {
            var open = origin.Shadow.OpenSpans(thread).ToList();
            var folded = open.FindIndex(begin => !isOpen(begin));
            if (folded >= 0)
            {
                behind.Hidden[thread] = before.Hidden[thread] = open[folded];
                open.RemoveRange(folded + 1, open.Count - folded - 1);
            }

            behind.Spans[thread] = [.. open];
            before.Spans[thread] = open;
        }
    }

    /// <summary>The row some places from the origin; null when the trace ends before it.</summary>
    public OutlineRow? Row(int index, Progress progress = default)
    {
        if (index >= 0)
        {
            while (after.Count <= index && NextBehind(progress) is { } row)
                after.Add(row);
            return index < after.Count ? after[index] : null;
        }

        while (upTo.Count < -index && NextBefore(progress) is { } row)
            upTo.Add(row);
        return -index <= upTo.Count ? upTo[-index - 1] : null;
    }

    /// <summary>The row that an event has, or is folded into, among those found so far; null for none.</summary>
    public int? IndexOf(long number, int thread)
    {
        for (var i = -upTo.Count; i < after.Count; i++)
        {
            if ((i < 0 ? upTo[-i - 1] : after[i]).Holds(number, thread))
                return i;
        }

        return null;
    }

    private OutlineRow? NextBehind(Progress progress)
    {
        while (behind.Event < blocks.Source.EventCount)
        {
            var number = ++behind.Event;
            if ((number & 0xFFFF) == 0)
                progress.At(number);
            var e = blocks.EventAt(number);
            var (kind, thread) = (e.Kind, e.Thread);
            var spans = behind.SpansOf(thread);
            if (behind.Hidden.TryGetValue(thread, out var hidden))
            {
                if (!kind.EndsSpan() || e.Event.A != (ulong)hidden)
                    continue;
                behind.Hidden.Remove(thread);
                spans.Remove(hidden);
                continue;
            }

            if (kind.EndsSpan() && spans.Count > 0)
                spans.RemoveAt(spans.Count - 1);
            SpanSummary? folded = null;
            if (kind.BeginsSpan() && !isOpen(number))
            {
                if (IsShown(thread))
                    folded = summaries.Of(number, thread, progress);
                behind.Hidden[thread] = number;
                // Alone in the trace, it can be passed over at once.
                if (folded is { End: > 0 } && folded.End - number - 1 == folded.Events)
                    behind.Event = folded.End - 1;
            }

            var depth = spans.Count;
            if (kind.BeginsSpan())
                spans.Add(number);
            if (IsShown(thread))
                return new OutlineRow(number, thread, depth, kind, folded);
        }

        return null;
    }

    private OutlineRow? NextBefore(Progress progress)
    {
        while (before.Event >= first)
        {
            var number = before.Event--;
            if ((number & 0xFFFF) == 0)
                progress.At(number);
            var e = blocks.EventAt(number);
            var (kind, thread) = (e.Kind, e.Thread);
            var spans = before.SpansOf(thread);
            if (before.Hidden.TryGetValue(thread, out var hidden) && hidden != number)
                continue;
            var isEndOfHidden = before.Hidden.Remove(thread);
            if (kind.EndsSpan())
            {
                var begin = (long)Math.Min(e.Event.A, long.MaxValue);
                if (!isOpen(begin) && begin >= first)
                {
                    before.Hidden[thread] = begin;
                    spans.Add(begin);
                    // Alone in the trace, it can be passed over at once.
                    if (IsShown(thread) && summaries.Of(begin, thread, progress).Events == number - begin - 1)
                        before.Event = begin;
                    continue;
                }

                var outside = spans.Count;
                spans.Add(begin);
                if (IsShown(thread))
                    return new OutlineRow(number, thread, outside, kind, null);
                continue;
            }

            if (kind.BeginsSpan() && spans.Count > 0)
                spans.RemoveAt(spans.Count - 1);
            if (!IsShown(thread))
                continue;
            return new OutlineRow(number, thread, spans.Count, kind, isEndOfHidden || kind.BeginsSpan() && !isOpen(number) ? summaries.Of(number, thread, progress) : null);
        }

        return null;
    }

    private bool IsShown(int thread) => onlyThread < 0 || thread == onlyThread;

    /// <summary>How far one direction was looked at, and what is open there.</summary>
    private sealed class Edge(long start)
    {
        public long Event = start;

        /// <summary>Open spans by thread, outermost first; none inside a folded one.</summary>
        public readonly Dictionary<int, List<long>> Spans = [];

        /// <summary>The folded span that a thread is in at the edge.</summary>
        public readonly Dictionary<int, long> Hidden = [];

        public List<long> SpansOf(int thread)
        {
            if (!Spans.TryGetValue(thread, out var spans))
                Spans.Add(thread, spans = []);
            return spans;
        }
    }
}
