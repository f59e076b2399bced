using CsCheck;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Tests.Debugging;

/// <summary>The outline of a trace is the same from wherever its rows are counted, and what it must be.</summary>
public sealed class EventOutlineTests
{
    [Fact]
    public void An_outline_shows_every_event_that_no_folded_span_holds() =>
        Gen.Select(RandomTrace.Gen, Gen.Int[0, 400], Gen.Int[1, 7], Gen.Int[-1, 1]).Sample((trace, origin, modulus, thread) =>
        {
            bool IsOpen(long begin) => begin % modulus != 0;
            var timeline = new Timeline(trace);
            timeline.MoveTo(Math.Min(origin, trace.EventCount));

            var outline = new EventOutline(timeline, new SpanSummaries(timeline.Blocks), IsOpen, thread);

            Assert.Equal(Expected(timeline, IsOpen, thread), RowsOf(outline));
        });

    [Fact]
    public void A_folded_span_says_what_it_holds() => RandomTrace.Gen.Sample(trace =>
    {
        var timeline = new Timeline(trace);
        var outline = new EventOutline(timeline, new SpanSummaries(timeline.Blocks), _ => false);

        for (var i = 0; outline.Row(i) is { } row; i++)
        {
            if (row.Folded is not { } folded)
                continue;
            var end = folded.End == 0 ? trace.EventCount + 1 : folded.End;
            var inside = Enumerable.Range(1, (int)trace.EventCount).Where(n => n > row.Number && n < end && timeline.EventAt(n).Thread == row.Thread).ToList();
            Assert.Equal(inside.Count, folded.Events);
            Assert.Equal(inside.Count(n => timeline.EventAt(n).Kind == EventKind.Free), folded.Count(EventKind.Free));
            Assert.All(inside, n => Assert.True(row.Holds(n, row.Thread)));
        }
    });

    private static List<(long Number, int Depth)> RowsOf(EventOutline outline)
    {
        var rows = new List<(long, int)>();
        for (var i = -1; outline.Row(i) is { } row; i--)
            rows.Insert(0, (row.Number, row.Depth));
        for (var i = 0; outline.Row(i) is { } row; i++)
            rows.Add((row.Number, row.Depth));
        return rows;
    }

    private static List<(long Number, int Depth)> Expected(Timeline timeline, Func<long, bool> isOpen, int only)
    {
        var rows = new List<(long, int)>();
        var open = new Dictionary<int, Stack<long>>();
        for (var number = 1L; number <= timeline.EventCount; number++)
        {
            var e = timeline.EventAt(number);
            if (!open.TryGetValue(e.Thread, out var spans))
                open.Add(e.Thread, spans = new Stack<long>());
            if (e.Kind.EndsSpan())
            {
                var isHidden = spans.Any(s => !isOpen(s));
                spans.Pop();
                if (!isHidden && (only < 0 || e.Thread == only))
                    rows.Add((number, spans.Count));
                continue;
            }

            if (spans.All(isOpen) && (only < 0 || e.Thread == only))
                rows.Add((number, spans.Count));
            if (e.Kind.BeginsSpan())
                spans.Push(number);
        }

        return rows;
    }
}
