using System.Collections.Immutable;
using System.Text.Json;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>A prebuilt object of a file.</summary>
/// <param name="Kind">Of the language.</param>
/// <param name="Slots">Indexes of prebuilt objects, <see cref="PrebuiltDeclaration.None"/> for null.</param>
internal sealed record PrebuiltShape(string Kind, ImmutableArray<int> Slots)
{
    public static ImmutableArray<PrebuiltShape> Read(JsonPlace place, JsonElement element)
    {
        var items = place.Items(element, "\"prebuilt\"");
        return [.. items.Select(item => One(place, item, items.Length))];
    }

    private static PrebuiltShape One(JsonPlace place, JsonElement element, int count) =>
        place.Text(place.Member(element, "k"), "a kind") switch
        {
            "node" => new(ObjectKinds.Node, [Slot(place, place.Member(element, "prev"), count), Slot(place, place.Member(element, "next"), count)]),
            "array" => new(ObjectKinds.Plain, [.. place.Items(place.Member(element, "items"), "\"items\"").Select(item => Slot(place, item, count))]),
            var other => throw place.Error($"unknown kind '{other}' of a prebuilt object; expected node or array"),
        };

    private static int Slot(JsonPlace place, JsonElement element, int count) => element.ValueKind == JsonValueKind.Null
        ? PrebuiltDeclaration.None
        : (int)~place.Number(element, "a prebuilt object", -count, -1);
}
