using System.IO.Compression;
using System.Text.Json.Nodes;
using GcReplay.Heaps;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>Every value of the data counts: when one is another, or is left out, the collector no longer agrees.</summary>
public sealed class IncminimarkMutationTests
{
    private static readonly string[] Measured = ["expect", "initial", "outcome"];
    private static readonly string[] Derived = ["nursery_bytes", "nonlarge_max_bytes", "increment_step_bytes", "max_pinned", "raw_sweep_limit", "page_sweep_limit"];

    [Theory]
    [InlineData("hand-cards-2", 3)]
    [InlineData("hand-disabled", 2)]
    [InlineData("hand-finalizer-order", 1)]
    [InlineData("hand-pinned-old-parent", 2)]
    [InlineData("hand-shadow-dies", 1)]
    [InlineData("hand-shadow-in-marking-paged", 3)]
    [InlineData("hand-shadow-large-string", 1)]
    [InlineData("hand-weakref-large", 1)]
    [InlineData("hand-weakref-to-prebuilt", 1)]
    [InlineData("hand-page-sweep", 17)]
    [InlineData("hand-raw-sweep-limit-c4", 37)]
    public void A_value_that_is_another_is_a_difference(string name, int every)
    {
        var program = Program(name);
        Assert.Equal(0, Differences(program));

        var unnoticed = new List<string>();
        var changes = Changes(program).Where((_, i) => i % every == 0).ToList();
        foreach (var change in changes)
        {
            var copy = program.DeepClone();
            change.Apply(copy);
            if (Differences(copy) == 0)
                unnoticed.Add(change.ToString());
        }

        Assert.NotEmpty(changes);
        Assert.Equal([], unnoticed);
    }

    private static JsonNode Program(string name)
    {
        using var file = File.OpenRead(Path.Combine(ConformanceData.Incminimark, "dev", "hand.json.gz"));
        using var text = new GZipStream(file, CompressionMode.Decompress);
        return JsonNode.Parse(text)!.AsArray().Single(program => (string)program!["name"]! == name)!;
    }

    /// <summary>What does not even read as a program is told from it, too.</summary>
    private static int Differences(JsonNode program)
    {
        try
        {
            return ConformanceData.Compare(program.ToJsonString()).Count;
        }
        catch (GcReplayException)
        {
            return 1;
        }
    }

    private static IEnumerable<Change> Changes(JsonNode program) =>
    [
        .. Measured.SelectMany(key => ChangesWithin(program[key]!, [key])),
        .. Derived.Select(key => new Change(["params", key], Other(program["params"]![key]!))),
    ];

    /// <summary>Another value for each value, none for each member of an object.</summary>
    private static IEnumerable<Change> ChangesWithin(JsonNode node, object[] path) => node switch
    {
        JsonObject members => members.SelectMany(member => ChangesWithin(member.Value!, [.. path, member.Key]).Append(new Change([.. path, member.Key], null))),
        JsonArray items => items.SelectMany((item, i) => ChangesWithin(item!, [.. path, i])),
        _ => [new Change(path, Other(node))],
    };

    private static JsonNode Other(JsonNode value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.Number => (double)value + 1,
        System.Text.Json.JsonValueKind.True => false,
        System.Text.Json.JsonValueKind.False => true,
        _ => OtherText((string)value!),
    };

    private static string OtherText(string text) => text switch
    {
        "m" => "t",
        "t" => "m",
        "ok" => "no-progress",
        "n" or "y" or "a" or "r" or "p" => text == "n" ? "a" : "n",
        "sa" => "sr",
        "sr" => "sa",
        ['s', ..] => text + "1",
        _ => text[..^1] + (text[^1] == '0' ? '1' : '0'),
    };

    /// <param name="Path">Keys and indexes from the program down to a value.</param>
    /// <param name="Value">Instead of it; null takes it away.</param>
    private sealed record Change(object[] Path, JsonNode? Value)
    {
        public void Apply(JsonNode program)
        {
            var parent = Path.SkipLast(1).Aggregate(program, (node, step) => step is int index ? node[index]! : node[(string)step]!);
            if (Path[^1] is int last)
                parent[last] = Value!.DeepClone();
            else if (Value is null)
                parent.AsObject().Remove((string)Path[^1]);
            else
                parent[(string)Path[^1]] = Value.DeepClone();
        }

        public override string ToString() => $"{string.Join('.', Path)} = {Value?.ToJsonString() ?? "nothing"}";
    }
}
