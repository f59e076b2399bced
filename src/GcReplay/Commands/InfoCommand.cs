using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps.Events;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>info FILE</c>: what a trace holds, and whether it is whole.</summary>
internal sealed class InfoCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    public Command Create()
    {
        var command = new Command("info", "tells what a trace holds and whether it is whole") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    private int Run(string path)
    {
        using var trace = TraceReader.Open(path);
        var survey = DamageReport.Survey(console, path);
        Print(trace, survey);
        console.Result(Json(trace, survey));
        return ExitCode.Ok;
    }

    private void Print(TraceReader trace, TraceSurvey survey)
    {
        var (header, outcome, bytes) = (trace.Header, trace.Outcome, survey.FileBytes);
        var rows = new TextTable();
        rows.Add("program", $"{header.ProgramName}, {header.Operations.Length} statements, threads {string.Join(' ', header.Threads)}");
        rows.Add("collector", $"{header.Collector}@{header.Revision}{(header.PlugIn is { } plugIn ? $", of a plug-in: {plugIn}" : "")}");
        rows.Add("allocator", header.Allocator);
        rows.Add("choices", header.IsChaos ? $"chaos, seed {header.Seed}, {trace.ChoiceCount} made" : header.Seed == 0 ? "defaults" : $"defaults, seed {header.Seed} unused");
        if (header.Parameters.Count > 0)
            rows.Add("parameters", string.Join(' ', header.Parameters.Select(p => $"{p.Key}={p.Value}")));
        rows.Add("events", $"{trace.EventCount}{(outcome is null ? "" : $" in {outcome.Operations} operations")}");
        rows.Add("file", $"{bytes} bytes, {trace.BlockCount} blocks, {trace.Checkpoints.Count} checkpoints, {BytesPerEvent(trace, bytes)} an event");
        if (header.RecordedEvents > 0)
            rows.Add("window", $"events {header.FirstPosition + 1}-{trace.EventCount} of a run of {header.RecordedEvents}");
        if (header.IsRedacted)
            rows.Add("redacted", "program, names and contents of objects were taken out");
        foreach (var part in survey.Parts)
            rows.Add($"  {part.Name}", $"{part.Bytes} bytes in {(part.Frames == 1 ? "1 frame" : $"{part.Frames} frames")}, {part.RawBytes} unpacked");
        rows.Add("kinds", string.Join(", ", survey.Kinds.Where(k => k.Key != EventKind.Elided).OrderByDescending(k => k.Value).ThenBy(k => k.Key).Select(k => $"{k.Value} {k.Key}")));
        rows.Add("collections", Collections(survey).ToString());
        if (!header.IsRedacted)
            rows.Add("to repeat", RepeatCommand.For(header) ?? $"not with this gcreplay: it has no collector {header.Collector}@{header.Revision}");
        rows.Add("written by", $"gcreplay {header.ToolVersion}");
        if (outcome is not null)
            rows.Add("content hash", outcome.ContentHash.ToString("x16"));
        rows.Add("ended", outcome is null ? $"unknown: the recorder was stopped before it could say, at event {trace.EventCount} or later" : Ending(outcome, trace.EventCount));
        if (trace.Warning is { } warning)
            rows.Add("warning", warning);
        if (DamageReport.WrongCheckpoints(survey) is { } wrong)
            rows.Add("checkpoints", wrong);
        // That a recording was interrupted is how it ended, and no damage.
        if (Damage(trace, survey) is { } damage && (survey.Summary is not null || outcome is not { Status: RunStatus.Cancelled }))
            rows.Add("damage", damage);
        rows.Write(console.Prose);
    }

    private static long Collections(TraceSurvey survey) => survey.Kinds.GetValueOrDefault(EventKind.CollectionBegin);

    private static string Ending(TraceOutcome outcome, long events) => outcome switch
    {
        { Failure: { } failure } => $"{failure.Kind} at event {failure.Event}: {failure.Message}",
        { Status: RunStatus.Cancelled } => $"interrupted after event {events}: the run was cancelled",
        _ => "well",
    };

    private static string BytesPerEvent(TraceReader trace, long bytes) =>
        trace.EventCount == 0 ? "no bytes" : $"{(double)bytes / trace.EventCount:0.00} bytes";

    private static string? Damage(TraceReader trace, TraceSurvey survey) => survey.Summary ?? trace.Damage;

    private static JsonObject Json(TraceReader trace, TraceSurvey survey)
    {
        var (header, outcome) = (trace.Header, trace.Outcome);
        var json = RunJson.Of(
            outcome?.Status ?? RunStatus.Cancelled, trace.EventCount, outcome?.Operations ?? 0, header.Seed, survey.Path, outcome?.Failure, null);
        json["program"] = header.ProgramName;
        json["collector"] = $"{header.Collector}@{header.Revision}";
        if (header.PlugIn is { } plugIn)
            json["plugIn"] = new JsonObject { ["file"] = plugIn.File, ["version"] = plugIn.Version, ["sha256"] = plugIn.Hash };
        json["allocator"] = header.Allocator;
        json["chaos"] = header.IsChaos;
        json["parameters"] = new JsonObject(header.Parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        json["bytes"] = survey.FileBytes;
        json["blocks"] = trace.BlockCount;
        json["checkpoints"] = trace.Checkpoints.Count;
        json["contentHash"] = outcome?.ContentHash.ToString("x16");
        json["damage"] = Damage(trace, survey);
        DamageReport.AddTo(json, survey);
        json["toolVersion"] = header.ToolVersion;
        json["warning"] = trace.Warning;
        json["parts"] = new JsonArray([.. survey.Parts.Select(part => (JsonNode)new JsonObject
        {
            ["name"] = part.Name, ["frames"] = part.Frames, ["bytes"] = part.Bytes, ["rawBytes"] = part.RawBytes,
        })]);
        json["kinds"] = new JsonObject(survey.Kinds.Select(k => KeyValuePair.Create(k.Key.ToString(), (JsonNode?)k.Value)));
        json["collections"] = Collections(survey);
        json["firstEvent"] = header.FirstPosition + 1;
        json["redacted"] = header.IsRedacted;
        if (header.RecordedEvents > 0)
            json["recordedEvents"] = header.RecordedEvents;
        if (!header.IsRedacted)
            json["repeat"] = RepeatCommand.For(header);
        return json;
    }
}
