using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Output;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Commands;

/// <summary><c>collectors [COLLECTOR]</c>: what there is, or all that can be said of one, also of a plug-in's.</summary>
internal sealed class CollectorsCommand(CommandConsole console)
{
    private readonly Argument<string?> collector = new("COLLECTOR")
    {
        Description = "a name, or a plug-in's file: PATH.dll, with :name where it holds several",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Command Create()
    {
        var command = new Command("collectors", "lists collectors with their revisions and parameters") { collector };
        command.SetAction(parsed => Run(parsed.GetValue(collector)));
        return command;
    }

    private int Run(string? one)
    {
        FoundCollector[] found = one is null
            ? [.. Families.All.Select(family => FoundCollector.Of(family.Name))]
            : [FoundCollector.Of(one)];
        foreach (var (family, _, plugIn) in found)
        {
            console.Prose.WriteLine($"{family.Name}: {family.Summary}{(plugIn is null ? "" : $" (of a plug-in: {plugIn.Note})")}");
            console.Prose.WriteLine($"  revisions, newest last: {string.Join(", ", family.Revisions)}");
            if (one is not null)
            {
                PrintAll(family);
                continue;
            }

            console.Prose.WriteLine($"  parameters: {string.Join(", ", family.Parameters.Select(p => p.Key))}");
            if (!family.Faults.IsEmpty)
                console.Prose.WriteLine($"  faults that can be planted: {string.Join(", ", family.Faults.Select(fault => fault.Name))}");
        }

        console.Result(new JsonObject { ["status"] = "ok", ["collectors"] = new JsonArray([.. found.Select(Json)]) });
        return ExitCode.Ok;
    }

    private void PrintAll(CollectorFamily family)
    {
        console.Prose.WriteLine($"  kinds of objects: {string.Join(", ", family.Kinds)}");
        console.Prose.WriteLine("  parameters (--set KEY=VALUE):");
        var rows = new TextTable();
        foreach (var parameter in family.Parameters)
            rows.Add("    " + parameter.Key, $"{parameter.Summary}; default {parameter.Default}");
        rows.Write(console.Prose);
        if (!family.Faults.IsEmpty)
            console.Prose.WriteLine("  faults that can be planted (--fault NAME, NAME@K, NAME@1-K):");
        rows = new TextTable();
        foreach (var fault in family.Faults)
            rows.Add("    " + fault.Name, SummaryOf(fault));
        rows.Write(console.Prose);
        foreach (var row in family.Operations)
            console.Prose.WriteLine($"  operation {row.Usage}: {row.Summary}; skipped when: {row.SkippedWhen}");
    }

    private static string SummaryOf(PlantedFault fault)
    {
        var summary = fault.Revision is { } revision ? $"{fault.Summary}; for revision {revision}" : fault.Summary;
        return fault.Unseen is { } why ? $"{summary} (no check finds it: {why})" : summary;
    }

    private static JsonNode Json(FoundCollector found)
    {
        var (family, _, plugIn) = found;
        var json = new JsonObject
        {
            ["name"] = family.Name,
            ["summary"] = family.Summary,
            ["revisions"] = new JsonArray([.. family.Revisions.Select(revision => JsonValue.Create(revision))]),
            ["kinds"] = new JsonArray([.. family.Kinds.Select(kind => JsonValue.Create(kind))]),
            ["parameters"] = new JsonObject(family.Parameters.Select(p => KeyValuePair.Create(
                p.Key, (JsonNode?)new JsonObject { ["default"] = p.Default, ["summary"] = p.Summary }))),
            ["faults"] = new JsonArray([.. family.Faults.Select(fault => new JsonObject
            {
                ["name"] = fault.Name, ["summary"] = fault.Summary, ["unseen"] = fault.Unseen, ["revision"] = fault.Revision,
            })]),
            ["operations"] = new JsonArray([.. family.Operations.Select(row => JsonValue.Create(row.Usage))]),
        };
        if (plugIn is not null)
            json["plugIn"] = new JsonObject { ["file"] = plugIn.Note.File, ["version"] = plugIn.Note.Version, ["sha256"] = plugIn.Note.Hash };
        return json;
    }
}
