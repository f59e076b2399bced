using GcReplay.Tests.CommandLine;

namespace GcReplay.Tests.Simulation.Collectors.PlugIns;

/// <summary>A collector from outside is recorded, told of, and run again like one of ours.</summary>
public sealed class PlugInTests
{
    private const string Program = """
        globals a
        thread main {
          a = new plain 1 "a"
          store a 0 a
          touch a
          collect
        }
        """;

    private static string Good => Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll") + ":good";

    [Fact]
    public void A_trace_says_which_plug_in_made_it_and_opens_without_it()
    {
        using var folder = new ScratchFolder();
        var trace = Record(folder, Good);

        var info = CommandLineRun.Of("info", trace, "--json").Json;
        var replay = CommandLineRun.Of("replay", trace, "-x", "break Scan", "-x", "continue", "-x", "object #1");

        Assert.Equal("good@2", (string)info["collector"]!);
        Assert.Equal("GcReplay.Tests.dll", (string)info["plugIn"]!["file"]!);
        Assert.Matches("^[0-9a-f]{64}$", (string)info["plugIn"]!["sha256"]!);
        Assert.Contains("[touched: the program asked]", replay.Output, StringComparison.Ordinal);
        Assert.Contains("#1 plain 'a'", replay.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("check", trace).ExitCode);
    }

    [Fact]
    public void Verify_asks_for_the_plug_in_and_agrees_with_it()
    {
        using var folder = new ScratchFolder();
        var trace = Record(folder, Good);

        var without = CommandLineRun.Of("verify", trace);
        var with = CommandLineRun.Of("verify", trace, "--collector", Good[..Good.LastIndexOf(':')], "--amnesia");

        Assert.Equal(ExitCode.BadInput, without.ExitCode);
        Assert.Contains("came from a plug-in (GcReplay.Tests.dll", without.Error, StringComparison.Ordinal);
        Assert.Contains("Try: --collector path/to/GcReplay.Tests.dll", without.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, with.ExitCode);
        Assert.Contains("the layout describes every word that the collector wrote", with.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_of_a_plug_in_can_be_named()
    {
        using var folder = new ScratchFolder();

        var trace = Record(folder, Good + "@1");

        Assert.Equal("good@1", (string)CommandLineRun.Of("info", trace, "--json").Json["collector"]!);
        var unknown = CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", Good + "@3");
        Assert.Contains("collector good has no revision '3'. Revisions, oldest first: 1, 2.", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_collectors_in_one_file_one_must_be_named()
    {
        using var folder = new ScratchFolder();

        var run = CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", Good[..Good.LastIndexOf(':')]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("Name one: GcReplay.Tests.dll:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_says_that_the_collector_of_a_trace_is_none_of_a_plug_in()
    {
        using var folder = new ScratchFolder();
        var trace = folder.PathOf("p.gctrace");
        CommandLineRun.Of("record", folder.Write("p.heap", "thread main { collect }"), "-o", trace);

        var run = CommandLineRun.Of("verify", trace, "--collector", Good);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is part of GcReplay. Leave --collector out.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_of_a_plug_in_is_known_only_with_it()
    {
        using var folder = new ScratchFolder();

        var run = CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", "marksweep");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("p.heap:5:3: expected a statement", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    [InlineData("incminimark")]
    public void Collectors_of_ours_pass_what_plug_ins_must(string collector)
    {
        using var folder = new ScratchFolder();

        var run = CommandLineRun.Of(
            "record", folder.Write("p.heap", GcReplay.Tests.Contracts.DeterminismContractTests.Busy), "--collector", collector, "--chaos", "--seed", "3",
            "--amnesia", "-o", folder.PathOf("p.gctrace"));

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    private static string Record(ScratchFolder folder, string collector)
    {
        var trace = folder.PathOf("p.gctrace");
        var run = CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", collector, "-o", trace);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        return trace;
    }
}
