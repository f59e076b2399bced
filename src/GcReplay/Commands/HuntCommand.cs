using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Hunting;
using GcReplay.Output;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Commands;

/// <summary><c>hunt (PROGRAM | --generate)</c>: chaos over many seeds; failures grouped by signature.</summary>
internal sealed class HuntCommand(CommandConsole console)
{
    private readonly Argument<string?> program = new("PROGRAM")
    {
        Description = "a heap program (*.heap); none with --generate",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> generate = new("--generate") { Description = "hunt with programs that are made from the seeds, with parameters and allocators drawn" };

    private readonly Option<long?> runs = new("--runs") { HelpName = "N", Description = "hunt with N seeds" };

    private readonly Option<double?> seconds = new("--seconds") { HelpName = "S", Description = "hunt for S seconds" };

    private readonly Option<bool> untilFailure = new("--until-failure") { Description = "hunt until something is found" };

    private readonly Option<string?> output = new("-o", "--output")
    {
        HelpName = "DIR",
        Description = "the folder for what is found; one of an earlier hunt of the same is resumed. Default: a new one here, made when something is found",
    };

    private readonly Option<string[]> ignore = new("--ignore")
    {
        HelpName = "SIGNATURE",
        Description = "a signature that is known: runs go on past it; may be repeated",
    };

    private readonly Option<string[]> strategies = new("--strategy")
    {
        HelpName = "NAME",
        Description = $"how choices are answered; may be repeated, one is drawn for each run: {string.Join(", ", ChaosStrategies.All.Select(s => s.Name))}. "
            + "Default: random for a program, all with --generate",
    };

    private readonly Option<bool> vary = new("--vary") { Description = "draw parameters and the allocator for each run of PROGRAM, too" };

    private readonly RunArguments run = new();

    public Command Create()
    {
        var command = new Command("hunt", "runs many seeds of chaos and groups what goes wrong") { program, generate, runs, seconds, untilFailure, output, ignore, strategies, vary };
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
            Strategies = [.. parsed.GetValue(strategies) ?? []],
        };
        string[] ignored = [.. parsed.GetValue(ignore) ?? []];
        using var runner = new LocalRunner(target, ignored);
        var keeper = new FailureKeeper(new RunMaker(target), path);
        var fallback = $"{(path is null ? target.Collector.Split('@', ':')[0] : Path.GetFileNameWithoutExtension(path))}.hunt";
        var folder = new HuntFolder(parsed.GetValue(output), Path.GetFileName(fallback), Describe(target, ignored), keeper.Keep);
        if (folder.DoneBefore.Length > 0)
            console.Prose.WriteLine($"going on in {folder.Path}: seeds {folder.DoneBefore} are done");
        var before = folder.Result.Tally.Operations;
        var hunted = 0.0;
        ProgressLine.Run(
            console, "hunting", limit.Runs ?? 0,
            report =>
            {
                var hunter = new Hunter(folder, run.GivenSeed(parsed) ?? 1, limit, report);
                hunter.Hunt([runner], console.Cancellation);
                hunted = hunter.Seconds;
                return 0;
            },
            "runs");
        var isCancelled = console.Cancellation.IsCancellationRequested;
        new HuntReport(console.Prose).Write(folder, hunted, folder.Result.Tally.Operations - before);
        console.Result(HuntReport.Json(folder, hunted, isCancelled));
        return isCancelled ? ExitCode.Cancelled : folder.Result.Tally.Failures.IsEmpty ? ExitCode.Ok : ExitCode.Finding;
    }

    private static void CheckArguments(string? path, bool isGenerated, HuntLimit limit)
    {
        if (path is null && !isGenerated)
            throw new GcReplayException("expected a heap program to hunt with, or --generate for programs that are made from the seeds.");
        if (path is not null && isGenerated)
            throw new GcReplayException($"--generate makes programs, and {path} is one. Leave one of them out.");
        if (limit is { Runs: null, Seconds: null, UntilFailure: false })
            throw new GcReplayException("expected how long to hunt: --runs N, --seconds S or --until-failure.");
        if (limit is { Runs: < 1 } or { Seconds: <= 0 })
            throw new GcReplayException($"--runs and --seconds are more than 0; found {limit.Runs ?? limit.Seconds}.");
    }

    /// <summary>What makes two hunts the same, so that one goes on where the other ended.</summary>
    private static JsonObject Describe(HuntTarget target, string[] ignored) => new()
    {
        ["collector"] = target.Collector,
        ["program"] = target.Program?.Name,
        ["text"] = target.Program?.Text,
        ["allocator"] = target.Allocator,
        ["parameters"] = new JsonObject(target.Parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        ["vary"] = target.Varies,
        ["strategies"] = new JsonArray([.. target.Strategies.Order(StringComparer.Ordinal).Select(s => JsonValue.Create(s))]),
        ["ignored"] = new JsonArray([.. ignored.Order(StringComparer.Ordinal).Select(s => JsonValue.Create(s))]),
        ["toolVersion"] = App.ToolVersion,
    };
}
