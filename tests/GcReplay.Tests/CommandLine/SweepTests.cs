using GcReplay.Tests.House;

namespace GcReplay.Tests.CommandLine;

/// <summary>sweep and ablate: tables of what a run comes to when something is otherwise.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>What took a day by hand in 2021: hidden by four allocators, fatal with one, and corrupt in all at the same place.</summary>
    [Fact]
    public void One_bug_over_all_allocators_is_silent_here_and_fatal_there_and_first_corrupt_by_the_same_event()
    {
        var run = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--over", "allocator", "--json");

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        var results = run.Json["results"]!.AsArray();
        Assert.Equal(
            ["glibc hazard", "pymalloc hazard", "debug hazard", "windows hazard", "guard crash"],
            results.Select(r => $"{r!["values"]!["allocator"]} {r["outcome"]}"));
        Assert.Equal("violation freed-named-by-live-link | Free |  |  | method", Assert.Single(results.Select(r => (string)r!["firstCorruption"]!["signature"]!).Distinct()));
        // Its number is another: allocators have events of their own.
        Assert.StartsWith("#2 method 'compile' on sub.generation2 lives", Assert.Single(results.Select(r => (string)r!["firstCorruption"]!["message"]!).Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_combination_is_run_and_windows_are_shown()
    {
        var both = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--over", "collector=cpython39@7247407,cpython39", "--over", "allocator=glibc,guard");
        var seeds = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--allocator", "windows", "--over", "seed=1..12");

        Assert.Contains("2 ok, 1 hazard, 1 crash", both.Output);
        Assert.Contains("wherever one was found, the first corruption is the same", both.Output);
        Assert.Matches("windows of seed: (hazard|crash) 1", seeds.Output);
    }

    [Theory]
    [InlineData("color=1", "has no such parameter")]
    [InlineData("color", "Keys: allocator, collector, seed, gc.enabled")]
    [InlineData("allocator=glibc,", "a value is empty")]
    [InlineData("allocator=glib", "there is no allocator 'glib'")]
    [InlineData("seed=x", "expected a number")]
    [InlineData("seed=5..1", "goes backwards")]
    [InlineData("seed=1..99999999", "more than 100000 values")]
    [InlineData("seed=1..400,401..100001", "more than 100000 combinations")]
    [InlineData("allocator=glibc,glibc", "a value comes twice")]
    [InlineData("=1", "expected KEY=V1,V2")]
    public void What_can_not_be_swept_is_said(string over, string message)
    {
        var run = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--over", over);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public void A_key_is_swept_once()
    {
        var run = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--over", "seed=1..2", "--over", "seed=3", "--json");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("names 'seed' twice", (string)run.Json["message"]!);
    }

    [Fact]
    public void A_mistyped_value_is_told_before_anything_runs()
    {
        var run = CommandLineRun.Of("sweep", ScratchFolder.Bpo46070, "--over", "seed=1..50000", "--over", "allocator=glibc,glib");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("there is no allocator 'glib'", run.Error);
    }

    [Fact]
    public void A_cancelled_sweep_says_how_much_was_left()
    {
        var run = CommandLineRun.CancelledBy(new CancellationToken(canceled: true), "sweep", ScratchFolder.Bpo46070, "--over", "allocator", "--json");

        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal("cancelled", (string)run.Json["status"]!);
        Assert.Contains("5 more combinations were not run", run.Error);
    }

    [Fact]
    public void Ablation_tells_what_is_needed_from_what_does_not_matter()
    {
        var run = CommandLineRun.Of("ablate", Repository.PathOf("traces/pypy-94529a6d2d0/lost.gctrace"));

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("nothing off           hazard: violation black-to-white", run.Output);
        Assert.Contains("card_page_indices=4   hazard: the same, it does not matter", run.Output);
        Assert.Contains("large_object_words=8  ok: it is needed", run.Output);
    }

    [Theory]
    [InlineData("ablate")]
    [InlineData("emit")]
    [InlineData("shrink", "-o", "smaller.gctrace")]
    public void A_trace_whose_run_no_longer_fails_is_refused_with_the_way_to_find_out_why(string command, params string[] more)
    {
        var trace = folder.PathOf("hidden.gctrace");
        var program = Repository.PathOf("traces/gh-116510/position.heap");
        CommandLineRun.Of("record", program, "--collector", "cpython39", "--fault", "undo-gh-116510", "--hide-fault", "-o", trace);

        var run = CommandLineRun.Of([command, trace, .. more.Select(word => word.EndsWith(".gctrace", StringComparison.Ordinal) ? folder.PathOf(word) : word)]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("gcreplay verify", run.Error);
    }

    [Fact]
    public void Choices_are_ablated_site_by_site()
    {
        var program = folder.Write("by-chance.heap", """
            thread main {
              interpreter sub
              choose { drop g0 } or { enter sub }
              g0 = new plain 1
              end sub
            }
            """);
        var hunt = CommandLineRun.Of("hunt", program, "--collector", "cpython39@7247407", "--runs", "20", "--jobs", "0", "-o", folder.PathOf("found"), "--json");

        var run = CommandLineRun.Of("ablate", (string)hunt.Json["failures"]![0]!["trace"]!, "--json");

        var choose = run.Json["results"]!.AsArray().Single(r => (string)r!["off"]! == "choices of program.choose")!;
        Assert.Equal("ok", (string)choose["outcome"]!);
        Assert.False((bool)choose["same"]!);
    }
}
