using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>Gives nodes the labels that their places give: what the parser would make of the same text without labels.</summary>
internal static class Labels
{
    public static ImmutableArray<Node> OfPlaces(string block, IReadOnlyList<Node> body) => Of(body, block + "/");

    private static ImmutableArray<Node> Of(IReadOnlyList<Node> nodes, string prefix) => [.. nodes.Select((node, i) => Of(node, $"{prefix}{i + 1}"))];

    private static Node Of(Node node, string label) => node switch
    {
        Loop loop => loop with { Label = label, Body = Of(loop.Body, label + ".") },
        Choose choose => choose with
        {
            Label = label,
            Alternatives = [.. choose.Alternatives.Select((nodes, i) => Of(nodes, $"{label}.{i + 1}."))],
        },
        _ => node with { Label = label },
    };
}
