using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;

namespace GcReplay.Benchmarks;

/// <summary>Prints where the time of a hunt with generated programs goes: the same seeds are run again and again, each time one stage
/// further, and a stage costs what it adds.</summary>
internal static class CampaignTable
{
    private const int Seeds = 500;

    /// <summary>The least of so many rounds counts: other programs only add.</summary>
    private const int Rounds = 5;

    private static readonly string[] Stages =
        ["making the program", "drawing and preparing", "starting the process", "operations", "starting the sanitizers", "sanitizers", "coverage"];

    /// <param name="names">Of families; all when none is named.</param>
    public static void Print(TextWriter writer, string[] names)
    {
        writer.WriteLine($"| family | operations a run | events a run | µs a run | {string.Join(" | ", Stages)} | operations/s |");
        writer.WriteLine($"|---|---|---|---|{string.Concat(Enumerable.Repeat("---|", Stages.Length + 1))}");
        foreach (var family in Families.All.Where(f => names.Length == 0 || names.Contains(f.Name)))
        {
            writer.WriteLine(Row(family));
            writer.Flush();
        }
    }

    private static string Row(CollectorFamily family)
    {
        var campaign = new Campaign(new HuntTarget { Collector = family.Name }, []);
        var programs = new ProgramMaker(family);
        var (ignored, memory, operations, events) = (new HashSet<string>(), new TrialMemory(), 0L, 0L);
        Action<ulong>[] upTo =
        [
            seed => programs.Make(new Dice(seed).Next()),
            seed => campaign.Maker.Prepare(seed),
            seed => campaign.Maker.Prepare(seed).Execute(null, new UpToTheProgram(checks: false)),
            seed => campaign.Maker.Prepare(seed).Execute(null, new Watching()),
            seed => campaign.Maker.Prepare(seed).Execute(null, new UpToTheProgram(checks: true)),
            seed => Trial.Run(campaign.Maker.Prepare(seed), ignored, family.ProgramFaults, memory: memory),
            seed =>
            {
                var run = campaign.Run(seed).Run;
                operations += run.Operations;
                events += run.Events;
            },
        ];
        foreach (var stage in upTo)
            Take(stage);
        var least = Enumerable.Repeat(double.MaxValue, upTo.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            (operations, events) = (0, 0);
            for (var i = 0; i < upTo.Length; i++)
                least[i] = Math.Min(least[i], Take(upTo[i]));
        }

        var started = least[4] - least[2];
        double[] costs = [least[0], least[1] - least[0], least[2] - least[1], least[3] - least[2], started, least[5] - least[3] - started, least[6] - least[5]];
        var cells = costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost:0} ({100 * cost / least[^1]:0} %)"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {family.Name} | {operations / Seeds} | {events / Seeds} | {least[^1]:0} | {string.Join(" | ", cells)} | {1000.0 * operations / Seeds / least[^1]:0} k |");
    }

    /// <summary>Microseconds of CPU time a run.</summary>
    private static double Take(Action<ulong> stage)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var seed = 1UL; seed <= Seeds; seed++)
            stage(seed);
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Seeds;
    }

    private sealed class Watching : IRunObserver
    {
        public void Start(AddressSpace space, Shadow shadow, Layout layout)
        {
        }

        public bool AfterEvent(long number, in Event e) => true;
    }

    /// <summary>Stops a run before its first operation.</summary>
    private sealed class UpToTheProgram(bool checks) : IRunObserver
    {
        private SanitizerRun? run;

        public void Start(AddressSpace space, Shadow shadow, Layout layout) =>
            run = checks ? new SanitizerRun(new HeapView(space, shadow, layout)) : null;

        public bool AfterEvent(long number, in Event e)
        {
            run?.After(number, e);
            if (e.Kind != EventKind.OperationBegin)
                return true;
            // What a sanitizer follows it begins with when it is asked first.
            run?.After(number, e with { Kind = EventKind.OperationEnd });
            return false;
        }
    }
}
