using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Traces.Files;

namespace GcReplay.Output;

/// <summary>What is damaged in a trace, which events are lost and which are readable.</summary>
internal static class DamageReport
{
    /// <summary>Places beyond this many are only counted.</summary>
    private const int PlacesShown = 20;

    /// <summary>Looks at every byte of a trace.</summary>
    public static TraceSurvey Survey(CommandConsole console, string path)
    {
        var bytes = File.Exists(path) ? new FileInfo(path).Length : 0;
        return ProgressLine.Run(console, "reading", bytes, report => TraceSurvey.Read(path, report, console.Cancellation));
    }

    public static void Print(TextWriter writer, TraceSurvey survey)
    {
        foreach (var place in survey.Damage.Take(PlacesShown))
            writer.WriteLine($"damaged: {place}");
        if (survey.Damage.Count > PlacesShown)
            writer.WriteLine($"damaged: {survey.Damage.Count - PlacesShown} more places");
        if (survey.Damage.Count == 0)
            writer.WriteLine("the recorder was stopped before it could finish");
        if (survey.Lost.Count > 0)
            writer.WriteLine($"lost: {string.Join(", ", survey.Lost)}");
        else if (survey.Outcome is null)
            writer.WriteLine("lost: the outcome and the choices; and whatever was recorded after the last readable event");
        if (survey.Readable.Count > 0)
            writer.WriteLine($"readable: {string.Join(", ", survey.Readable)}");
        foreach (var window in survey.Openable)
            writer.WriteLine($"{window} open as a window: gcreplay salvage {ShellWord.Of(survey.Path)} --behind {window.First - 1} -o FILE");
    }

    /// <summary>What is to be known of checkpoints that hold wrong words; null when none does.</summary>
    public static string? WrongCheckpoints(TraceSurvey survey)
    {
        if (survey.WrongCheckpoints is not [var first, ..])
            return null;
        var which = survey.WrongCheckpoints.Count == 1
            ? $"the checkpoint after event {first} holds"
            : $"{survey.WrongCheckpoints.Count} checkpoints, the first of them after event {first}, hold";
        return $"{which} other words than the state hash says; events are not touched by that. "
            + (first == survey.Header.FirstPosition ? "The window begins there: cut it again." : $"To write the trace without: gcreplay salvage {ShellWord.Of(survey.Path)} -o FILE");
    }

    public static void AddTo(JsonObject json, TraceSurvey survey)
    {
        json["whole"] = survey.IsWhole;
        json["damaged"] = new JsonArray([.. survey.Damage.Select(place => (JsonNode)new JsonObject
        {
            ["offset"] = place.Offset, ["length"] = place.Length, ["what"] = place.What, ["problem"] = place.Problem,
        })]);
        json["wrongCheckpoints"] = new JsonArray([.. survey.WrongCheckpoints.Select(position => (JsonNode)position)]);
        json["lost"] = Ranges(survey.Lost);
        json["readable"] = Ranges(survey.Readable);
        json["openable"] = Ranges(survey.Openable);
    }

    private static JsonArray Ranges(IEnumerable<EventRange> ranges) =>
        [.. ranges.Select(range => (JsonNode)new JsonObject { ["first"] = range.First, ["last"] = range.Last })];
}
