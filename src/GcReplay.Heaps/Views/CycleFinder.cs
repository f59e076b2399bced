using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Finds cycles of owned references at one position, and what a full collection would make of them.</summary>
/// <remarks>Garbage is decided as a collector of cycles does that knows counts and no roots: of an object's count the references that
/// collected objects hold are taken away, and what is left over comes from outside; whatever such objects lead to stays. A collection
/// sees the lists of one owner (all objects where there are no lists), and all references of what it sees: a layout does not tell which
/// lists a collector leaves out, nor which kinds it does not look into. Without counts, roots stand for what is left over.
/// Source: CPython Modules/gcmodule.c update_refs, subtract_refs, move_unreachable. Cost: all living objects and their references;
/// must not be kept across positions.</remarks>
public sealed class CycleFinder
{
    private const int OfNobody = -1;

    private readonly HeapView view;
    private readonly Census census;
    private readonly StrongComponents components;
    private readonly List<OwnedReference>[] outgoing;
    private readonly List<OwnedReference>[] incoming;
    private readonly int?[] ownerOf;
    private readonly SortedDictionary<int, Deduction> deductions = [];

    public CycleFinder(HeapView view)
    {
        this.view = view;
        census = view.Census();
        var count = census.Objects.Count;
        outgoing = [.. Enumerable.Range(0, count).Select(_ => new List<OwnedReference>())];
        incoming = [.. Enumerable.Range(0, count).Select(_ => new List<OwnedReference>())];
        var edges = new List<(int, int)>();
        foreach (var reference in census.OwnedReferences)
        {
            var target = census.IndexOf(reference.Target);
            if (reference.Holder >= 0)
                outgoing[reference.Holder].Add(reference);
            if (target < 0)
                continue;
            incoming[target].Add(reference);
            if (reference.Holder >= 0)
                edges.Add((reference.Holder, target));
        }

        components = StrongComponents.Of(count, edges);
        ownerOf = [.. census.Objects.Select(OwnerOf)];
    }

    /// <summary>The component of a living object; null when it lives no more.</summary>
    public Cycle? Of(ObjectEntry entry)
    {
        var index = census.IndexOf(entry.Address);
        return index < 0 || census.Objects[index].Number != entry.Number ? null : Describe(components.ComponentOf(index));
    }

    /// <summary>All components in which references lead in a circle, by their lowest member.</summary>
    public IEnumerable<Cycle> Cycles() => Enumerable.Range(0, components.All.Count)
        .Where(IsCycle).OrderBy(component => components.All[component][0]).Select(Describe);

    private Cycle Describe(int component)
    {
        var members = components.All[component];
        var references = members.SelectMany(m => outgoing[m]).ToList();
        var isCycle = IsCycle(component);
        return new Cycle(
            [.. members.Select(m => census.Objects[m])],
            isCycle,
            isCycle ? null : CycleAbove(component),
            [.. references.Where(r => IsIn(component, r.Target))],
            [.. members.SelectMany(m => incoming[m]).Where(r => r.Holder < 0 || components.ComponentOf(r.Holder) != component).OrderBy(r => r.Holder)],
            [.. references.Where(r => !IsIn(component, r.Target))],
            CountOf(members),
            [.. members.Where(m => ownerOf[m] is null).Select(m => census.Objects[m])],
            HolderOf(component));
    }

    private bool IsCycle(int component) =>
        components.All[component] is var members && (members.Count > 1 || outgoing[members[0]].Any(r => census.IndexOf(r.Target) == members[0]));

    private bool IsIn(int component, Address target) => census.IndexOf(target) is var index and >= 0 && components.ComponentOf(index) == component;

    private long? CountOf(IReadOnlyList<int> members)
    {
        var sum = 0L;
        foreach (var member in members)
        {
            if (CountOf(member) is not { } count)
                return null;
            sum = unchecked(sum + count);
        }

        return sum;
    }

    private long? CountOf(int index)
    {
        var entry = census.Objects[index];
        var plan = view.PlanOf(entry);
        return plan.ReferenceCount is { } field ? unchecked((long)view.Read(plan, entry.Address, field, entry).Value) : null;
    }

    /// <summary>Whose lists a collection would have to be of to see the object; null when none does.</summary>
    private int? OwnerOf(ObjectEntry entry)
    {
        if (view.Families.Length == 0)
            return OfNobody;
        return view.ListOf(entry) is { } list ? list.Owner?.Interpreter ?? OfNobody : null;
    }

    private ObjectEntry? CycleAbove(int component)
    {
        var seen = new HashSet<int>(components.All[component]);
        var queue = new Queue<int>(components.All[component]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var reference in incoming[node])
            {
                if (reference.Holder < 0 || !seen.Add(reference.Holder))
                    continue;
                if (IsCycle(components.ComponentOf(reference.Holder)))
                    return census.Objects[reference.Holder];
                queue.Enqueue(reference.Holder);
            }
        }

        return null;
    }

    /// <summary>What keeps a component from being garbage in a collection of the lists that hold it.</summary>
    private CycleHolder? HolderOf(int component)
    {
        foreach (var member in components.All[component])
        {
            if (ownerOf[member] is not { } owner)
                continue;
            if (!deductions.TryGetValue(owner, out var deduction))
                deductions.Add(owner, deduction = Deduce(owner));
            if (deduction.Before[member] is { } before)
                return Trace(deduction, member, before);
        }

        return null;
    }

    /// <summary>Follows references breadth first from every object that something outside holds.</summary>
    private Deduction Deduce(int owner)
    {
        var deduction = new Deduction(new int?[census.Objects.Count], new long[census.Objects.Count]);
        var queue = new Queue<int>();
        for (var i = 0; i < census.Objects.Count; i++)
        {
            if (ownerOf[i] != owner)
                continue;
            var fromInside = incoming[i].Count(r => r.Holder >= 0 && ownerOf[r.Holder] == owner);
            deduction.Outside[i] = CountOf(i) is { } count ? unchecked(count - fromInside) : incoming[i].Count - fromInside;
            if (deduction.Outside[i] <= 0)
                continue;
            deduction.Before[i] = i;
            queue.Enqueue(i);
        }

        while (queue.TryDequeue(out var node))
        {
            foreach (var reference in outgoing[node])
            {
                var target = census.IndexOf(reference.Target);
                if (target < 0 || ownerOf[target] != owner || deduction.Before[target] is not null)
                    continue;
                deduction.Before[target] = node;
                queue.Enqueue(target);
            }
        }

        return deduction;
    }

    private CycleHolder Trace(Deduction deduction, int member, int before)
    {
        var path = new List<ObjectEntry> { census.Objects[member] };
        var node = member;
        while (before != node)
        {
            node = before;
            path.Add(census.Objects[node]);
            before = deduction.Before[node]!.Value;
        }

        path.Reverse();
        var owner = ownerOf[node];
        var outside = incoming[node].Where(r => r.Holder < 0 || ownerOf[r.Holder] != owner).ToList();
        return new CycleHolder(outside.Count > 0 ? outside[0] : null, deduction.Outside[node] - outside.Count, path);
    }

    /// <param name="Before">By object: the one that leads to it on a shortest way from outside, itself when something outside holds it,
    /// null when it is garbage or not looked at.</param>
    /// <param name="Outside">By object: references from outside.</param>
    private sealed record Deduction(int?[] Before, long[] Outside);
}
