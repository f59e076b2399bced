using System.Diagnostics;

namespace GcReplay.Tests.CommandLine;

/// <summary>Recorders that end without a chance to say so. <c>GCREPLAY_KILLS=500</c> kills so many, instead of a few.</summary>
public sealed class KilledRecorderTests : IDisposable
{
    private const string Program = """
        globals ring spare
        thread main {
          ring = new plain 100
          loop 400 {
            loop 1000 {
              spare = new plain 2
              store spare 0 ring
              store ring 7 spare
            }
          }
        }
        """;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Killed_at_any_moment_a_recorder_leaves_a_trace_that_can_be_salvaged()
    {
        var program = folder.Write("long.heap", Program);
        var kills = int.TryParse(Environment.GetEnvironmentVariable("GCREPLAY_KILLS"), out var asked) ? asked : 4;
        var (opened, events) = (0, 0L);
        for (var i = 0; i < kills; i++)
        {
            // Moments spread by the golden ratio: between the first bytes of the file and some seconds of work.
            var bytes = (long)((i * 0.618 + 0.1) % 1 * 400_000);
            var trace = Killed(program, bytes);
            if (!File.Exists(trace))
                continue;
            var run = CommandLineRun.Of("salvage", trace, "-o", folder.PathOf("saved.gctrace"), "--json");
            Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.BadInput, $"kill {i}: {run.Error}");
            if (run.ExitCode == ExitCode.BadInput)
            {
                Assert.Matches("is empty|ends before its header|the header at byte", run.Error);
                continue;
            }

            opened++;
            events += (long)run.Json["events"]!;
            AssertWhole(i);
        }

        Assert.True(opened > 0 && events > 0, $"{opened} of {kills} opened, with {events} events");
    }

    private void AssertWhole(int kill)
    {
        var info = CommandLineRun.Of("info", folder.PathOf("saved.gctrace"), "--json");
        Assert.True((bool)info.Json["whole"]!, $"kill {kill}: {info.Output}");
        var replay = CommandLineRun.Of("replay", folder.PathOf("saved.gctrace"), "-x", "goto end", "-x", "when");
        Assert.True(replay.ExitCode == ExitCode.Ok, $"kill {kill}: {replay.Error}");
    }

    /// <summary>Records in a process of its own and kills that with SIGKILL once its trace has some bytes.</summary>
    private string Killed(string program, long bytes)
    {
        var trace = folder.PathOf("killed.gctrace");
        File.Delete(trace);
        using var recorder = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gcreplay.exe" : "gcreplay"),
            ["record", program, "-o", trace]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (!recorder.HasExited && (!File.Exists(trace) || new FileInfo(trace).Length < bytes))
            Thread.Sleep(1);
        recorder.Kill();
        recorder.WaitForExit();
        return trace;
    }
}
