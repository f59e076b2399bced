using System.Diagnostics;
using System.Text.Json.Nodes;

namespace GcReplay.Benchmarks;

/// <summary>A figure that was measured.</summary>
/// <param name="Value">With its unit.</param>
/// <param name="Target">What TARGETS asks for; empty where it asks for nothing.</param>
internal sealed record Figure(string What, string Value, double Number, string Target = "");

/// <summary>Measurements of one workload, as a table or as JSON.</summary>
internal sealed class Figures(string workload)
{
    private readonly List<Figure> figures = [];

    public string Workload { get; } = workload;

    public void Add(string what, string value, double number, string target = "")
    {
        figures.Add(new Figure(what, value, number, target));
        Console.Error.WriteLine($"  {what}: {value}");
    }

    /// <summary>Milliseconds: median, 99th percentile, worst.</summary>
    public void AddTimes(string what, List<double> milliseconds, string target)
    {
        milliseconds.Sort();
        var (median, p99) = (milliseconds[milliseconds.Count / 2], milliseconds[Math.Min(milliseconds.Count - 1, milliseconds.Count * 99 / 100)]);
        Add(what, $"{median:0.00} ms, {p99:0.0} ms, {milliseconds[^1]:0.0} ms", median, target);
    }

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"| {Workload} | measured | target |");
        writer.WriteLine("|---|---|---|");
        foreach (var figure in figures)
            writer.WriteLine($"| {figure.What} | {figure.Value} | {figure.Target} |");
        writer.WriteLine();
    }

    /// <summary>Workloads of which the same was measured, a row each.</summary>
    public static void PrintRows(TextWriter writer, IReadOnlyList<Figures> rows)
    {
        var columns = rows.SelectMany(row => row.figures).Select(f => f.What).Distinct().ToList();
        writer.WriteLine($"| | {string.Join(" | ", columns)} |");
        writer.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", columns.Count + 1))}");
        foreach (var row in rows)
            writer.WriteLine($"| {row.Workload} | {string.Join(" | ", row.figures.Select(f => f.Value))} |");
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var figure in figures)
            json[figure.What] = new JsonObject { ["value"] = figure.Value, ["number"] = figure.Number, ["target"] = figure.Target };
        return new JsonObject { ["workload"] = Workload, ["figures"] = json };
    }
}

/// <summary>What an action took: wall time, and CPU time of all threads.</summary>
internal readonly record struct Cost(double Wall, double Cpu)
{
    public static Cost Of(Action action)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        action();
        return new Cost(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    public static Cost Median(int runs, Action action)
    {
        var costs = new Cost[runs];
        for (var i = 0; i < runs; i++)
        {
            GC.Collect();
            costs[i] = Of(action);
        }

        double[] wall = [.. costs.Select(c => c.Wall).Order()];
        double[] cpu = [.. costs.Select(c => c.Cpu).Order()];
        return new Cost(wall[runs / 2], cpu[runs / 2]);
    }
}
