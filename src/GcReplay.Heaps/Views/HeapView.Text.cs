using System.Globalization;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Addresses and values in words, with the names that the layout gives.</summary>
public sealed partial class HeapView
{
    /// <summary>What lies at an address: an object, a field of one, a list's head, a field of a struct, freed memory and whose it
    /// was, unmapped memory.</summary>
    public string Describe(Address address)
    {
        if (address.IsNull)
            return "0";
        if (!Windows.IsProcess(address))
            return $"{address}, no address of the process";
        var cell = Shadow.CellAt(address);
        var occupant = cell is { } c ? Shadow.OccupantOf(c) : null;
        if (ListAt(address) is { } list)
            return list.HeadState == HeadState.Live ? $"{list.Name} head" : $"{list.Name} head ({Memory(address, cell, occupant)})";
        if (cell is { State: CellState.Live } && occupant is { } entry && IsObject(entry) && Space.IsMapped(address))
            return TextOf(entry) + Part(PlanOf(entry).Layout, entry.Address, address);
        if (cell is not { State: CellState.Freed } && Space.IsMapped(address) && InstanceAt(address) is { HasEnded: false } instance)
            return Part(instance, address);
        if (cell is null && SlotElsewhere(address) is { } slot)
            return slot;
        return Memory(address, cell, occupant);
    }

    /// <summary>The field, item or head that lies at an address, without what it is a part of; empty where the layout knows none.</summary>
    public string PartAt(Address address)
    {
        var word = new Address(address.Value & ~7UL);
        if (ObjectCovering(word) is { State: not ObjectState.Unmapped } o)
            return PartIn(o.Layout, o.Address, word);
        return InstanceAt(word) is { } instance && Space.IsMapped(word) ? PartIn(instance.Layout, instance.Address, word) : "";
    }

    /// <summary>A field's value in words: a reference as its target, a phase as its name, a flag as 0 or 1.</summary>
    public string Describe(FieldValue value) => value.Role switch
    {
        _ when !value.IsMapped => "unmapped",
        FieldRole.TypeId when value.Value < (ulong)Layout.Types.Length => Layout.Types[(int)value.Value].Name,
        FieldRole.Phase when value.Value < (ulong)Layout.Phases.Length => Layout.Phases[(int)value.Value],
        FieldRole.InterpreterId when value.Value < (ulong)Layout.Interpreters.Length => InterpreterName((int)value.Value),
        FieldRole.Script when value.Value is 0 => "none",
        FieldRole.Script when value.Value <= (ulong)Layout.Scripts.Length => $"script {Layout.Scripts[(int)value.Value - 1]}",
        FieldRole.Real => BitConverter.UInt64BitsToDouble(value.Word).ToString("R", CultureInfo.InvariantCulture),
        FieldRole.Link when Families.Length > 0 => DescribeNode(value.Target, Families[0]),
        FieldRole.Owned or FieldRole.Borrowed or FieldRole.Pointer or FieldRole.HeldList or FieldRole.Link or FieldRole.Address or FieldRole.Chain =>
            Describe(value.Target),
        _ => value.Value.ToString(),
    };

    /// <summary>What a link word names: the object whose links lie there, or the head of a list.</summary>
    public string DescribeNode(Address node, LinkFamily family) =>
        ListAt(node) is null && ObjectAt(family.ObjectOf(node)) is { } o
            ? o.State switch
            {
                ObjectState.Freed => $"freed {o}",
                ObjectState.Unmapped => $"freed and unmapped {o}",
                _ => o.ToString(),
            }
            : Describe(node);

    public string NameOf(ObjectEntry entry) => entry.NameId < Layout.Names.Length ? Layout.Names[entry.NameId] : "";

    public ObjectState StateOf(ObjectEntry entry) =>
        CellOf(entry) is { State: CellState.Live } ? ObjectState.Live
        : Space.IsMapped(entry.Address) ? ObjectState.Freed
        : ObjectState.Unmapped;

    public string TextOf(ObjectEntry entry)
    {
        if (entry.IsRuntime)
            return RuntimeText(entry);
        var type = entry.TypeId < layoutPlan.Types.Length ? TypeOf(entry).Name : $"type {entry.TypeId}";
        return NameOf(entry) is { Length: > 0 } name ? $"#{ObjectNumber.Text(entry.Number)} {type} '{name}'" : $"#{ObjectNumber.Text(entry.Number)} {type}";
    }

    private string RuntimeText(ObjectEntry entry)
    {
        if (entry.TypeId >= layoutPlan.Types.Length)
            return $"runtime object {entry.Number}";
        var structure = layoutPlan.Types[entry.TypeId].Layout;
        var instance = Instances().FirstOrDefault(i => i.Address == entry.Address && i.Layout == structure);
        var name = instance?.Name ?? NameOf(entry);
        return structure.Role switch
        {
            StructRole.Interpreter => $"{Titled("interpreter", name)}'s state",
            StructRole.Thread => $"{Titled("thread", name)}'s state",
            _ => name.Length > 0 ? name : structure.Name,
        };
    }

    /// <summary>A redacted name says what it is a name of.</summary>
    private static string Titled(string what, string name) => name.StartsWith(what + " ", StringComparison.Ordinal) ? name : $"{what} {name}";

    private string Memory(Address address, Cell? cell, ObjectEntry? occupant)
    {
        if (cell is { State: not CellState.Live } && occupant is { } gone && (address < gone.CellStart || CellOf(gone) is { State: CellState.Live }) && Space.IsMapped(address))
            return $"{(cell is { State: CellState.Freed } ? "freed memory" : "memory")} that {TextOf(gone)} moved away from";
        var whose = occupant is { } o ? $"{TextOf(o)}, offset {address - o.Address}" : "";
        if (!Space.IsMapped(address))
            return whose.Length > 0 ? $"unmapped memory, once {whose}" : "unmapped memory";
        if (cell is { State: CellState.Freed })
            return whose.Length > 0 ? $"freed memory of {whose}" : $"freed memory, offset {address - cell.Value.Start}";
        if (cell is { State: CellState.Live })
            return whose.Length > 0 ? whose : $"allocated memory, offset {address - cell.Value.Start}";
        var region = Layout.Regions.FirstOrDefault(r => r.Contains(address));
        return region is null ? $"{address}" : $"{region.Name}, offset {address - region.Start}";
    }

    private string Part(StructInstance instance, Address address)
    {
        var part = Part(instance.Layout, instance.Address, address);
        return instance.Role == StructRole.Root && part.StartsWith($".{Reference.Globals}[", StringComparison.Ordinal)
            ? Reference.Globals + part[(Reference.Globals.Length + 2)..^1]
            : instance.Name + part;
    }

    /// <summary>An item of a vector that lies apart from its struct, as a thread's frame does.</summary>
    private string? SlotElsewhere(Address address)
    {
        foreach (var instance in Instances())
        {
            foreach (var container in instance.Layout.Containers)
            {
                if (instance.HasEnded || container is not Vector { IsIndirect: true })
                    continue;
                foreach (var item in ContainerView.Of(this, instance.Layout, instance.Address, container).Items())
                {
                    if (item.Slot == address)
                        return $"{instance.Name}.{item.Name}";
                }
            }
        }

        return null;
    }

    private string Part(StructLayout structure, Address start, Address address)
    {
        if (address == start)
            return "";
        return PartIn(structure, start, new Address(address.Value & ~7UL)) is { Length: > 0 } part ? "." + part : $", offset {address - start}";
    }

    private string PartIn(StructLayout structure, Address start, Address word)
    {
        // Flags share their word with what it is named after.
        if (structure.Fields.Where(f => start + f.Offset == word).MaxBy(f => f.Width) is { } field)
            return field.Name;

        foreach (var container in structure.Containers)
        {
            if (container is not (LinkedList or Vector { IsIndirect: false } or CardBits or RawWords) && start + container.Offset == word)
                return container.Name;
            if (container is LinkedList list && (start + list.Offset + list.NextOffset == word || start + list.Offset + list.PrevOffset == word))
                return $"{container.Name} head";
            if (container is Vector { IsIndirect: false } vector && new VectorView(this, structure, start, vector).NameAt(word) is { Length: > 0 } item)
                return item;
        }

        return "";
    }
}
