using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Simulation.Hunting.Shrinking;

/// <summary>A run that fails, or is tried.</summary>
/// <param name="Choices">Decisions other than the default; none for a run without chaos.</param>
public sealed record ShrinkCase(
    HeapProgram Program, ImmutableArray<RecordedChoice> Choices, ImmutableSortedDictionary<string, string> Parameters, string Allocator, string Collector)
{
    /// <summary>The run that made a trace.</summary>
    /// <exception cref="GcReplayException">Its program can not be run again.</exception>
    public static ShrinkCase Of(RunOptions options, FoundCollector found)
    {
        var program = HeapProgramParser.Parse(options.ProgramName, options.ProgramText, found.Family.Operations);
        // Of answers under one address all stay, or one would be given in place of another.
        var choices = options.IsChaos ? (options.Choices ?? []).GroupBy(choice => choice with { Chosen = 0 }).Where(g => g.Any(choice => choice.Chosen != 0)).SelectMany(g => g) : [];
        // How choices were answered is of no account any more: the answers are here.
        return new ShrinkCase(program, [.. choices], options.Parameters.Remove(RunParameters.Strategy), options.Allocator, options.Collector);
    }

    /// <summary>Everything that decides the run.</summary>
    public RunOptions Options => new()
    {
        ProgramName = Program.Name,
        ProgramText = HeapProgramPrinter.Print(Program),
        Collector = Collector,
        Allocator = Allocator,
        IsChaos = !Choices.IsEmpty,
        Choices = Choices.IsEmpty ? null : Choices,
        Parameters = Parameters,
    };

    /// <summary>What the run comes to; null when it can not be run.</summary>
    /// <param name="ignored">Signatures that the run goes on past.</param>
    internal TrialResult? Try(FoundCollector found, IReadOnlySet<string> ignored, bool findsLeaks, CancellationToken cancellation)
    {
        try
        {
            var options = Options with { ProgramText = "" };
            return Trial.Run(new PreparedRun(options, Program, "", found), ignored, null, null, findsLeaks, cancellation: cancellation);
        }
        catch (GcReplayException)
        {
            // It does not fit any more: a kind without slots, parameters that do not go together.
            return null;
        }
    }
}
