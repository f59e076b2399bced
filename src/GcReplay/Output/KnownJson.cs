using System.Text.Json.Nodes;
using GcReplay.Known;

namespace GcReplay.Output;

/// <summary>Stories that a failure may belong to, as JSON and in a line.</summary>
internal static class KnownJson
{
    public static JsonArray Of(IEnumerable<Match> matches) => new([.. matches.Select(m => (JsonNode)new JsonObject
    {
        ["likeness"] = m.Likeness switch
        {
            Likeness.Same => "same", Likeness.SameCorruption => "same-corruption", Likeness.SameFailure => "same-failure", _ => "near",
        },
        ["story"] = m.First.Story.Length == 0 ? null : m.First.Story,
        ["what"] = m.First.What,
        ["traces"] = new JsonArray([.. m.Entries.Select(e => (JsonNode)new JsonObject { ["trace"] = e.Trace, ["collector"] = e.Collector })]),
        ["differs"] = new JsonArray([.. m.Differs.Select(d => (JsonNode)d)]),
    })]);

    /// <summary>Where the story of a failure is told; null when it was not seen before.</summary>
    public static string? Line(IReadOnlyList<Match> matches)
    {
        var pages = matches.Where(m => m.IsKnown).Select(m => m.First.Story.Length > 0 ? m.First.Story : m.First.Trace).ToList();
        return pages.Count == 0 ? null : $"seen before{(pages.Count > 1 ? ", one of" : "")}: {string.Join(", ", pages)}";
    }
}
