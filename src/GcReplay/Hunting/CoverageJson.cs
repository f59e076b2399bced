using System.Text.Json.Nodes;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>Coverage as JSON: sites, in each the phases, in each the sets of flags with how often; and what was not reached.</summary>
internal static class CoverageJson
{
    public static JsonObject Of(Coverage coverage)
    {
        var sites = new JsonObject();
        foreach (var (place, count) in coverage.Places)
        {
            var site = Under(sites, place.Site);
            Under(site, place.Phase)[place.Flags] = count;
        }

        return new JsonObject
        {
            ["sites"] = sites,
            ["sitesNotReached"] = Strings(coverage.SitesNotReached),
            ["phasesNotReached"] = Strings(coverage.PhasesNotReached),
            ["operations"] = new JsonObject(coverage.Operations.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value))),
            ["operationsNotDone"] = Strings(coverage.OperationsNotDone),
        };
    }

    public static Coverage Read(JsonNode json)
    {
        var coverage = new Coverage();
        foreach (var (site, phases) in json["sites"]!.AsObject())
        {
            foreach (var (phase, flags) in phases!.AsObject())
            {
                coverage.Know([site], [phase], []);
                foreach (var (set, count) in flags!.AsObject())
                    coverage.Add(new CoveredPlace(site, phase, set), (long)count!);
            }
        }

        coverage.Know(Names(json["sitesNotReached"]!), Names(json["phasesNotReached"]!), Names(json["operationsNotDone"]!));
        foreach (var (name, count) in json["operations"]!.AsObject())
            coverage.AddOperation(name, (long)count!);
        return coverage;
    }

    private static JsonObject Under(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject known)
            return known;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    private static JsonArray Strings(IEnumerable<string> items) => [.. items.Select(item => JsonValue.Create(item))];

    private static IEnumerable<string> Names(JsonNode array) => array.AsArray().Select(item => (string)item!);
}
