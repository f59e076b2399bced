using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Commands;

/// <summary><c>sweep PROGRAM --over KEY=V1,V2</c>: one program and seed with every combination of values; a table of what they came to.</summary>
internal sealed class SweepCommand(CommandConsole console)
{
    private readonly Argument<string> program = new("PROGRAM") { Description = "a heap program (*.heap)" };

    private readonly Option<string[]> over = new("--over")
    {
        HelpName = "KEY=V1,V2",
        Description = "values of allocator, collector, seed or a parameter; a key alone for all of its values; a range of numbers as 1..20; may be repeated",
        Required = true,
    };

    private readonly RunArguments run = new();

    public Command Create()
    {
        var command = new Command("sweep", "runs a program with every combination of some values") { program, over };
        run.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var options = run.Options(parsed, parsed.GetValue(program)!);
        var family = FoundCollector.Of(options.Collector).Family;
        (string Key, ImmutableArray<string> Values)[] keys = [.. (parsed.GetValue(over) ?? []).Select(text => Values(text, family))];
        if (keys.GroupBy(k => k.Key).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw new GcReplayException($"--over names '{twice}' twice. Give all of its values at once: {twice}=V1,V2.");
        var combinations = Combinations.Of(keys);
        Combinations.CheckEach(options, keys);
        var results = new List<CombinationResult>();
        ProgressLine.Run(
            console, "sweeping", combinations.Count,
            report =>
            {
                try
                {
                    foreach (var values in combinations)
                    {
                        results.Add(Combinations.Run(options, values, console.Cancellation));
                        report(results.Count);
                    }
                }
                catch (OperationCanceledException)
                {
                    // What is finished is shown.
                }

                return 0;
            });
        var isCancelled = results.Count < combinations.Count;
        Print(results);
        if (isCancelled)
            console.Prose.WriteLine($"cancelled; {combinations.Count - results.Count} more combinations were not run");
        console.Result(new JsonObject
        {
            ["status"] = isCancelled ? "cancelled" : results.Exists(r => r.Outcome != "ok") ? "failure" : "ok",
            ["results"] = new JsonArray([.. results.Select(Json)]),
        });
        return isCancelled ? ExitCode.Cancelled : results.Exists(r => r.Outcome != "ok") ? ExitCode.Finding : ExitCode.Ok;
    }

    private void Print(List<CombinationResult> results)
    {
        if (results.Count == 0)
            return;
        var rows = results.Select(Row).Prepend([.. results[0].Values.Select(v => v.Key), "outcome", "first corrupt event", "code"]).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
            console.Prose.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        console.Prose.WriteLine(string.Join(", ", results.GroupBy(r => r.Outcome).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}")));
        if (results.Count > 1 && results[0].Values.Length == 1)
            console.Prose.WriteLine($"windows of {results[0].Values[0].Key}: {string.Join(", ", Windows(results))}");
        var first = results.Select(r => r.FirstCorruption?.Signature).OfType<string>().Distinct().ToList();
        if (first.Count == 1 && results.Count > 1)
            console.Prose.WriteLine($"wherever one was found, the first corruption is the same: {first[0]}");
    }

    /// <summary>Values one after the other with one outcome, as <c>hazard 3..7</c>.</summary>
    private static IEnumerable<string> Windows(List<CombinationResult> results)
    {
        for (var i = 0; i < results.Count;)
        {
            var end = i;
            while (end + 1 < results.Count && results[end + 1].Outcome == results[i].Outcome)
                end++;
            var (from, to) = (results[i].Values[0].Value, results[end].Values[0].Value);
            yield return from == to ? $"{results[i].Outcome} {from}" : $"{results[i].Outcome} {from}..{to}";
            i = end + 1;
        }
    }

    private static string[] Row(CombinationResult result) =>
    [
        .. result.Values.Select(v => v.Value), result.Outcome, result.FirstCorruption is { } first ? $"{first.Event}" : "",
        result.FirstCorruption?.Code ?? result.Failure?.Code ?? "",
    ];

    private static JsonNode Json(CombinationResult result)
    {
        var json = new JsonObject
        {
            ["values"] = new JsonObject(result.Values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value))),
            ["outcome"] = result.Outcome,
            ["operations"] = result.Operations,
        };
        if (result.Failure is { } failure)
            json["failure"] = new JsonObject { ["kind"] = failure.Kind, ["code"] = failure.Code, ["event"] = failure.Event, ["message"] = failure.Message, ["signature"] = failure.Signature };
        if (result.FirstCorruption is { } first)
            json["firstCorruption"] = new JsonObject { ["event"] = first.Event, ["code"] = first.Code, ["message"] = first.Message, ["signature"] = first.Signature };
        return json;
    }

    private static (string Key, ImmutableArray<string> Values) Values(string text, CollectorFamily family)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 0 && Combinations.AllValues(text, family) is { IsEmpty: false } all)
            return (text, [.. all.Distinct()]);
        if (at < 1)
            throw new GcReplayException($"--over {text}: expected KEY=V1,V2. Keys: {Combinations.Keys(family)}.");
        ImmutableArray<string> values = [.. text[(at + 1)..].Split(',').SelectMany(value => Range(text, value))];
        if (values.Contains(""))
            throw new GcReplayException($"--over {text}: a value is empty.");
        return values.Distinct().Count() == values.Length ? (text[..at], values) : throw new GcReplayException($"--over {text}: a value comes twice. Leave one out.");
    }

    /// <summary><c>3..6</c> as 3, 4, 5, 6; anything else as it is.</summary>
    private static IEnumerable<string> Range(string text, string value)
    {
        if (value.Split("..") is not [var first, var last] || !ulong.TryParse(first, out var from) || !ulong.TryParse(last, out var to))
            return [value];
        if (from > to)
            throw new GcReplayException($"--over {text}: {value} goes backwards; expected the lower number first.");
        return to - from < Combinations.Max
            ? Enumerable.Range(0, (int)(to - from) + 1).Select(n => (from + (ulong)n).ToString(System.Globalization.CultureInfo.InvariantCulture))
            : throw new GcReplayException($"--over {text}: {value} is more than {Combinations.Max} values. Leave some out.");
    }
}
