using System.Diagnostics;
using GcReplay.Debugging.Timelines;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Prints the first table: what a run costs unrecorded and recorded, how large its trace is, and how fast it plays.</summary>
/// <remarks>Medians of <see cref="Runs"/> runs after <see cref="WarmUps"/>. Wall time for speeds; CPU time of all threads beside it,
/// since a busy machine changes the one more than the other.</remarks>
internal static class FirstTable
{
    private const int WarmUps = 3;
    private const int Runs = 9;

    /// <param name="recordings">Files of recordings to measure instead of the built-in workloads; empty for those.</param>
    public static void Print(TextWriter writer, IReadOnlyList<string> recordings)
    {
        Workload[] workloads = recordings.Count > 0
            ? [.. recordings.Select(Workload.Recorded)]
            : [Workload.Rich(), Workload.Churn("cpython39"), Workload.Churn("marksweep")];
        writer.WriteLine("| program | operations | events | operations/s unrecorded | recorded | recorded ÷ unrecorded, wall | CPU | recorded events/s | bytes/event | playback events/s, memory | file |");
        writer.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var workload in workloads)
            writer.WriteLine(Row(workload));
        writer.WriteLine();
        writer.WriteLine($"Medians of {Runs} runs; {Environment.ProcessorCount} processors.");
    }

    private static string Row(Workload workload)
    {
        var folder = Directory.CreateTempSubdirectory("gcreplay-benchmark-");
        try
        {
            var path = Path.Combine(folder.FullName, "a.gctrace");
            var result = workload.Run.Execute();
            var plain = Measure(() => workload.Run.Execute());
            var recorded = Measure(() => Record(workload.Run, path));
            var bytes = new FileInfo(path).Length;
            var memory = new MemoryTrace(workload.Run.Header, int.MaxValue);
            workload.Run.Execute(memory);
            var played = Measure(() => new Timeline(memory).MoveTo(memory.EventCount));
            var playedFile = Measure(() => PlayFile(path));
            string[] cells =
            [
                workload.Name, $"{result.Operations:N0}", $"{result.Events:N0}",
                Speed(result.Operations, plain.Wall), Speed(result.Operations, recorded.Wall),
                $"{recorded.Wall / plain.Wall:0.00}", $"{recorded.Cpu / plain.Cpu:0.00}", Speed(result.Events, recorded.Wall),
                $"{(double)bytes / result.Events:0.00}", Speed(result.Events, played.Wall), Speed(result.Events, playedFile.Wall),
            ];
            return $"| {string.Join(" | ", cells)} |";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static RunResult Record(PreparedRun run, string path, CancellationToken cancellation = default)
    {
        using var writer = new TraceWriter(path, run.Header);
        var result = run.Execute(writer, cancellation: cancellation);
        writer.Finish(result.ToOutcome(), result.Choices);
        return result;
    }

    private static void PlayFile(string path)
    {
        using var reader = TraceReader.Open(path);
        new Timeline(new WithoutCheckpoints(reader)).MoveTo(reader.EventCount);
    }

    /// <summary>Median seconds of wall time and of CPU time.</summary>
    internal static (double Wall, double Cpu) Measure(Action action)
    {
        for (var i = 0; i < WarmUps; i++)
            action();
        var (wall, cpu) = (new double[Runs], new double[Runs]);
        for (var i = 0; i < Runs; i++)
        {
            GC.Collect();
            var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            action();
            wall[i] = watch.Elapsed.TotalSeconds;
            cpu[i] = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }

        Array.Sort(wall);
        Array.Sort(cpu);
        return (wall[Runs / 2], cpu[Runs / 2]);
    }

    internal static string Speed(long count, double seconds)
    {
        var speed = count / seconds;
        return speed >= 1e6 ? $"{speed / 1e6:0.0} M" : $"{speed / 1e3:0} k";
    }
}
