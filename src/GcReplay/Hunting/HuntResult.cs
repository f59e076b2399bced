using System.Text.Json.Nodes;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>What some seeds came to, and what they exercised; as JSON it goes between processes and into the folder of a hunt.</summary>
internal sealed record HuntResult(HuntTally Tally, Coverage Coverage)
{
    public static HuntResult Empty => new(HuntTally.Empty, new Coverage());

    /// <summary>Takes the coverage of another into its own.</summary>
    public HuntResult With(HuntResult other)
    {
        Coverage.Add(other.Coverage);
        return this with { Tally = Tally.With(other.Tally) };
    }

    public JsonObject ToJson() => new()
    {
        ["runs"] = Tally.Runs,
        ["operations"] = Tally.Operations,
        ["events"] = Tally.Events,
        ["ownFaults"] = Tally.OwnFaults,
        ["failures"] = new JsonArray([.. Tally.Failures.Values.Select(group => (JsonNode)ToJson(group))]),
        ["ignored"] = new JsonObject(Tally.Ignored.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        ["coverage"] = CoverageJson.Of(Coverage),
    };

    public static HuntResult Of(JsonNode json)
    {
        var tally = HuntTally.Empty with
        {
            Runs = (long)json["runs"]!,
            Operations = (long)json["operations"]!,
            Events = (long)json["events"]!,
            OwnFaults = (long)json["ownFaults"]!,
        };
        foreach (var group in json["failures"]!.AsArray())
            tally = tally with { Failures = tally.Failures.SetItem((string)group!["signature"]!, GroupOf(group)) };
        foreach (var (signature, count) in json["ignored"]!.AsObject())
            tally = tally with { Ignored = tally.Ignored.SetItem(signature, (long)count!) };
        return new HuntResult(tally, CoverageJson.Read(json["coverage"]!));
    }

    public static JsonObject ToJson(FailureGroup group) => new()
    {
        ["signature"] = group.Signature,
        ["hits"] = group.Hits,
        ["seed"] = group.Seed,
        ["operations"] = group.Operations,
        ["kind"] = group.Failure.Kind,
        ["code"] = group.Failure.Code,
        ["event"] = group.Failure.Event,
        ["message"] = group.Failure.Message,
    };

    private static FailureGroup GroupOf(JsonNode json)
    {
        var signature = (string)json["signature"]!;
        return new FailureGroup(
            signature, (long)json["hits"]!, (ulong)json["seed"]!, (long)json["operations"]!,
            new Traces.RunFailure((string)json["kind"]!, (string)json["code"]!, (long)json["event"]!, (string)json["message"]!, signature));
    }
}
