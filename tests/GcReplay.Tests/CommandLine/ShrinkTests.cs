using GcReplay.Tests.House;

namespace GcReplay.Tests.CommandLine;

/// <summary>shrink: the gallery's bugs, and what is written.</summary>
public sealed class ShrinkTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bpo-46070/crash", "freed-named-by-live-link")]
    [InlineData("bpo-46070/reused", "freed-named-by-live-link")]
    [InlineData("gh-92036/crash", "write")]
    [InlineData("gh-116510/position", "freed-named-by-live-link")]
    [InlineData("two-bugs/two-bugs", "freed-named-by-live-link")]
    [InlineData("pypy-78bbeb93471/lost", "black-to-white")]
    [InlineData("pypy-94529a6d2d0/lost", "black-to-white")]
    [InlineData("pypy-3fb1b086ef5/cards", "card-contents")]
    [InlineData("pypy-345aaf9970e/lost", "black-to-white")]
    [InlineData("pypy-853ec5c72eb/false-alarm", "black-to-white")]
    [InlineData("pypy-2c891735f94/lost", "live-object-freed")]
    [InlineData("pypy-96a224bd967/stale", "marked-outside-marking")]
    public void A_bug_of_the_gallery_shrinks_to_twelve_operations_at_most(string trace, string code)
    {
        var target = folder.PathOf("small.gctrace");

        var run = CommandLineRun.Of("shrink", Repository.PathOf($"traces/{trace}.gctrace"), "-o", target, "--json");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.InRange((long)run.Json["operations"]!["after"]!, 1, 12);
        Assert.Contains($" {code} |", (string)run.Json["signature"]!);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("verify", target).ExitCode);
        // The command that it names makes the same failure again.
        string[] words = ((string)run.Json["command"]!).Split(' ');
        var again = CommandLineRun.Of([.. words[1..], "-o", folder.PathOf("again.gctrace"), "--json"]);
        Assert.Contains(code, again.Output);
        Assert.Equal(File.ReadAllBytes(target), File.ReadAllBytes(folder.PathOf("again.gctrace")));
    }

    [Fact]
    public void Numbers_that_could_be_higher_are_marked()
    {
        CommandLineRun.Of("shrink", Repository.PathOf("traces/bpo-46070/crash.gctrace"), "-o", folder.PathOf("small.gctrace"));

        Assert.Contains("new method 0  # slots: or more", File.ReadAllText(folder.PathOf("small.heap")));
    }

    [Fact]
    public void A_trace_of_a_healthy_run_is_refused()
    {
        var run = CommandLineRun.Of("shrink", Repository.PathOf("traces/gh-116510/fixed.gctrace"), "-o", folder.PathOf("small.gctrace"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("ends well", run.Error);
    }

    [Fact]
    public void A_program_of_somebodys_own_stays_where_the_smaller_one_would_go()
    {
        var mine = folder.Write("small.heap", "thread main {\n}\n");
        string[] shrink = ["shrink", Repository.PathOf("traces/bpo-46070/crash.gctrace"), "-o", folder.PathOf("small.gctrace")];

        var refused = CommandLineRun.Of(shrink);

        Assert.Equal(ExitCode.BadInput, refused.ExitCode);
        Assert.Contains("small.heap, where the smaller program goes, exists", refused.Error);
        Assert.Equal("thread main {\n}\n", File.ReadAllText(mine));
        Assert.False(File.Exists(folder.PathOf("small.gctrace")));

        // What an earlier shrink left is replaced.
        File.Delete(mine);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of(shrink).ExitCode);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of(shrink).ExitCode);
    }
}
