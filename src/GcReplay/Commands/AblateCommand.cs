using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Output;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;

namespace GcReplay.Commands;

/// <summary><c>ablate FILE</c>: a trace's run again with one thing off at a time; a table of what each came to.</summary>
internal sealed class AblateCommand(CommandConsole console)
{
    private readonly RecordedRun recorded = new("a trace of a run that fails (*.gctrace)");

    public Command Create()
    {
        var command = new Command("ablate", "runs a trace's program again with one thing off at a time");
        recorded.AddTo(command);
        recorded.AddPlugInTo(command);
        command.SetAction(parsed => Run(recorded.Options(console, parsed)));
        return command;
    }

    private int Run(RunOptions options)
    {
        var whole = Combinations.Run(options, [], console.Cancellation);
        var rows = new TextTable();
        rows.Add("nothing off", Text(whole, whole));
        var results = new JsonArray();
        var ablations = Combinations.Ablations(options);
        ProgressLine.Run(console, "ablating", ablations.Count, report =>
        {
            for (var i = 0; i < ablations.Count && !console.Cancellation.IsCancellationRequested; i++)
            {
                var (what, run) = ablations[i];
                if (Finished(run) is not { } result)
                    break;
                rows.Add(what, Text(result, whole));
                results.Add(new JsonObject
                {
                    ["off"] = what,
                    ["outcome"] = result.Outcome,
                    ["signature"] = Signature(result),
                    ["same"] = Signature(result) == Signature(whole),
                });
                report(i + 1);
            }

            return 0;
        });
        var isCancelled = results.Count < ablations.Count;
        rows.Write(console.Prose);
        if (isCancelled)
            console.Prose.WriteLine($"cancelled; {ablations.Count - results.Count} more were not tried");
        if (ablations.Count == 0)
            console.Prose.WriteLine("there is nothing to take away: no choices, no parameters, and glibc");
        console.Result(new JsonObject
        {
            ["status"] = isCancelled ? "cancelled" : whole.Outcome == "ok" ? "ok" : "failure",
            ["outcome"] = whole.Outcome,
            ["signature"] = Signature(whole),
            ["results"] = results,
        });
        return isCancelled ? ExitCode.Cancelled : whole.Outcome == "ok" ? ExitCode.Ok : ExitCode.Finding;
    }

    /// <summary>Null when it was cancelled.</summary>
    private CombinationResult? Finished(RunOptions run)
    {
        try
        {
            return Combinations.Run(run, [], console.Cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The first thing that went wrong; null when nothing did.</summary>
    private static string? Signature(CombinationResult result) => (result.FirstCorruption ?? result.Failure)?.Signature;

    private static string Text(CombinationResult result, CombinationResult whole)
    {
        var signature = Signature(result);
        if (ReferenceEquals(result, whole))
            return $"{result.Outcome}: {signature ?? "nothing is wrong"}";
        return signature is null ? "ok: it is needed" : signature == Signature(whole) ? $"{result.Outcome}: the same, it does not matter" : $"{result.Outcome}: {signature}";
    }
}
