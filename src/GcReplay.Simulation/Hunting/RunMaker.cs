using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Chaos.Strategies;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting;

/// <summary>Makes the runs of a hunt.</summary>
public sealed class RunMaker
{
    /// <summary>Draws of parameters that do not fit together are drawn again so often, before the defaults are taken.</summary>
    private const int DrawsMax = 12;

    private readonly HuntTarget target;
    private readonly FoundCollector found;
    private readonly HeapProgram? program;
    private readonly ProgramMaker maker;
    private readonly ImmutableArray<string> strategies;

    /// <exception cref="GcReplayException">The collector, the program, a parameter or a strategy is none.</exception>
    public RunMaker(HuntTarget target)
    {
        this.target = target;
        found = FoundCollector.Of(target.Collector);
        maker = new ProgramMaker(found.Family);
        strategies = target.Strategies.IsEmpty ? [.. ChaosStrategies.All.Select(s => s.Name)] : target.Strategies;
        foreach (var strategy in strategies)
            ChaosStrategies.Find(strategy);
        if (target.Program is not var (name, text))
            return;
        program = HeapProgramParser.Parse(name, text, found.Family.Operations);
        // Whatever does not fit is told before the hunt.
        _ = Prepare(1);
    }

    public CollectorFamily Family => found.Family;

    /// <summary>Operations that runs could have: those of the program, or all that the collector knows.</summary>
    public IReadOnlyList<string> OperationNames => program is not null
        ? [.. program.Statements().Select(statement => statement.Operation.Name).Distinct()]
        : [.. Character.RowsOf(found.Family).Select(row => row.Name)];

    /// <summary>Everything that decides the run of a seed, with the program's text.</summary>
    public RunOptions Options(ulong seed)
    {
        var planned = Plan(seed);
        return planned.Program is { } made ? planned.Options with { ProgramText = HeapProgramPrinter.Print(made) } : planned.Options;
    }

    /// <summary>The run of a seed; the text of a generated program is left out of its header.</summary>
    public PreparedRun Prepare(ulong seed)
    {
        var (options, made) = Plan(seed);
        return new PreparedRun(options, made ?? program, "", found);
    }

    /// <summary>The run of a seed at another revision, or with another collector, from the choices that it made here.</summary>
    public PreparedRun Elsewhere(ulong seed, FoundCollector other, IReadOnlyList<RecordedChoice> choices)
    {
        var (options, made) = Plan(seed);
        return new PreparedRun(options with { Collector = $"{other.Family.Name}@{other.Revision}", Choices = choices }, made ?? program, "", other);
    }

    private (RunOptions Options, HeapProgram? Program) Plan(ulong seed)
    {
        var dice = new Dice(seed);
        var made = target.IsGenerated ? maker.Make(dice.Next()) : null;
        var options = new RunOptions
        {
            ProgramName = target.Program?.Name ?? made!.Name,
            ProgramText = target.Program?.Text ?? "",
            Collector = target.Collector,
            Allocator = target.Allocator ?? (Draws ? dice.Of<string>(Allocators.Allocators.Names) : "glibc"),
            Seed = seed,
            IsChaos = true,
            Parameters = target.Parameters,
        };
        if (!options.Parameters.ContainsKey(RunParameters.Strategy) && (target.IsGenerated || !target.Strategies.IsEmpty))
            options = options with { Parameters = options.Parameters.SetItem(RunParameters.Strategy, dice.Of<string>(strategies)) };
        return (Draws ? WithParameters(options, made, dice) : options, made);
    }

    private bool Draws => target.Varies || target.IsGenerated;

    private RunOptions WithParameters(RunOptions options, HeapProgram? made, Dice dice)
    {
        var used = made?.Statements().Select(statement => statement.Operation.Name).ToHashSet(StringComparer.Ordinal);
        string[] excluded = [.. found.Family.Misuses.Where(misuse => used is not null && misuse.Some.Any(used.Contains)).SelectMany(misuse => misuse.Others)];
        for (var i = 0; i < DrawsMax; i++)
        {
            var parameters = options.Parameters.ToBuilder();
            foreach (var parameter in found.Family.Parameters.Where(p => !target.Parameters.ContainsKey(p.Key)))
            {
                if (dice.Of<string>(parameter.Drawn) is var drawn && !excluded.Contains($"{parameter.Key}={drawn}"))
                    parameters[parameter.Key] = drawn;
            }

            if (found.Family.Fits(found.Revision, parameters))
                return options with { Parameters = parameters.ToImmutable() };
        }

        return options;
    }
}
