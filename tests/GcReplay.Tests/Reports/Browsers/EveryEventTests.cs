using GcReplay.Debugging;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Reports.Browsers;

[Collection(typeof(WithBrowser))]
public sealed class EveryEventTests(Browser browser) : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bpo-46070/reused.gctrace")]
    [InlineData("pypy-96a224bd967/stale.gctrace")]
    [InlineData("frozen/1.0/window.gctrace")]
    public Task What_a_player_shows_after_each_event_of_the_gallery_is_what_the_debugger_shows(string name) => AssertAll(Repository.PathOf($"traces/{name}"));

    [Theory]
    [InlineData("semispace")]
    [InlineData("marksweep")]
    [InlineData("generational", "--set", "gc.nursery=256")]
    [InlineData("incminimark", "--set", "nursery_words=64", "--set", "large_object_words=8")]
    [InlineData("cpython39", "--allocator", "pymalloc")]
    public async Task What_a_player_shows_while_objects_move_and_die_is_what_the_debugger_shows(string collector, params string[] options)
    {
        var program = folder.Write("moves.heap", """
            globals a b c
            thread main {
              a = new plain 2 "first"
              b = new plain 2 "second"
              store a 0 b
              store b 0 a
              collect minor
              c = new plain 1 "third"
              store b 1 c
              drop c
              collect full
              clear b 1
              drop b
              clear a 0
              collect full
              c = copy a
              push = new plain 1 "fourth"
              store f0 0 c
              collect full
            }
            """);
        var trace = folder.PathOf("moves.gctrace");
        var run = CommandLineRun.Of(["record", program, "-o", trace, "--collector", collector, .. options]);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        await AssertAll(trace);
    }

    private async Task AssertAll(string trace)
    {
        var file = folder.PathOf("report.html");
        var run = CommandLineRun.Of("report", trace, "-o", file, "--events", "1000");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        var page = await browser.Open(file);
        var states = (await page.Value($$"""
            (() => {
              const shown = {{PlayerScene.Shown}};
              document.getElementById('first').click();
              const states = [shown()];
              while (document.getElementById('forward').getAttribute('aria-disabled') !== 'true') {
                document.getElementById('forward').click();
                states.push(shown());
              }
              return states;
            })()
            """))!.AsArray();
        using var source = TraceReader.Open(trace);
        var debugger = new Debugger(source);
        Assert.Equal(source.EventCount - debugger.Timeline.Start, states.Count);
        foreach (var state in states)
        {
            debugger.Timeline.MoveTo((long)state!["event"]!);
            PlayerScene.AssertShows(debugger, state);
        }

        Assert.Empty(await page.Complaints());
    }
}
