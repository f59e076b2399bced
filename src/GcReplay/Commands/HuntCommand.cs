using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Hunting;
using GcReplay.Output;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;

namespace GcReplay.Commands;

/// <summary><c>hunt (PROGRAM | --generate)</c>: chaos over many seeds; failures grouped by signature.</summary>
internal sealed class HuntCommand(CommandConsole console)
{
    /// <summary>Fewer runs than this are not worth the start of one more process.</summary>
    private const int RunsForAProcess = 500;

    private const int PatienceMax = 1_000_000;

    private readonly Argument<string?> program = new("PROGRAM")
    {
        Description = "a heap program (*.heap), or --generate",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> generate = new("--generate") { Description = "make a program, parameters and allocator from each seed" };

    private readonly Option<long?> runs = new("--runs") { HelpName = "N", Description = "hunt with N seeds" };

    private readonly Option<double?> seconds = new("--seconds") { HelpName = "S", Description = "hunt for S seconds" };

    private readonly Option<bool> untilFailure = new("--until-failure") { Description = "hunt until something is found" };

    private readonly Option<string?> output = new("-o", "--output")
    {
        HelpName = "DIR",
        Description = "folder for what is found; an earlier hunt in it is resumed",
    };

    private readonly Option<string[]> ignore = new("--ignore")
    {
        HelpName = "SIGNATURE",
        Description = "a known signature: go on past it; may be repeated",
    };

    private readonly Option<string[]> strategies = new("--strategy")
    {
        HelpName = "NAME",
        Description = $"how to answer choices; may be repeated: {string.Join(", ", ChaosStrategies.All.Select(s => s.Name))}",
    };

    private readonly Option<bool> vary = new("--vary") { Description = "draw parameters and allocator for PROGRAM, too" };

    private readonly Option<int?> jobs = new("--jobs")
    {
        HelpName = "J",
        Description = "processes that run seeds at once; 0: in this one",
    };

    private readonly Option<double> patience = new("--patience")
    {
        HelpName = "S",
        Description = "a run that takes longer is hung",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<bool> leaks = new("--leaks") { Description = "objects that no collection will find are findings" };

    private readonly RunArguments run = new();

    public Command Create()
    {
        var command = new Command("hunt", "runs many seeds of chaos and groups what goes wrong") { program, generate, runs, seconds, untilFailure, output, jobs, ignore, leaks, strategies, vary, patience };
        run.AddTo(command, isHunt: true);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(program);
        var limit = new HuntLimit(parsed.GetValue(runs), parsed.GetValue(seconds), parsed.GetValue(untilFailure));
        CheckArguments(path, parsed.GetValue(generate), limit);
        var target = new HuntTarget
        {
            Collector = run.Collector(parsed),
            Program = path is null ? null : (Path.GetFileName(path), InputFile.ReadText(path, "a heap program (*.heap)")),
            Allocator = run.GivenAllocator(parsed),
            Parameters = run.Parameters(parsed),
            Varies = parsed.GetValue(vary),
            FindsLeaks = parsed.GetValue(leaks),
            Strategies = [.. parsed.GetValue(strategies) ?? []],
        };
        if (!target.Strategies.IsEmpty && target.Parameters.ContainsKey(RunParameters.Strategy))
            throw new GcReplayException($"--strategy and --set {RunParameters.Strategy} both name one. Leave one out.");
        string[] ignored = [.. parsed.GetValue(ignore) ?? []];
        var keeper = new FailureKeeper(new RunMaker(target), path);
        var fallback = $"{(path is null ? target.Collector.Split('@', ':')[0] : Path.GetFileNameWithoutExtension(path))}.hunt";
        using var folder = new HuntFolder(parsed.GetValue(output), Path.GetFileName(fallback), Identity(target, ignored), keeper.Keep);
        if (folder.DoneBefore.Length > 0)
            console.Prose.WriteLine($"going on in {folder.Path}: seeds {folder.DoneBefore} are done");
        var before = folder.Result.Tally.Operations;
        var hunted = 0.0;
        var runners = Runners(parsed, target, ignored, limit);
        try
        {
            ProgressLine.Run(
                console, "hunting", limit.Runs ?? 0,
                report =>
                {
                    var hunter = new Hunter(folder, run.GivenSeed(parsed) ?? 1, limit, report);
                    hunter.Hunt(runners, console.Cancellation);
                    hunted = hunter.Seconds;
                    return 0;
                },
                "runs");
        }
        finally
        {
            runners.ForEach(runner => runner.Dispose());
        }

        var isCancelled = console.Cancellation.IsCancellationRequested;
        new HuntReport(console.Prose).Write(folder, hunted, folder.Result.Tally.Operations - before, ignored);
        console.Result(HuntReport.Json(folder, hunted, isCancelled));
        return isCancelled ? ExitCode.Cancelled : folder.Result.Tally.Failures.IsEmpty ? ExitCode.Ok : ExitCode.Finding;
    }

    private List<IHuntRunner> Runners(ParseResult parsed, HuntTarget target, string[] ignored, HuntLimit limit)
    {
        var processes = parsed.GetValue(jobs) ?? (int)Math.Clamp((limit.Runs ?? long.MaxValue) / RunsForAProcess, 1, Environment.ProcessorCount);
        if (processes is < 0 or > 1024)
            throw new GcReplayException($"--jobs {processes}: expected a number from 0 to 1024.");
        if (parsed.GetValue(patience) is not (>= 1 and <= PatienceMax) and var given)
            throw new GcReplayException(string.Create(CultureInfo.InvariantCulture, $"--patience {given}: expected seconds, from 1 to {PatienceMax}."));
        var waits = TimeSpan.FromSeconds(parsed.GetValue(patience));
        return processes == 0
            ? [new LocalRunner(target, ignored)]
            : [.. Enumerable.Range(0, processes).Select(_ => new WorkerProcess(target, ignored, waits))];
    }

    /// <summary>See <see cref="HuntIdentity"/>: a plug-in that was built anew is another collector.</summary>
    private static JsonObject Identity(HuntTarget target, string[] ignored)
    {
        var identity = HuntWorkerCommand.Describe(target, ignored);
        if (FoundCollector.Of(target.Collector).PlugIn is { } plugIn)
            identity["plugIn"] = plugIn.Note.ToString();
        identity["toolVersion"] = App.ToolVersion;
        return identity;
    }

    private static void CheckArguments(string? path, bool isGenerated, HuntLimit limit)
    {
        if (path is null && !isGenerated)
            throw new GcReplayException("expected a heap program to hunt with, or --generate for programs that are made from the seeds.");
        if (path is not null && isGenerated)
            throw new GcReplayException($"--generate makes programs, and {path} is one. Leave one of them out.");
        if (limit is { Runs: null, Seconds: null, UntilFailure: false })
            throw new GcReplayException("expected how long to hunt: --runs N, --seconds S or --until-failure.");
        if (limit.Runs < 1)
            throw new GcReplayException($"--runs is more than 0; found {limit.Runs}.");
        if (limit.Seconds is not null and not > 0)
            throw new GcReplayException(string.Create(CultureInfo.InvariantCulture, $"--seconds is more than 0; found {limit.Seconds}."));
    }
}
