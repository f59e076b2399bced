using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Structs of the runtime: found from the root by pointers, and in the shadow's object table.</summary>
public sealed partial class HeapView
{
    private const ulong ThreadsMax = 1 << 16;

    /// <summary>Structs of the runtime, those that ended included: first what the root reaches, in the order of pointers, then the rest of
    /// the runtime objects by number.</summary>
    /// <param name="structName">Only structs of this name; null for all.</param>
    public IEnumerable<StructInstance> Instances(string? structName = null)
    {
        var now = Now();
        now.Instances ??= Discover();
        return structName is null ? now.Instances : now.Instances.Where(i => i.Layout.Name == structName);
    }

    /// <summary>The struct that covers an address: a living one before one that ended, the later of two that ended.</summary>
    public StructInstance? InstanceAt(Address address)
    {
        StructInstance? ended = null;
        foreach (var instance in Instances())
        {
            if (!instance.Covers(address))
                continue;
            if (!instance.HasEnded)
                return instance;
            ended = instance;
        }

        return ended;
    }

    public StructInstance? Interpreter(int interpreter) =>
        Instances().FirstOrDefault(i => i.Role == StructRole.Interpreter && i.Interpreter == interpreter);

    /// <summary>A field of a struct with the meaning it has now.</summary>
    public FieldValue Read(StructInstance instance, Field field) => Read(Plan(instance.Layout), instance.Address, field, null);

    /// <summary>A field of a struct by its upstream name; null when the struct has none of that name.</summary>
    public FieldValue? Read(StructInstance instance, string field) =>
        Plan(instance.Layout).Field(field) is { } known ? Read(instance, known) : null;

    public string InterpreterName(int interpreter) =>
        interpreter >= 0 && interpreter < Layout.Interpreters.Length && Layout.Interpreters[interpreter].Length > 0
            ? Layout.Interpreters[interpreter]
            : $"interpreter {interpreter}";

    private static string Unique(string name, bool isThread, HashSet<string> taken)
    {
        // A thread may be called as its interpreter is: its containers are others.
        var kind = isThread ? "thread " : "";
        var unique = name;
        for (var k = 2; !taken.Add(kind + unique); k++)
            unique = $"{name}~{k}";
        return unique;
    }

    private List<StructInstance> Discover()
    {
        var found = new List<StructInstance>();
        var names = new HashSet<string>();
        var seen = new HashSet<(ulong, string)>();
        var queue = new Queue<(StructLayout Layout, Address Address, StructInstance? From, string Via)>();
        queue.Enqueue((Layout.Struct(Layout.RootStruct), Layout.Root, null, ""));
        while (queue.TryDequeue(out var next) && found.Count < ChainMax)
        {
            if (!next.Address.IsWordAligned || !Space.IsMapped(next.Address) || !seen.Add((next.Address.Value, next.Layout.Name)))
                continue;
            var instance = Name(next.Layout, next.Address, next.From, next.Via, Shadow.IsFreed(next.Address), names);
            found.Add(instance);
            if (instance.HasEnded)
                continue;
            foreach (var (layout, address, via) in PointersOf(instance))
                queue.Enqueue((layout, address, instance, via));
        }

        foreach (var entry in RuntimeEntries())
        {
            if (entry.TypeId >= typePlans.Length || typePlans[entry.TypeId].Layout is not { Role: not StructRole.Object } layout)
                continue;
            if (seen.Add((entry.Address.Value, layout.Name)))
                found.Add(Name(layout, entry.Address, null, "", CellOf(entry) is not { State: CellState.Live }, names, entry));
        }

        return found;
    }

    private IEnumerable<ObjectEntry> RuntimeEntries()
    {
        for (var n = 1UL; Shadow.Object(n, runtime: true) is { } entry; n++)
            yield return entry;
    }

    /// <summary>The cell of a row of the object table; null when its memory holds something else by now.</summary>
    private Cell? CellOf(in ObjectEntry entry)
    {
        var encoded = Space.Peek(Windows.CellWord(entry.CellStart));
        var cell = Cell.Decode(entry.CellStart, encoded);
        return encoded != 0 && cell.Row == entry.Row && cell.IsRuntime == entry.IsRuntime ? cell : null;
    }

    private IEnumerable<(StructLayout Layout, Address Address, string Via)> PointersOf(StructInstance instance)
    {
        foreach (var field in instance.Layout.Fields)
        {
            if (field.Meanings.All(m => m.Role != FieldRole.Pointer))
                continue;
            var value = Read(instance, field);
            if (value.Role == FieldRole.Pointer && value.Value != 0 && Target(value.Meaning!.Target) is { } target)
                yield return (target, value.Target, field.Name);
        }

        foreach (var container in instance.Layout.Containers)
        {
            if (container is not Vector { ItemRole: FieldRole.Pointer, ItemStruct: { Length: > 0 } itemStruct } || Target(itemStruct) is not { } target)
                continue;
            foreach (var item in ContainerView.Of(this, instance.Layout, instance.Address, container).Items())
            {
                if (item.Value != 0)
                    yield return (target, new Address(item.Value), item.Name);
            }
        }
    }

    private StructLayout? Target(string structName) =>
        Layout.Structs.FirstOrDefault(s => s.Name == structName) is { Role: not StructRole.Object } known ? known : null;

    private StructInstance Name(
        StructLayout layout, Address address, StructInstance? from, string via, bool ended, HashSet<string> names, ObjectEntry? known = null)
    {
        // Where the memory was used again only its row still knows who was there.
        var entry = known ?? (Shadow.OccupantAt(address) is { IsRuntime: true } occupant && occupant.Address == address ? occupant : null);
        var given = entry is { } e && e.NameId < Layout.Names.Length ? Layout.Names[e.NameId] : "";
        var interpreter = InterpreterOf(layout, address, from, given, entry, ended);
        var name = layout.Role switch
        {
            StructRole.Root => layout.Name,
            StructRole.Interpreter => (interpreter is { } i ? InterpreterName(i) : given.Length > 0 ? given : layout.Name) + Ordinal(entry, layout),
            StructRole.Thread when given.Length > 0 => given,
            // The words of one that ended may be anybody's by now.
            StructRole.Thread => ReadNumber(layout, address, Plan(layout).Thread) switch { null or 0 => "main", < ThreadsMax and var id => $"thread{id}", _ => "thread" },
            StructRole.CollectionRecord => interpreter is { } i ? $"{InterpreterName(i)}.{layout.Name}" : layout.Name,
            _ when given.Length > 0 => given,
            _ => from is null || from.Role == StructRole.Root ? (via.Length > 0 ? via : layout.Name) : $"{from.Name}.{via}",
        };
        return new StructInstance(layout, address, Unique(name, layout.Role == StructRole.Thread, names), ended, interpreter);
    }

    /// <summary>Which interpreter a struct is or belongs to. One that ended is known by the shadow: its words may be overwritten.</summary>
    private int? InterpreterOf(StructLayout layout, Address address, StructInstance? from, string given, ObjectEntry? entry, bool ended)
    {
        if (layout.Role == StructRole.Root)
            return null;
        if (!ended && ReadNumber(layout, address, Plan(layout).Interpreter) is { } id && id < (ulong)Layout.Interpreters.Length)
            return (int)id;
        if (layout.Role != StructRole.Interpreter)
            return PointsAtInterpreter(layout, address) ?? from?.Interpreter;
        if (entry is not { } e)
            return null;
        var byBirth = e.Birthplace < Layout.Interpreters.Length ? Layout.Interpreters[e.Birthplace] : "";
        if (given.Length == 0 || byBirth == given)
            return e.Birthplace;
        var byName = Layout.Interpreters.IndexOf(given);
        return byName >= 0 ? byName : e.Birthplace;
    }

    /// <summary>The interpreter that a struct (a thread's) names by a pointer.</summary>
    private int? PointsAtInterpreter(StructLayout layout, Address address)
    {
        foreach (var field in layout.Fields)
        {
            if (field.Meanings is not [{ Role: FieldRole.Pointer } pointer] || Target(pointer.Target) is not { Role: StructRole.Interpreter } target)
                continue;
            if (TryRead(address + field.Offset, out var word) && word != 0 && ReadNumber(target, new Address(word), Plan(target).Interpreter) is { } id
                && id < (ulong)Layout.Interpreters.Length)
                return (int)id;
        }

        return null;
    }

    /// <summary>A name can be used again after its interpreter ended: the second of that name is <c>sub~2</c> for ever.</summary>
    private string Ordinal(ObjectEntry? entry, StructLayout layout)
    {
        if (entry is not { } e)
            return "";
        var before = RuntimeEntries().TakeWhile(r => r.Number < e.Number)
            .Count(r => r.TypeId < typePlans.Length && typePlans[r.TypeId].Layout == layout && r.Birthplace == e.Birthplace && r.NameId == e.NameId);
        return before == 0 ? "" : $"~{before + 1}";
    }

    private ulong? ReadNumber(StructLayout layout, Address address, Field? field) =>
        field is null || Read(Plan(layout), address, field, null) is not { IsMapped: true } value ? null : value.Value;
}
