using CsCheck;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class StrongComponentsTests
{
    private const int Nodes = 12;

    private static readonly Gen<(int, int)[]> Edges = Gen.Select(Gen.Int[0, Nodes - 1], Gen.Int[0, Nodes - 1]).Array[0, 30];

    [Fact]
    public void Two_nodes_are_in_one_component_when_each_leads_to_the_other() => Edges.Sample(edges =>
    {
        var components = StrongComponents.Of(Nodes, edges);
        var leads = Reachability(edges);

        foreach (var (a, b) in Pairs())
            Assert.Equal(leads[a, b] && leads[b, a], components.ComponentOf(a) == components.ComponentOf(b));
    });

    [Fact]
    public void Every_node_is_in_one_component_and_those_that_lead_to_it_come_later() => Edges.Sample(edges =>
    {
        var components = StrongComponents.Of(Nodes, edges);

        Assert.Equal(Enumerable.Range(0, Nodes), components.All.SelectMany(c => c).Order());
        Assert.All(edges, e => Assert.True(components.ComponentOf(e.Item1) >= components.ComponentOf(e.Item2)));
    });

    [Fact]
    public void A_chain_of_a_million_nodes_needs_no_recursion()
    {
        var chain = Enumerable.Range(0, 999_999).Select(i => (i, i + 1)).Append((999_999, 0)).ToArray();

        Assert.Single(StrongComponents.Of(1_000_000, chain).All);
    }

    private static IEnumerable<(int, int)> Pairs() => from a in Enumerable.Range(0, Nodes) from b in Enumerable.Range(0, Nodes) select (a, b);

    /// <summary>Warshall's closure: which node leads to which, each to itself.</summary>
    private static bool[,] Reachability((int, int)[] edges)
    {
        var leads = new bool[Nodes, Nodes];
        for (var i = 0; i < Nodes; i++)
            leads[i, i] = true;
        foreach (var (from, to) in edges)
            leads[from, to] = true;
        for (var via = 0; via < Nodes; via++)
        {
            foreach (var (a, b) in Pairs())
                leads[a, b] |= leads[a, via] && leads[via, b];
        }

        return leads;
    }
}
