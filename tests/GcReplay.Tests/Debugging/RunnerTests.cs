using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Tests.Debugging;

/// <summary>Moves by the spans of one thread while another one's events lie in between.</summary>
public sealed class RunnerTests
{
    private readonly Timeline timeline;
    private readonly Runner runner;

    /// <summary>Events: 1 begins an operation of thread 0, 2 a collection in it; 3 to 5 are an operation of thread 1 with one
    /// event; 6 is in the collection, 7 ends it, 8 is in the operation, 9 ends it; 10 and 11 are an empty operation.</summary>
    public RunnerTests()
    {
        var trace = new HandMadeTrace();
        trace.Begin(EventKind.OperationBegin);
        trace.Begin(EventKind.CollectionBegin);
        trace.Begin(EventKind.OperationBegin, thread: 1);
        trace.Add(EventKind.Scan, thread: 1);
        trace.End(thread: 1);
        trace.Add(EventKind.Scan);
        trace.End();
        trace.Add(EventKind.Scan);
        trace.End();
        trace.Begin(EventKind.OperationBegin);
        trace.End();
        timeline = new Timeline(trace.Done());
        runner = new Runner(timeline, new StopTable());
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(2, 7)]
    [InlineData(3, 5)]
    [InlineData(4, 5)]
    [InlineData(6, 7)]
    [InlineData(7, 8)]
    [InlineData(8, 9)]
    [InlineData(9, 10)]
    [InlineData(10, 11)]
    public void Next_goes_over_what_a_span_does_and_over_other_threads(long from, long to)
    {
        timeline.MoveTo(from);

        var halt = runner.Next(forward: true);

        Assert.Equal((HaltReason.Arrived, to), (halt.Reason, timeline.Position));
    }

    [Theory]
    [InlineData(11, 10)]
    [InlineData(10, 9)]
    [InlineData(9, 1)]
    [InlineData(8, 7)]
    [InlineData(7, 2)]
    [InlineData(6, 2)]
    [InlineData(5, 3)]
    [InlineData(4, 3)]
    [InlineData(2, 1)]
    public void Reverse_next_goes_back_over_what_a_span_did(long from, long to)
    {
        timeline.MoveTo(from);

        var halt = runner.Next(forward: false);

        Assert.Equal((HaltReason.Arrived, to), (halt.Reason, timeline.Position));
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(2, 7)]
    [InlineData(4, 5)]
    [InlineData(6, 7)]
    [InlineData(7, 9)]
    public void Finish_goes_to_the_end_of_the_innermost_open_span_of_the_thread(long from, long to)
    {
        timeline.MoveTo(from);

        runner.Finish(forward: true);

        Assert.Equal(to, timeline.Position);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(6, 2)]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    public void Reverse_finish_goes_to_the_beginning_of_the_innermost_open_span(long from, long to)
    {
        timeline.MoveTo(from);

        runner.Finish(forward: false);

        Assert.Equal(to, timeline.Position);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(1, false)]
    public void Finish_outside_of_every_span_is_refused_and_stays(long from, bool forward)
    {
        timeline.MoveTo(from);

        Assert.Throws<GcReplayException>(() => runner.Finish(forward));

        Assert.Equal(from, timeline.Position);
    }

    [Fact]
    public void A_step_past_the_end_stops_at_the_end_and_says_so()
    {
        timeline.MoveTo(8);

        Assert.Equal(HaltReason.End, runner.Step(long.MaxValue, forward: true).Reason);
        Assert.Equal(11, timeline.Position);
        Assert.Equal(HaltReason.Start, runner.Step(100, forward: false).Reason);
        Assert.Equal(0, timeline.Position);
    }
}
