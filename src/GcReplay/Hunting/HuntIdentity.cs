using System.Text.Json.Nodes;

namespace GcReplay.Hunting;

/// <summary>What makes two hunts the same, so that one goes on where the other ended: all that decides the run of a seed, by key.</summary>
internal static class HuntIdentity
{
    /// <summary>Values that are longer are not shown.</summary>
    private const int ShownMax = 60;

    /// <summary>In words, how the hunt of a folder differs from the one that is asked for; null when it does not.</summary>
    public static string? Difference(JsonObject kept, JsonObject asked)
    {
        string[] differing =
        [
            .. asked.Select(one => one.Key).Union(kept.Select(one => one.Key), StringComparer.Ordinal)
                .Where(key => !JsonNode.DeepEquals(kept[key], asked[key])).Select(key => $"{Name(key)} {Shown(kept[key])}, now {Shown(asked[key])}"),
        ];
        return differing.Length == 0 ? null : string.Join("; ", differing);
    }

    private static string Name(string key) => key switch
    {
        "text" => "the program's text is",
        "plugIn" => "the plug-in is",
        "toolVersion" => "GcReplay is",
        "vary" or "leaks" => $"--{key} is",
        "strategies" => "--strategy is",
        "ignored" => "--ignore is",
        _ => $"{key} is",
    };

    private static string Shown(JsonNode? value) => value switch
    {
        null or JsonArray { Count: 0 } or JsonObject { Count: 0 } => "none",
        JsonArray many => string.Join(", ", many.Select(Shown)),
        JsonObject pairs => string.Join(" ", pairs.Select(pair => $"{pair.Key}={Shown(pair.Value)}")),
        JsonValue one when one.ToString() is var text => text.Length <= ShownMax && !text.Contains('\n') ? text : "another",
        _ => "another",
    };
}
