using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GcReplay.Heaps;
using GcReplay.Simulation.Allocators;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;

namespace GcReplay.Commands;

/// <summary>The options that say which run is made.</summary>
internal sealed class RunArguments
{
    private readonly Option<string> collector = new("--collector")
    {
        HelpName = "COLLECTOR",
        Description = $"name, or name@revision (newest when left out): {string.Join(", ", Families.All.Select(f => f.Name))}; or a plug-in: PATH.dll. All: gcreplay collectors",
        DefaultValueFactory = _ => "cpython39",
    };

    private readonly Option<string> allocator = new("--allocator")
    {
        HelpName = "NAME",
        Description = "where memory comes from: " + Allocators.Known,
        DefaultValueFactory = _ => "glibc",
    };

    private readonly Option<ulong?> seed = new("--seed")
    {
        HelpName = "N",
        Description = "what --chaos draws its choices from",
        CustomParser = ParseSeed,
    };

    private readonly Option<bool> chaos = new("--chaos") { Description = "perturb schedule, collections, thresholds and placement" };

    private readonly Option<string[]> parameters = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "a parameter of the collector, as gc.enabled=off; may be repeated",
    };

    private readonly Option<string?> fault = new("--fault")
    {
        HelpName = "NAME",
        Description = "plant a fault; NAME@K: at its K-th occurrence; NAME@1-K: at its first K",
    };

    /// <param name="isHunt">Whether there is chaos in any case, and many seeds.</param>
    public void AddTo(Command command, bool isHunt = false)
    {
        command.Add(collector);
        command.Add(allocator);
        command.Add(seed);
        if (!isHunt)
            command.Add(chaos);
        command.Add(parameters);
        command.Add(fault);
    }

    /// <summary>The run of a program in a file.</summary>
    /// <exception cref="GcReplayException">There is no such file, or an option has no meaning.</exception>
    public RunOptions Options(ParseResult parsed, string path) => new()
    {
        ProgramName = Path.GetFileName(path),
        ProgramText = InputFile.ReadText(path, "a heap program (*.heap)"),
        Collector = Collector(parsed),
        Allocator = Allocator(parsed),
        Seed = Seed(parsed),
        IsChaos = IsChaos(parsed),
        Parameters = Parameters(parsed),
    };

    public string Collector(ParseResult parsed) => parsed.GetValue(collector)!;

    public string Allocator(ParseResult parsed) => parsed.GetValue(allocator)!;

    /// <summary>Null when none was named.</summary>
    public string? GivenAllocator(ParseResult parsed) => parsed.GetResult(allocator) is { Implicit: false } ? parsed.GetValue(allocator) : null;

    /// <summary>Null when none was named.</summary>
    public ulong? GivenSeed(ParseResult parsed) => parsed.GetValue(seed);

    public bool IsChaos(ParseResult parsed) => parsed.GetValue(chaos);

    public bool HasSeed(ParseResult parsed) => parsed.GetValue(seed) is not null;

    /// <summary>The seed given, or with chaos one that is drawn: the only thing that is random in a run, and it is printed.</summary>
    public ulong Seed(ParseResult parsed) =>
        parsed.GetValue(seed) ?? (IsChaos(parsed) ? (ulong)Random.Shared.NextInt64(1, 1L << 32) : 0);

    /// <exception cref="GcReplayException">One is not KEY=VALUE, or a key comes twice.</exception>
    public ImmutableSortedDictionary<string, string> Parameters(ParseResult parsed)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(parameters) ?? [])
        {
            var at = text.IndexOf('=');
            if (at < 1)
                throw new GcReplayException($"--set {text}: expected KEY=VALUE.");
            if (!found.TryAdd(text[..at], text[(at + 1)..]))
                throw new GcReplayException($"--set {text}: '{text[..at]}' is set twice. Leave one out.");
        }

        if (parsed.GetValue(fault) is { } planted && !found.TryAdd(RunParameters.Fault, planted))
            throw new GcReplayException($"--fault {planted}: --set {RunParameters.Fault}={found[RunParameters.Fault]} names one, too. Leave one out.");
        return found.ToImmutable();
    }

    private static ulong? ParseSeed(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        result.AddError($"--seed {text}: expected a number from 0 to {ulong.MaxValue}.");
        return null;
    }
}
