using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>The living objects of one state, enumerated once for all checks, and the owned references between them.</summary>
public sealed class Census
{
    private readonly HeapView view;
    private readonly Dictionary<ulong, int> byAddress;
    private readonly int[] owned;
    private readonly List<OwnedReference> references = [];
    private bool[]? reachable;

    internal Census(HeapView view)
    {
        this.view = view;
        Objects = [.. view.LiveEntries()];
        byAddress = new Dictionary<ulong, int>(Objects.Count);
        for (var i = 0; i < Objects.Count; i++)
            byAddress[Objects[i].Address.Value] = i;
        owned = new int[Objects.Count];
        foreach (var root in view.Roots())
            Add(-1, root.Slot, root.Target);
        for (var i = 0; i < Objects.Count; i++)
            AddReferencesOf(i);
    }

    /// <summary>By ascending number.</summary>
    public IReadOnlyList<ObjectEntry> Objects { get; }

    /// <summary>Owned references in roots first, then in objects by ascending number.</summary>
    public IReadOnlyList<OwnedReference> OwnedReferences => references;

    /// <summary>Number of owned references to the object with an index in <see cref="Objects"/>.</summary>
    public int OwnedReferencesTo(int index) => owned[index];

    /// <summary>Index of the living object at exactly this address; -1 when there is none.</summary>
    public int IndexOf(Address address) => byAddress.GetValueOrDefault(address.Value, -1);

    /// <summary>By index in <see cref="Objects"/>, whether the object is kept: owned references lead to it from a root, from an object
    /// that is never freed, or from a list that keeps its members.</summary>
    public bool[] Reachable() => reachable ??= Reach();

    private bool[] Reach()
    {
        var targets = references.ToLookup(reference => reference.Holder, reference => IndexOf(reference.Target));
        var reached = new bool[Objects.Count];
        var open = new Stack<int>([-1]);
        foreach (var kept in view.Tracing.StrongLists.SelectMany(view.MembersOf).Select(member => IndexOf(new Address(member))).Concat(Immortals()))
        {
            if (kept < 0 || reached[kept])
                continue;
            reached[kept] = true;
            open.Push(kept);
        }

        while (open.TryPop(out var holder))
        {
            foreach (var target in targets[holder].Where(target => target >= 0 && !reached[target]))
            {
                reached[target] = true;
                open.Push(target);
            }
        }

        return reached;
    }

    /// <summary>A shortest way of owned references from a root to the object with an index; null when no root reaches it.</summary>
    /// <remarks>Breadth first, roots and objects in their order.</remarks>
    public IReadOnlyList<OwnedReference>? PathTo(int goal)
    {
        var from = references.ToLookup(r => r.Holder);
        var came = new OwnedReference?[Objects.Count];
        var open = new Queue<int>([-1]);
        while (open.TryDequeue(out var holder))
        {
            foreach (var reference in from[holder])
            {
                var target = IndexOf(reference.Target);
                if (target < 0 || came[target] is not null)
                    continue;
                came[target] = reference;
                if (target == goal)
                    return WayTo(goal, came);
                open.Enqueue(target);
            }
        }

        return null;
    }

    /// <summary>A reference with its names: <c>#1 node 'a'.slots[1]</c>, <c>g3</c>.</summary>
    public string Describe(OwnedReference reference)
    {
        if (reference.Holder < 0)
            return view.Roots().FirstOrDefault(r => r.Slot == reference.Slot).Name;
        var holder = Objects[reference.Holder];
        return $"{view.TextOf(holder)}.{NameOf(reference)}";
    }

    /// <summary>Name of the slot that holds the reference, without its holder.</summary>
    public string NameOf(OwnedReference reference) =>
        reference.Holder < 0 ? Describe(reference) : view.References(Objects[reference.Holder]).FirstOrDefault(r => r.Slot == reference.Slot).Name;

    private static List<OwnedReference> WayTo(int goal, OwnedReference?[] came)
    {
        var path = new List<OwnedReference>();
        for (var at = goal; at >= 0; at = path[^1].Holder)
            path.Add(came[at]!.Value);
        path.Reverse();
        return path;
    }

    private IEnumerable<int> Immortals() =>
        view.Tracing.Immortal.IsEmpty ? [] : Enumerable.Range(0, Objects.Count).Where(i => view.IsImmortal(Objects[i]));

    private void AddReferencesOf(int index)
    {
        var entry = Objects[index];
        var plan = view.PlanOf(entry);
        if (plan.Owned is not { } owned || owned.Vector is { IsIndirect: true })
        {
            foreach (var reference in view.References(entry))
            {
                if (reference.IsOwned)
                    Add(index, reference.Slot, reference.Target);
            }

            return;
        }

        // The common shape, without the views.
        var end = view.EndOf(entry);
        foreach (var field in owned.Fields)
            AddSlot(index, entry.Address + field.Offset, end);
        if (owned.Vector is not { } vector)
            return;
        var count = owned.Count is { } counted ? (view.TryRead(entry.Address + counted.Offset, out var word) ? word : 0) : (ulong)vector.Count;
        for (var slot = entry.Address + vector.Offset; count > 0 && slot < end; slot += 8, count--)
            AddSlot(index, slot, end);
    }

    private void AddSlot(int holder, Address slot, Address end)
    {
        if (slot < end && view.TryRead(slot, out var target) && target != 0)
            Add(holder, slot, new Address(target));
    }

    private void Add(int holder, Address slot, Address target)
    {
        references.Add(new OwnedReference(holder, slot, target));
        if (byAddress.TryGetValue(target.Value, out var i))
            owned[i]++;
    }
}

/// <summary>An owned reference as a census lists it.</summary>
/// <param name="Holder">Index of the holder in <see cref="Census.Objects"/>; -1 for a root.</param>
public readonly record struct OwnedReference(int Holder, Address Slot, Address Target);
