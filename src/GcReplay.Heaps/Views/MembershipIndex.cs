using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Which list each object is on, kept up to date by the list actions that events declare, forwards and backwards.
/// Derived: <see cref="Build"/> makes it from words at any position, and tests compare the two.</summary>
/// <remarks>An object points at a node, nodes form trees (union by size, no path compression, so that every step can be taken
/// back), and the root of a tree names the head of the list. Joining two lists joins two trees. Cost: the logarithm of the number
/// of joined lists for a question, constant for an event. Freeing the memory of a head changes nothing: its members dangle.</remarks>
public sealed class MembershipIndex(int undoMax = 1 << 20)
{
    private const int None = -1;
    private readonly Dictionary<ulong, int> nodeOfObject = [];
    private readonly Dictionary<ulong, int> nodeOfList = [];
    private readonly List<Node> nodes = [];
    private readonly Stack<int> unusedNodes = [];
    private readonly List<Step> steps = [];
    private long applied;
    private long forgotten;
    private bool isLost;
    private int interruptions;

    private enum StepKind
    {
        Put,
        Move,
        Splice,
        Empty,
    }

    /// <summary>False once it was taken back past its start, or past what it remembers: then build it again. Also false after a
    /// fault, which may have cut a list action short so that only words tell, until the fault is taken back.</summary>
    public bool IsValid => !isLost && interruptions == 0;

    /// <summary>Whether only building it again makes it valid.</summary>
    public bool IsLost => isLost;

    /// <summary>Builds the index by one full pass through all links.</summary>
    /// <param name="undoMax">List actions that can be taken back; of more, older ones are forgotten.</param>
    public static MembershipIndex Build(HeapView view, int undoMax = 1 << 20)
    {
        var index = new MembershipIndex(undoMax);
        foreach (var (member, head) in view.FullPass())
            index.nodeOfObject[member.Value] = index.NodeOf(head.Value);
        return index;
    }

    /// <summary>The head of the list that an object is on; 0 when it is on none.</summary>
    public Address HeadOf(Address member)
    {
        Check.That(IsValid, $"the membership index was taken back past its start and must be built again");
        return nodeOfObject.TryGetValue(member.Value, out var node) ? new Address(nodes[Root(node)].Head) : default;
    }

    /// <summary>Follows one event, complete with its words. Every event must be given, in order.</summary>
    /// <remarks>Of a list action that a fault interrupts the index knows what was declared, words know how far it came.</remarks>
    public void Apply(in Event e)
    {
        applied++;
        if (e.Kind.EndsRun())
            interruptions++;
        switch (e.Kind)
        {
            case EventKind.Link:
                Put(e.B, NodeOf(e.A));
                break;
            case EventKind.Relink:
                Put(e.A, NodeOf(e.B));
                break;
            case EventKind.Unlink:
                Put(e.A, None);
                break;
            case EventKind.Allocate:
                // What died here may have been linked still; what is born here is not.
                Put(e.A + (e.D >> 56) * 8, None);
                break;
            case EventKind.Move:
                Move(e.A, e.B);
                break;
            case EventKind.Splice when e.A != e.B:
                Splice(e.A, e.B);
                break;
            case EventKind.ListInit or EventKind.Behead:
                Empty(e.A);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the event that was applied last back.</summary>
    public void Revert(in Event e)
    {
        if (applied <= forgotten)
            isLost = true;
        if (isLost)
            return;
        if (e.Kind.EndsRun())
            interruptions--;
        if (steps.Count > 0 && steps[^1] is var step && step.Number == applied)
        {
            steps.RemoveAt(steps.Count - 1);
            TakeBack(step);
        }

        applied--;
    }

    private int Root(int node)
    {
        while (nodes[node].Parent != None)
            node = nodes[node].Parent;
        return node;
    }

    private int NodeOf(ulong list)
    {
        if (!nodeOfList.TryGetValue(list, out var node))
            nodeOfList.Add(list, node = FreshNode(list));
        return node;
    }

    private int FreshNode(ulong list)
    {
        var fresh = new Node(None, 1, list);
        if (unusedNodes.TryPop(out var unused))
        {
            nodes[unused] = fresh;
            return unused;
        }

        nodes.Add(fresh);
        return nodes.Count - 1;
    }

    private void Put(ulong member, int node)
    {
        var before = nodeOfObject.GetValueOrDefault(member, None);
        if (before == node)
            return;
        Set(member, node);
        Remember(new Step(applied, StepKind.Put, member, before, 0, None, None));
    }

    private void Move(ulong from, ulong to)
    {
        var moved = nodeOfObject.GetValueOrDefault(from, None);
        var overwritten = nodeOfObject.GetValueOrDefault(to, None);
        if (from == to || moved == None && overwritten == None)
            return;
        Set(to, moved);
        Set(from, None);
        Remember(new Step(applied, StepKind.Move, from, moved, to, overwritten, None));
    }

    private void Splice(ulong from, ulong to)
    {
        var f = NodeOf(from);
        var t = NodeOf(to);
        var (small, large) = nodes[f].Size < nodes[t].Size ? (f, t) : (t, f);
        nodes[large] = new Node(None, nodes[large].Size + nodes[small].Size, to);
        nodes[small] = nodes[small] with { Parent = large };
        nodeOfList[to] = large;
        nodeOfList[from] = FreshNode(from);
        Remember(new Step(applied, StepKind.Splice, from, f, to, t, nodeOfList[from]));
    }

    private void Empty(ulong list)
    {
        var before = NodeOf(list);
        nodes[before] = nodes[before] with { Head = 0 };
        nodeOfList[list] = FreshNode(list);
        Remember(new Step(applied, StepKind.Empty, list, before, 0, None, nodeOfList[list]));
    }

    private void TakeBack(in Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Put:
                Set(step.First, step.FirstNode);
                break;
            case StepKind.Move:
                Set(step.First, step.FirstNode);
                Set(step.Second, step.SecondNode);
                break;
            case StepKind.Splice:
                var (small, large) = nodes[step.FirstNode].Parent == step.SecondNode
                    ? (step.FirstNode, step.SecondNode)
                    : (step.SecondNode, step.FirstNode);
                nodes[small] = nodes[small] with { Parent = None };
                nodes[large] = nodes[large] with { Size = nodes[large].Size - nodes[small].Size };
                nodes[step.FirstNode] = nodes[step.FirstNode] with { Head = step.First };
                nodes[step.SecondNode] = nodes[step.SecondNode] with { Head = step.Second };
                nodeOfList[step.First] = step.FirstNode;
                nodeOfList[step.Second] = step.SecondNode;
                unusedNodes.Push(step.Fresh);
                break;
            case StepKind.Empty:
                nodes[step.FirstNode] = nodes[step.FirstNode] with { Head = step.First };
                nodeOfList[step.First] = step.FirstNode;
                unusedNodes.Push(step.Fresh);
                break;
        }
    }

    private void Set(ulong member, int node)
    {
        if (node == None)
            nodeOfObject.Remove(member);
        else
            nodeOfObject[member] = node;
    }

    private void Remember(in Step step)
    {
        steps.Add(step);
        if (steps.Count <= 2L * undoMax)
            return;
        var dropped = steps.Count - undoMax;
        forgotten = steps[dropped - 1].Number;
        steps.RemoveRange(0, dropped);
    }

    /// <param name="Head">Meaningful for a root; 0 for a list that was emptied by force: its former members are on none.</param>
    private readonly record struct Node(int Parent, int Size, ulong Head);

    /// <summary>How to take one list action back: what two keys (objects or lists) pointed at before.</summary>
    /// <param name="Number">How many events had been applied, this one included.</param>
    private readonly record struct Step(
        long Number, StepKind Kind, ulong First, int FirstNode, ulong Second, int SecondNode, int Fresh);
}
