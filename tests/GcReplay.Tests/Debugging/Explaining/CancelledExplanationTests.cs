using GcReplay.Debugging;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining;

public class CancelledExplanationTests
{
    [Theory]
    [InlineData("traces/bpo-46070/crash.gctrace")]
    [InlineData("traces/gh-92036/crash.gctrace")]
    [InlineData("traces/pypy-345aaf9970e/lost.gctrace")]
    [InlineData("traces/pypy-853ec5c72eb/false-alarm.gctrace")]
    [InlineData("traces/frozen/1.0/foreign.gctrace")]
    public void It_can_be_cancelled_wherever_it_is_and_tells_the_same_when_it_is_asked_again(string trace)
    {
        using var reader = TraceReader.Open(Repository.PathOf(trace));
        var asked = 0;
        var expected = Explainer.Of(new Debugger(reader), new Progress(default, _ => asked++));

        Assert.True(asked > 20, $"it asked {asked} times whether to go on");
        for (var at = 1; at <= asked; at += 1 + asked / 40)
        {
            var debugger = new Debugger(reader);
            debugger.Execute("goto 7");
            Assert.Throws<OperationCanceledException>(() => Explainer.Of(debugger, CancelledAt(at)));
            Assert.Equal(7, debugger.Timeline.Position);
            var again = Explainer.Of(debugger);
            Assert.Equal(expected.Summary, again.Summary);
            Assert.Equal(expected.Chain.Select(l => (l.Event, l.Role, l.Message)), again.Chain.Select(l => (l.Event, l.Role, l.Message)));
        }
    }

    [Fact]
    public void A_session_whose_explanation_was_cancelled_goes_on_where_it_stood()
    {
        using var reader = TraceReader.Open(Repository.PathOf("traces/bpo-46070/crash.gctrace"));
        var debugger = new Debugger(reader);
        debugger.Execute("goto 60");

        Assert.Throws<OperationCanceledException>(() => debugger.Execute("explain", CancelledAt(3)));

        Assert.Equal(60, debugger.Timeline.Position);
        Assert.Contains("to go to the cause: goto 97", debugger.Execute("explain").Lines);
    }

    [Fact]
    public void The_command_ends_with_130_and_says_that_it_was_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        foreach (var verb in new[] { "explain", "known" })
        {
            var run = CommandLineRun.CancelledBy(cancelled.Token, verb, Repository.PathOf("traces/bpo-46070/crash.gctrace"), "--json");
            Assert.Equal(ExitCode.Cancelled, run.ExitCode);
            Assert.Equal("cancelled", (string?)run.Json["status"]);
        }
    }

    private static Progress CancelledAt(int question)
    {
        var source = new CancellationTokenSource();
        var asked = 0;
        return new Progress(source.Token, _ =>
        {
            if (++asked == question)
                source.Cancel();
            source.Token.ThrowIfCancellationRequested();
        });
    }
}
