using System.Text.Json.Nodes;
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
            writer.WriteLine($"{window} open as a window: gcreplay salvage {survey.Path} --behind {window.First - 1} -o FILE");
    }

    public static void AddTo(JsonObject json, TraceSurvey survey)
    {
        json["whole"] = survey.IsWhole;
        json["damaged"] = new JsonArray([.. survey.Damage.Select(place => (JsonNode)new JsonObject
        {
            ["offset"] = place.Offset, ["length"] = place.Length, ["what"] = place.What, ["problem"] = place.Problem,
        })]);
        json["lost"] = Ranges(survey.Lost);
        json["readable"] = Ranges(survey.Readable);
        json["openable"] = Ranges(survey.Openable);
    }

    private static JsonArray Ranges(IEnumerable<EventRange> ranges) =>
        [.. ranges.Select(range => (JsonNode)new JsonObject { ["first"] = range.First, ["last"] = range.Last })];
}
