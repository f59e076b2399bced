using System.Diagnostics;
using GcReplay.Commands;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Tests.Hunting;

/// <summary>The process that runs seeds for a hunt.</summary>
public sealed class WorkerTests
{
    /// <summary>Nobody is left to end a run that hangs when the hunter was killed.</summary>
    [Fact]
    public async Task A_worker_does_not_outlive_its_hunter()
    {
        var target = new HuntTarget
        {
            Collector = Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll") + ":hangs",
            Program = ("store.heap", "thread main {\n  g0 = new plain 1\n  store g0 0 g0\n}\n"),
        };
        using var worker = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gcreplay"), [HuntWorkerCommand.Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        worker.StandardInput.WriteLine(HuntWorkerCommand.Describe(target, []).ToJsonString());
        Assert.Equal("ready", worker.StandardOutput.ReadLine());
        worker.StandardInput.WriteLine("1 1");
        worker.StandardInput.Close();

        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Cancelled, worker.ExitCode);
    }
}
