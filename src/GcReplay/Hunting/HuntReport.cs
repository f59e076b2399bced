using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>What a hunt came to, in prose and as JSON.</summary>
internal sealed class HuntReport(TextWriter writer)
{
    /// <summary>Names beyond this many are only counted.</summary>
    private const int NamesShown = 40;

    public void Write(HuntFolder folder, double seconds, long operations, IReadOnlyList<string> ignored)
    {
        var tally = folder.Result.Tally;
        var speed = seconds > 0 ? operations / seconds : 0;
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Runs} runs, {tally.Operations} operations, {tally.Events} events; {seconds:0.0} s, {speed:0} operations a second"));
        if (folder.Done.All.Count > 0)
            writer.WriteLine($"seeds done: {folder.Done}");
        if (tally.OwnFaults > 0)
            writer.WriteLine($"{tally.OwnFaults} programs ended in an assertion that they brought upon themselves: no finding");
        foreach (var (signature, count) in tally.Ignored)
            writer.WriteLine($"ignored in {count} runs: {signature}");
        foreach (var signature in ignored.Where(signature => !tally.Ignored.ContainsKey(signature)))
            writer.WriteLine($"to be ignored, and never met: {signature}");
        foreach (var group in tally.Failures.Values.OrderByDescending(g => g.Hits).ThenBy(g => g.Signature, StringComparer.Ordinal))
            WriteGroup(group, folder.Kept(group.Signature));
        if (tally.Failures.IsEmpty)
            writer.WriteLine("nothing was found");
        WriteCoverage(folder.Result.Coverage);
    }

    private void WriteGroup(FailureGroup group, KeptFailure? kept)
    {
        writer.WriteLine($"{group.Signature}");
        writer.WriteLine($"  {group.Hits} {(group.Hits == 1 ? "run" : "runs")}; the shortest is seed {group.Seed}, {group.Operations} operations");
        writer.WriteLine($"  {kept?.Message ?? group.Failure.Message}");
        if (kept?.Trace is { } trace)
            writer.WriteLine($"  trace: {trace}");
        if (kept is not null)
            writer.WriteLine($"  again: {kept.Command}");
    }

    private void WriteCoverage(Coverage coverage)
    {
        var sites = coverage.Places.Keys.Select(place => place.Site).Distinct().Count();
        writer.WriteLine($"reached {sites} sites, {coverage.Places.Count} times another phase or other flags");
        WriteNames("sites never reached", coverage.SitesNotReached);
        WriteNames("phases never reached", coverage.PhasesNotReached);
        WriteNames("operations never done", coverage.OperationsNotDone);
    }

    private void WriteNames(string what, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        var more = names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "";
        writer.WriteLine($"{what}: {string.Join(", ", names.Take(NamesShown))}{more}");
    }

    public static JsonObject Json(HuntFolder folder, double seconds, bool isCancelled)
    {
        var json = new JsonObject
        {
            ["status"] = isCancelled ? "cancelled" : folder.Result.Tally.Failures.IsEmpty ? "ok" : "failure",
            ["seconds"] = Math.Round(seconds, 3),
        };
        foreach (var (key, value) in folder.Result.ToJson())
            json[key] = value?.DeepClone();
        foreach (var failure in json["failures"]!.AsArray())
        {
            if (folder.Kept((string)failure!["signature"]!) is not { } kept)
                continue;
            failure["message"] = kept.Message;
            failure["trace"] = kept.Trace;
            failure["program"] = kept.Program;
            failure["command"] = kept.Command;
        }

        json["folder"] = folder.Path;
        json["done"] = new JsonArray([.. folder.Done.All.Select(range => (JsonNode)new JsonArray(range.First, range.Last))]);
        return json;
    }
}
