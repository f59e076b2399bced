using System.Text.Json;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Conformance;

/// <summary>Where in a conformance file something is read, and how it is read there: what is not of the expected shape is an error that
/// names the place.</summary>
/// <param name="Program">Empty outside of programs.</param>
/// <param name="Operation">Index of the operation; -1 outside of operations.</param>
internal sealed record JsonPlace(string File, string Program = "", int Operation = -1)
{
    private const int ExcerptMax = 80;

    public GcReplayException Error(string expected, JsonElement found) => Error($"expected {expected}, found {Excerpt(found)}");

    public GcReplayException Error(string message)
    {
        var program = Program.Length == 0 ? "" : $": program '{Program}'";
        var operation = Operation < 0 ? "" : $", operation {Operation}";
        return new GcReplayException($"{File}{program}{operation}: {message}.");
    }

    public JsonElement Member(JsonElement element, string key)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Error($"an object with \"{key}\"", element);
        return element.TryGetProperty(key, out var value) ? value : throw Error($"\"{key}\" in the object", element);
    }

    public string Text(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Error($"{what} (text)", element);

    public bool Boolean(JsonElement element, string what) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"{what} (true or false)", element),
    };

    public long Number(JsonElement element, string what, long min, long max) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Error($"{what} (a whole number from {min} to {max})", element);

    /// <summary>The items of an array.</summary>
    /// <param name="length">How many there must be; -1 for any number.</param>
    public JsonElement[] Items(JsonElement element, string what, int length = -1)
    {
        if (element.ValueKind != JsonValueKind.Array || length >= 0 && element.GetArrayLength() != length)
            throw Error(length < 0 ? $"{what} (an array)" : $"{what} (an array of {length})", element);
        return [.. element.EnumerateArray()];
    }

    public int[] Numbers(JsonElement element, string what, long min, long max = int.MaxValue) =>
        [.. Items(element, what).Select(item => (int)Number(item, what, min, max))];

    private static string Excerpt(JsonElement element)
    {
        var text = JsonSerializer.Serialize(element);
        return text.Length <= ExcerptMax ? text : text[..ExcerptMax] + "…";
    }
}
