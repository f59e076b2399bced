using CsCheck;
using GcReplay.Debugging.Timelines;

namespace GcReplay.Tests.Debugging;

/// <summary>A stretch of a trace in cells.</summary>
public sealed class TraceOverviewTests
{
    [Fact]
    public void Cells_hold_all_changes_and_kinds_of_the_stretch_whatever_the_pieces_it_is_read_in() =>
        Gen.Select(RandomTrace.Gen.Where(t => t.EventCount > 0), Gen.Int[1, 400], Gen.Int[1, 40], Gen.Int[1, 9]).Sample((trace, from, cells, piece) =>
        {
            var first = Math.Min(from, trace.EventCount);
            var timeline = new Timeline(trace);
            timeline.MoveTo(first - 1);
            var overview = new TraceOverview(timeline, first, trace.EventCount, cells);

            while (!overview.IsComplete)
                overview.Work(piece);

            var events = Enumerable.Range((int)first, (int)(trace.EventCount - first + 1)).Select(n => timeline.EventAt(n)).ToList();
            var shown = overview.Cells.ToArray();
            Assert.Equal(events.Sum(e => e.ChangeCount), shown.Sum(c => c.Changes));
            Assert.All(events, e => Assert.NotEqual(0UL, shown[overview.CellOf(e.Number)].Kinds >> (int)e.Kind & 1));
            Assert.All(Enumerable.Range(0, shown.Length), c => Assert.Equal(c, overview.CellOf(overview.FirstOf(c))));
            Assert.True(shown.Length <= cells);
        });

    [Fact]
    public void An_interpreter_lives_from_its_begin_to_its_end()
    {
        var timeline = new Timeline(SimulatedTrace.Of("traces/bpo-46070/bpo-46070.heap", "cpython39@gh-94673", "glibc"));
        var overview = new TraceOverview(timeline, 1, timeline.EventCount, 100);

        overview.Work(long.MaxValue);

        Assert.Equal([new InterpreterLife(0, 8, 0), new InterpreterLife(1, 27, 96)], overview.Interpreters);
    }

    [Fact]
    public void A_cell_belongs_to_the_phase_that_most_of_its_events_belong_to()
    {
        var timeline = new Timeline(SimulatedTrace.Of("traces/bpo-46070/bpo-46070.heap", "cpython39@gh-94673", "glibc"));
        var overview = new TraceOverview(timeline, 1, timeline.EventCount, 1000);

        overview.Work(long.MaxValue);

        Assert.Equal(OverviewCell.Mutator, overview.Cells[overview.CellOf(46)].Phase);
        Assert.Equal(OverviewCell.BetweenPhases, overview.Cells[overview.CellOf(48)].Phase);
        Assert.True(overview.Cells[overview.CellOf(60)].Collects);
        Assert.Equal(113, overview.Cells[^1].Failure);
    }
}
