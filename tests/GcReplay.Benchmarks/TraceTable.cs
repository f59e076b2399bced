using System.Text.Json.Nodes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces.Files;

namespace GcReplay.Benchmarks;

/// <summary>Records a large heap at work and measures everything that the size of a trace or the length of a run could make slow.</summary>
/// <remarks>In full about 100 million events, 68 MB of live heap, 560,000 live objects; quick a thirtieth of the events and a tenth of the
/// heap. CPU time wherever nothing waits for another thread, since other programs may be running. Places that are asked for are spread by a fixed rule.</remarks>
internal sealed class TraceTable
{
    private const int Seeks = 200;
    private const int Questions = 40;
    private const long PlayedMax = 10_000_000;
    private readonly bool isQuick;
    private readonly Workload workload;
    private readonly string path;
    private readonly Figures figures;
    private ulong random = 1;

    private TraceTable(Workload workload, bool isQuick, string path)
    {
        (this.workload, this.isQuick, this.path) = (workload, isQuick, path);
        figures = new Figures(workload.Name);
    }

    /// <param name="arguments"><c>--quick</c>, <c>--json</c>, names of collectors; <c>cpython39</c> when none is named.</param>
    public static void Print(TextWriter writer, string[] arguments)
    {
        var isQuick = arguments.Contains("--quick");
        string[] collectors = [.. arguments.Where(a => !a.StartsWith('-'))];
        var json = new JsonArray();
        foreach (var collector in collectors.Length > 0 ? collectors : ["cpython39"])
        {
            var folder = Directory.CreateTempSubdirectory("gcreplay-benchmark-");
            try
            {
                var table = new TraceTable(LargeHeap.Workload(collector, isQuick), isQuick, Path.Combine(folder.FullName, "a.gctrace"));
                table.MeasureAll();
                if (arguments.Contains("--json"))
                    json.Add(table.figures.ToJson());
                else
                    table.figures.Print(writer);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        if (json.Count > 0)
            writer.WriteLine(json.ToJsonString(new() { WriteIndented = true }));
    }

    private void MeasureAll()
    {
        var runs = isQuick ? 3 : 1;
        var run = workload.Run;
        var (events, words) = (0L, 0UL);
        if (isQuick)
            run.Execute();
        var plain = Cost.Median(runs, () => events = run.Execute().Events);
        var recorded = Cost.Median(runs, Record);
        figures.Add("events", $"{events:N0}", events, isQuick ? "" : "100 M");
        figures.Add("recorded ÷ unrecorded, CPU", $"{recorded.Cpu / plain.Cpu:0.00}", recorded.Cpu / plain.Cpu, "≤ 1.6");
        figures.Add("recorded ÷ unrecorded, wall", $"{recorded.Wall / plain.Wall:0.00}", recorded.Wall / plain.Wall, "≤ 1.3 with a free core");
        figures.Add("unrecorded, of CPU time", $"{FirstTable.Speed(events, plain.Cpu)} events/s", events / plain.Cpu);
        figures.Add("recorded events", $"{FirstTable.Speed(events, recorded.Wall)}/s", events / recorded.Wall, "≥ 8 M/s");
        AddSizes(events);
        var opened = Cost.Median(5, () => TraceReader.Open(path).Dispose());
        var before = GC.GetTotalAllocatedBytes(true);
        using var reader = TraceReader.Open(path);
        var memory = GC.GetTotalAllocatedBytes(true) - before;
        figures.Add("open", $"{opened.Cpu * 1e3:0.0} ms, {memory / 1e6:0.0} MB", opened.Cpu * 1e3, "≤ 300 ms");
        var toEnd = Cost.Of(() => new Timeline(reader).MoveTo(reader.EventCount));
        figures.Add("first move to the end", $"{toEnd.Cpu * 1e3:0.0} ms", toEnd.Cpu * 1e3);
        AddPlayback(reader);
        var timeline = new Timeline(reader);
        AddSeeks(timeline);
        timeline.MoveTo(timeline.EventCount);
        words = timeline.Shadow.LiveWords;
        figures.Add("live heap", $"{words * 8 / 1e6:0.0} MB", words * 8 / 1e6, isQuick ? "" : "≥ 67 MB");
        AddQuestions(timeline);
        AddContinue(timeline);
    }

    private void Record()
    {
        using var writer = new TraceWriter(path, workload.Run.Header);
        var result = workload.Run.Execute(writer);
        writer.Finish(result.ToOutcome(), result.Choices);
    }

    private void AddSizes(long events)
    {
        using var reader = TraceReader.Open(path);
        var bytes = new FileInfo(path).Length;
        var parts = string.Join(", ", reader.Sizes().Where(s => s.Bytes > bytes / 1000).Select(s => $"{s.Part} {(double)s.Bytes / events:0.00}"));
        figures.Add("bytes/event", $"{(double)bytes / events:0.00} ({parts})", (double)bytes / events, "≤ 3; file ≤ 1 GB");
        figures.Add("checkpoints", $"{reader.Checkpoints.Count}", reader.Checkpoints.Count);
    }

    private void AddPlayback(TraceReader reader)
    {
        var played = Math.Min(reader.EventCount, PlayedMax);
        var cost = Cost.Median(3, () => new Timeline(new WithoutCheckpoints(reader)).MoveTo(played));
        figures.Add("playback from the file, of CPU time", $"{FirstTable.Speed(played, cost.Cpu)} events/s", played / cost.Cpu, "≥ 20 M/s");
    }

    private void AddSeeks(Timeline timeline)
    {
        var (seeks, backs) = (new List<double>(), new List<double>());
        for (var i = 0; i < Seeks; i++)
        {
            var to = 1 + (long)(Next() % (ulong)timeline.EventCount);
            seeks.Add(Milliseconds(() => timeline.MoveTo(to)));
            backs.Add(Milliseconds(() => timeline.MoveTo(to - 1)));
        }

        figures.AddTimes("seek: median, p99, worst", seeks, "≤ 30 ms, ≤ 100 ms");
        figures.AddTimes("one event back: median, p99, worst", backs, "≤ 1 ms, worst ≤ 50 ms");
    }

    private void AddQuestions(Timeline timeline)
    {
        var objects = new ObjectIndex(timeline.Blocks);
        var first = Milliseconds(() => objects.Find(new ObjectName(1, false)));
        figures.Add("first question for a birth", $"{first:0.0} ms", first);
        var (words, births, placements, biographies) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var history = new WordHistory(timeline.Blocks);
        var numbers = objects.Highest();
        for (var i = 0; i < Questions; i++)
        {
            var name = new ObjectName(1 + Next() % numbers, false);
            births.Add(Milliseconds(() => objects.Find(name)));
            if (timeline.Shadow.Object(name.Number) is { } entry)
                words.Add(Milliseconds(() => history.LastWrite(entry.Address + 16 + (i & 1) * 8, timeline.Position)));
        }

        figures.AddTimes("who wrote a word of an object last: median, p99, worst", words, "≤ 100 ms");
        figures.AddTimes("birth and death of an object: median, p99, worst", births, "");
        for (var i = 0; i < Questions / 10; i++)
        {
            var name = new ObjectName(1 + Next() % numbers, false);
            IReadOnlyList<Placement> places = [];
            placements.Add(Milliseconds(() => places = new Placements(timeline.Blocks, objects).Of(name)));
            biographies.Add(Milliseconds(() => _ = Count(timeline, new OnObject("", name, places))));
        }

        figures.AddTimes("where an object was: median, p99, worst", placements, "");
        figures.AddTimes("all events of an object: median, p99, worst", biographies, "");
        var lists = new Memberships(timeline.Blocks);
        var place = new Placements(timeline.Blocks, objects).Of(new ObjectName(numbers / 2, false));
        var member = Milliseconds(() => lists.OfObject(place));
        figures.Add("history of an object's lists", $"{member:0.0} ms", member);
    }

    private static int Count(Timeline timeline, OnObject condition)
    {
        var debugger = new Runner(timeline, new StopTable());
        var count = 0;
        while (timeline.Position > 0 && debugger.Until(condition, null, false).Reason == HaltReason.Arrived)
            count++;
        timeline.MoveTo(timeline.EventCount);
        return count;
    }

    /// <summary>Backwards over ten million events with a condition that never holds, and to a watched word.</summary>
    private void AddContinue(Timeline timeline)
    {
        var length = Math.Min(timeline.EventCount, PlayedMax);
        var runner = new Runner(timeline, new StopTable()) { Fence = timeline.EventCount - length };
        var debugger = new Debugging.Debugger(timeline.Source);
        var guard = Debugging.Expressions.Expression.Condition(debugger, "event.value == 12345");
        var cost = Cost.Of(() => runner.Until(new AtKind(EventKind.Store), guard, false));
        figures.Add($"reverse-continue with a condition over {length / 1e6:0.0} M events", $"{cost.Cpu * 1e3:0} ms", cost.Cpu * 1e3, "≤ 1 s for 10 M");
        timeline.MoveTo(timeline.EventCount);
        runner.Fence = 0;
        var watch = new OnWords("", WatchAccess.Write, [new Placement(0, long.MaxValue, new Address(64), new Address(72), new Address(64))]);
        cost = Cost.Of(() => runner.Until(watch, null, false));
        figures.Add("reverse-continue to a watched word that nobody writes", $"{cost.Cpu * 1e3:0} ms", cost.Cpu * 1e3, "≤ 1 s for 10 M");
    }

    /// <summary>CPU time: wall time is the same where nothing else runs.</summary>
    private static double Milliseconds(Action action) => Cost.Of(action).Cpu * 1e3;

    private ulong Next() => random = StateHash.Combine(random, 1);
}
