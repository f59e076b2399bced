using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One search for the structs of the runtime: along pointers from the root, breadth first, then in the shadow's object table.</summary>
internal sealed class StructSearch
{
    private readonly HeapView view;
    private readonly StructNames names;
    private readonly HashSet<(ulong, int)> seen = [];
    private readonly Dictionary<ulong, ObjectEntry> occupants = [];
    private readonly List<ObjectEntry> entries;

    public StructSearch(HeapView view)
    {
        this.view = view;
        names = new StructNames(view.Layout.Interpreters);
        entries = [.. view.RuntimeEntries()];
        // Where the memory was used again only its row still knows who was there.
        foreach (var entry in entries)
        {
            if (view.CellOf(entry) is { } cell && cell.Contains(entry.Address))
                occupants[entry.Address.Value] = entry;
        }
    }

    /// <summary>In the order in which they were found.</summary>
    public List<StructInstance> Found { get; } = [];

    /// <summary>Adds what pointers lead to from a struct, and itself; from one that ended none leads on.</summary>
    public void Reach(StructPlan rootPlan, Address root)
    {
        var queue = new Queue<Pointer>();
        queue.Enqueue(new Pointer(rootPlan, root, -1, "", -1));
        while (queue.TryDequeue(out var next) && Found.Count < HeapView.ChainMax)
        {
            if (!next.Target.IsWordAligned || !view.Space.IsMapped(next.Target) || !seen.Add((next.Target.Value, next.Plan.Index)))
                continue;
            Add(next, view.Shadow.IsFreed(next.Target), occupants.TryGetValue(next.Target.Value, out var occupant) ? occupant : null);
            if (!Found[^1].HasEnded)
                Follow(Found.Count - 1, queue);
        }
    }

    /// <summary>Adds the structs among the runtime's objects that no pointer led to.</summary>
    public void AddKnown()
    {
        foreach (var entry in entries)
        {
            if (view.PlanOfType(entry.TypeId) is { Layout.Role: not StructRole.Object } plan && seen.Add((entry.Address.Value, plan.Index)))
                Add(new Pointer(plan, entry.Address, -1, "", -1), view.CellOf(entry) is not { State: CellState.Live }, entry);
        }
    }

    private void Follow(int holder, Queue<Pointer> queue)
    {
        var (plan, address) = (Found[holder].Plan, Found[holder].Address);
        foreach (var field in plan.PointerFields)
        {
            var value = view.Read(plan, address, field, null);
            if (value.Role == FieldRole.Pointer && value.Value != 0 && view.Target(value.Meaning!.Target) is { } target)
                queue.Enqueue(new Pointer(view.Plan(target), value.Target, holder, field.Name, -1));
        }

        foreach (var vector in plan.PointerVectors)
        {
            if (view.Target(vector.ItemStruct) is not { } target)
                continue;
            foreach (var item in ContainerView.Of(view, plan.Layout, address, vector).Items())
            {
                if (item.Value != 0)
                    queue.Enqueue(new Pointer(view.Plan(target), new Address(item.Value), holder, vector.Name, item.Index));
            }
        }
    }

    private void Add(in Pointer pointer, bool hasEnded, ObjectEntry? entry)
    {
        var plan = pointer.Plan;
        var given = entry is { } e && e.NameId < view.Layout.Names.Length ? view.Layout.Names[e.NameId] : "";
        var interpreter = InterpreterOf(pointer, given, entry, hasEnded);
        var thread = plan.Layout.Role == StructRole.Thread && given.Length == 0 ? view.ReadNumber(plan, pointer.Target, plan.Thread) : null;
        var ordinal = plan.Layout.Role == StructRole.Interpreter ? Ordinal(entry, plan) : 0;
        names.Add(new StructNames.Clues(plan.Layout, given, interpreter, thread, ordinal, pointer.Holder, pointer.Via, pointer.ViaIndex));
        Found.Add(new StructInstance(plan, pointer.Target, hasEnded, interpreter, names, Found.Count));
    }

    /// <summary>Which interpreter a struct is or belongs to. One that ended is known by the shadow: its words may be overwritten.</summary>
    private int? InterpreterOf(in Pointer pointer, string given, ObjectEntry? entry, bool hasEnded)
    {
        var (plan, interpreters) = (pointer.Plan, view.Layout.Interpreters);
        if (plan.Layout.Role == StructRole.Root)
            return null;
        if (!hasEnded && view.ReadNumber(plan, pointer.Target, plan.Interpreter) is { } id && id < (ulong)interpreters.Length)
            return (int)id;
        if (plan.Layout.Role != StructRole.Interpreter)
            return PointsAtInterpreter(plan, pointer.Target) ?? (pointer.Holder < 0 ? null : Found[pointer.Holder].Interpreter);
        if (entry is not { } e)
            return null;
        var byBirth = e.Birthplace < interpreters.Length ? interpreters[e.Birthplace] : "";
        if (given.Length == 0 || byBirth == given)
            return e.Birthplace;
        var byName = interpreters.IndexOf(given);
        return byName >= 0 ? byName : e.Birthplace;
    }

    /// <summary>The interpreter that a struct (a thread's) names by a pointer.</summary>
    private int? PointsAtInterpreter(StructPlan plan, Address address)
    {
        foreach (var field in plan.PointerFields)
        {
            if (field.Meanings is not [{ Role: FieldRole.Pointer } pointer] || view.Target(pointer.Target) is not { Role: StructRole.Interpreter } target)
                continue;
            if (view.TryRead(address + field.Offset, out var word) && word != 0 && view.Plan(target) is var known
                && view.ReadNumber(known, new Address(word), known.Interpreter) is { } id && id < (ulong)view.Layout.Interpreters.Length)
                return (int)id;
        }

        return null;
    }

    /// <summary>How many interpreters of its name were before it: a name can be used again after its interpreter ended, and the second of
    /// that name is <c>sub~2</c> for ever.</summary>
    private int Ordinal(ObjectEntry? entry, StructPlan plan)
    {
        if (entry is not { } e)
            return 0;
        var before = 0;
        for (var i = 0; i < entries.Count && entries[i].Number < e.Number; i++)
            before += view.PlanOfType(entries[i].TypeId) == plan && entries[i].Birthplace == e.Birthplace && entries[i].NameId == e.NameId ? 1 : 0;
        return before;
    }

    /// <summary>What led to a struct: a field or an item of a container in the struct with an index; -1 for none.</summary>
    private readonly record struct Pointer(StructPlan Plan, Address Target, int Holder, string Via, long ViaIndex);
}
