namespace GcReplay.Heaps.Views;

/// <summary>The strongly connected components of a graph of numbered nodes: two nodes are in one when each leads to the other.</summary>
/// <remarks>Cost: nodes and edges. Source: Tarjan, Depth-first search and linear graph algorithms, 1972; with a stack of its own
/// instead of recursion, since a heap's chains are long.</remarks>
public sealed class StrongComponents
{
    private const int NotSeen = -1;

    private readonly int[] firstEdge;
    private readonly int[] targets;
    private readonly int[] componentOf;
    private readonly List<int[]> components = [];

    private StrongComponents(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        firstEdge = new int[nodes + 1];
        targets = new int[edges.Count];
        componentOf = new int[nodes];
        foreach (var (from, _) in edges)
            firstEdge[from + 1]++;
        for (var node = 0; node < nodes; node++)
            firstEdge[node + 1] += firstEdge[node];
        var next = firstEdge.AsSpan(0, nodes).ToArray();
        foreach (var (from, to) in edges)
            targets[next[from]++] = to;
    }

    /// <summary>Each with its nodes in ascending order; a component comes before all that lead to it.</summary>
    public IReadOnlyList<IReadOnlyList<int>> All => components;

    public static StrongComponents Of(int nodes, IReadOnlyList<(int From, int To)> edges)
    {
        var graph = new StrongComponents(nodes, edges);
        graph.Find(nodes);
        return graph;
    }

    /// <summary>Index in <see cref="All"/> of the component that a node is in.</summary>
    public int ComponentOf(int node) => componentOf[node];

    private void Find(int nodes)
    {
        var order = new int[nodes];
        var low = new int[nodes];
        var edge = new int[nodes];
        Array.Fill(order, NotSeen);
        Array.Fill(componentOf, NotSeen);
        var seen = 0;
        var open = new Stack<int>();
        var path = new Stack<int>();
        for (var start = 0; start < nodes; start++)
        {
            if (order[start] != NotSeen)
                continue;
            Enter(start);
            while (path.TryPeek(out var node))
            {
                if (edge[node] < firstEdge[node + 1])
                {
                    var target = targets[edge[node]++];
                    if (order[target] == NotSeen)
                        Enter(target);
                    else if (componentOf[target] == NotSeen)
                        low[node] = Math.Min(low[node], order[target]);
                    continue;
                }

                path.Pop();
                if (path.TryPeek(out var before))
                    low[before] = Math.Min(low[before], low[node]);
                if (low[node] == order[node])
                    Close(node);
            }
        }

        void Enter(int node)
        {
            order[node] = low[node] = seen++;
            edge[node] = firstEdge[node];
            open.Push(node);
            path.Push(node);
        }

        void Close(int root)
        {
            var members = new List<int>();
            int node;
            do
            {
                node = open.Pop();
                componentOf[node] = components.Count;
                members.Add(node);
            }
            while (node != root);
            members.Sort();
            components.Add([.. members]);
        }
    }
}
