using System.Diagnostics;

namespace GcReplay.Tests.CommandLine;

/// <summary>completions: the scripts, and what a real bash makes of them.</summary>
public sealed class CompletionsTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("gcreplay verif", "verify")]
    [InlineData("gcreplay record --coll", "--collector")]
    [InlineData("gcreplay record --collector cpython39@gh-1", "cpython39@gh-116510")]
    [InlineData("gcreplay record --allocator pym", "pymalloc")]
    public void Bash_completes_commands_options_and_their_values(string typed, string completed)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs /bin/bash");
        var script = folder.Write("completions.sh", CommandLineRun.Of("completions", "bash").Output);

        Assert.Equal(completed, Bash($"source '{script}'; COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _gcreplay; echo ${{COMPREPLY[@]}}"));
    }

    [Theory]
    [InlineData("zsh", "bashcompinit")]
    [InlineData("fish", "complete -c gcreplay -n __fish_use_subcommand -a replay")]
    public void Other_shells_get_scripts_of_their_own(string shell, string part)
    {
        var run = CommandLineRun.Of("completions", shell);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains(part, run.Output);
    }

    [Fact]
    public void A_shell_that_is_not_known_is_bad_input() =>
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("completions", "tcsh").ExitCode);

    private static string Bash(string command)
    {
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output.Trim();
    }
}
