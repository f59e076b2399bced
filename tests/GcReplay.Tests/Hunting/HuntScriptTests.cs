using System.Diagnostics;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Hunting;

/// <summary>tools/hunt.sh: what a CI job sees.</summary>
public sealed class HuntScriptTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_job_that_finds_something_fails_with_the_seed_and_the_command_and_keeps_traces()
    {
        var (code, output) = Run("cpython39@7247407", "300", "");

        Assert.Equal(1, code);
        Assert.Matches("the shortest is seed 7[0-9]{6}, ", output);
        Assert.Contains("again: gcreplay record ", output);
        Assert.Contains("operations became 3; no choice but defaults: violation freed-named-by-live-link", output);
        Assert.NotEmpty(Directory.GetFiles(folder.PathOf("found"), "*.gctrace"));
        Assert.NotEmpty(Directory.GetFiles(folder.PathOf("found/small"), "*.heap"));
    }

    [Fact]
    public void A_job_that_finds_nothing_succeeds()
    {
        var (code, output) = Run("semispace", "50", "violation use-after-free | Hazard |  |  | plain");

        Assert.True(code == 0, output);
        Assert.Contains("nothing was found", output);
    }

    private (int Code, string Output) Run(string collector, string runs, string ignore)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("the script is bash's");
        var start = new ProcessStartInfo("bash", [Repository.PathOf("tools/hunt.sh"), collector, "600", folder.PathOf("found")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GCREPLAY"] = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        start.Environment["HUNT_RUNS"] = runs;
        start.Environment["HUNT_SEED"] = "7000000";
        start.Environment["HUNT_IGNORE"] = ignore;
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode, output + errors.Result);
    }
}
