namespace GcReplay.Tests.CommandLine;

/// <summary>collectors: what there is, and what one says of itself.</summary>
public sealed class CollectorsTests
{
    [Fact]
    public void All_are_listed_with_their_revisions_and_parameters()
    {
        var run = CommandLineRun.Of("collectors");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("marksweep: tri-colour mark-sweep", run.Output, StringComparison.Ordinal);
        Assert.Contains("  revisions, newest last: shared-state, 7247407", run.Output, StringComparison.Ordinal);
        Assert.Contains("  parameters: gc.enabled, gc.nursery, gc.buffer, gc.threshold", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_one_everything_is_told()
    {
        var run = CommandLineRun.Of("collectors", "generational");

        Assert.DoesNotContain("marksweep", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"gc\.buffer +objects that the store buffer holds until it is drained; default 256", run.Output);
    }

    [Fact]
    public void Of_a_plug_in_it_says_the_file_and_its_operations()
    {
        var run = CommandLineRun.Of("collectors", Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll:good"), "--json");

        var one = run.Json["collectors"]![0]!;
        Assert.Equal("GcReplay.Tests.dll", (string)one["plugIn"]!["file"]!);
        Assert.Equal("touch OBJECT", (string)one["operations"]![0]!);
    }

    [Fact]
    public void An_unknown_one_is_bad_input() => Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("collectors", "nobody").ExitCode);
}
