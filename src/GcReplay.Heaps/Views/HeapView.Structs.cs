using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Structs of the runtime: found from the root by pointers, and in the shadow's object table.</summary>
public sealed partial class HeapView
{
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
    public FieldValue Read(StructInstance instance, Field field) => Read(instance.Plan, instance.Address, field, null);

    /// <summary>A field of a struct by its upstream name; null when the struct has none of that name.</summary>
    public FieldValue? Read(StructInstance instance, string field) =>
        instance.Plan.Field(field) is { } known ? Read(instance, known) : null;

    public string InterpreterName(int interpreter) => StructNames.InterpreterName(Layout.Interpreters, interpreter);

    private List<StructInstance> Discover()
    {
        var search = new StructSearch(this);
        search.Reach(Plan(Layout.Struct(Layout.RootStruct)), Layout.Root);
        search.AddKnown();
        return search.Found;
    }

    internal IEnumerable<ObjectEntry> RuntimeEntries()
    {
        for (var n = 1UL; Shadow.Object(n, runtime: true) is { } entry; n++)
            yield return entry;
    }

    /// <summary>The cell of a row of the object table; null when its memory holds something else by now.</summary>
    internal Cell? CellOf(in ObjectEntry entry)
    {
        var encoded = Space.Peek(Windows.CellWord(entry.CellStart));
        var cell = Cell.Decode(entry.CellStart, encoded);
        return encoded != 0 && cell.Row == entry.Row && cell.IsRuntime == entry.IsRuntime ? cell : null;
    }

    /// <summary>The struct of a name that a pointer names; null for one of objects.</summary>
    internal StructLayout? Target(string structName) => layoutPlan.RuntimeStruct(structName);

    /// <summary>The plan of a type's struct; null for an unknown type.</summary>
    internal StructPlan? PlanOfType(int typeId) => typeId < layoutPlan.Types.Length ? layoutPlan.Types[typeId] : null;

    internal ulong? ReadNumber(StructPlan plan, Address address, Field? field) =>
        field is null || Read(plan, address, field, null) is not { IsMapped: true } value ? null : value.Value;
}
