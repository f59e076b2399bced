using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What words mean now: conditions, colours, phases, owners.</summary>
public sealed partial class HeapView
{
    public Colour ColourOf(ObjectEntry entry)
    {
        if (CellOf(entry) is not { State: CellState.Live } || !IsObject(entry))
            return Colour.None;
        var plan = PlanOf(entry);
        foreach (var rule in Layout.Colours)
        {
            if (Holds(rule.When, plan, entry.Address, entry))
                return rule.Colour;
        }

        return Colour.None;
    }

    /// <summary>Phase of the collection record whose list holds the object, or of a struct that keeps a phase and no lists and so
    /// speaks for the whole heap (a collector with one heap); null when there is neither.</summary>
    public int? PhaseOf(ObjectEntry entry)
    {
        if (!layoutPlan.HasPhases)
            return null;
        FindHolders();
        if (ListOf(entry) is { } list)
        {
            if (Now().Holders.TryGetValue(list.Head.Value, out var holders) && PhaseOf(holders[^1].Record) is { } held)
                return held;
            if (!list.Holder.HasEnded && PhaseOf(list.Holder) is { } own)
                return own;
        }

        return Now().WholeHeapRecord is { } whole ? PhaseOf(whole) : null;
    }

    /// <summary>The phase that a struct keeps in its words; null when it keeps none.</summary>
    public int? PhaseOf(StructInstance instance) =>
        ReadNumber(instance.Plan, instance.Address, instance.Plan.Phase) is { } phase && phase < (ulong)Layout.Phases.Length
            ? (int)phase
            : null;

    /// <summary>Whether a living object is on a list or in another container of a name: its full one, its last part, or the one under
    /// which a collection holds the list.</summary>
    public bool IsOn(string name, ObjectEntry entry) => IsOn([name], entry);

    public string PhaseName(int phase) => phase >= 0 && phase < Layout.Phases.Length ? Layout.Phases[phase] : $"phase {phase}";

    /// <summary>The interpreter whose list holds the object; null when none does.</summary>
    public Owner? OwnerOf(ObjectEntry entry) => ListOf(entry)?.Owner;

    internal FieldValue Read(StructPlan plan, Address address, Field field, ObjectEntry? entry)
    {
        var slot = address + field.Offset;
        var mapped = TryRead(slot, out var word);
        Meaning? now = null;
        foreach (var meaning in field.Meanings)
        {
            if (!ReferenceEquals(meaning.When, Condition.Always) && !Holds(meaning.When, plan, address, entry))
                continue;
            now = meaning;
            break;
        }

        return new FieldValue(field, now, slot, word, field.Extract(word, now?.Role ?? FieldRole.Integer), mapped);
    }

    /// <summary>Whether a condition holds for an object, or for a struct (then lists and collections do not apply to it).</summary>
    internal bool Holds(Condition when, StructPlan plan, Address address, ObjectEntry? entry) =>
        HoldsInWords(when, plan, address)
        && (when.Phases.IsDefaultOrEmpty || PhaseIs(when.Phases, plan, address, entry))
        && (when.Lists.IsDefaultOrEmpty || entry is { } o && IsOn(when.Lists, o));

    /// <summary>The part of a condition that an object's own words and a word of a struct decide.</summary>
    internal bool HoldsInWords(Condition when, StructPlan plan, Address address) =>
        FlagsAre(when.FlagsSet, true, plan, address)
        && FlagsAre(when.FlagsClear, false, plan, address)
        && (when.Regions.IsDefaultOrEmpty || LiesIn(when.Regions, address))
        && (when.Epoch.Length == 0 || EpochIs(when.Epoch, when.EpochField, plan, address));

    private bool FlagsAre(System.Collections.Immutable.ImmutableArray<string> flags, bool set, StructPlan plan, Address address)
    {
        if (flags.IsDefaultOrEmpty)
            return true;
        foreach (var flag in flags)
        {
            var bit = plan.Field(flag) is { } field
                && TryRead(address + field.Offset, out var word)
                && field.Extract(word, FieldRole.Flag) != 0;
            if (bit != set)
                return false;
        }

        return true;
    }

    private bool LiesIn(System.Collections.Immutable.ImmutableArray<string> regions, Address address)
    {
        foreach (var region in Layout.Regions)
        {
            if (region.Contains(address) && regions.Contains(region.Name))
                return true;
        }

        return false;
    }

    private bool EpochIs(string epoch, string epochField, StructPlan plan, Address address)
    {
        if (plan.Field(epochField) is not { } own || !TryRead(address + own.Offset, out var word))
            return false;
        foreach (var instance in Instances())
        {
            if (instance.HasEnded || instance.Role is not (StructRole.Root or StructRole.CollectionRecord or StructRole.Plain))
                continue;
            if (Plan(instance.Layout).Field(epoch) is { } current)
                return TryRead(instance.Address + current.Offset, out var now)
                    && current.Extract(now, FieldRole.Integer) == own.Extract(word, FieldRole.Integer);
        }

        return false;
    }

    private bool PhaseIs(System.Collections.Immutable.ImmutableArray<string> phases, StructPlan plan, Address address, ObjectEntry? entry)
    {
        // Whatever no collection is at work on is outside of one: phase 0.
        var phase = entry is { } o
            ? PhaseOf(o)
            : plan.Phase is { } field && TryRead(address + field.Offset, out var word) ? (int)Math.Min(field.Extract(word, FieldRole.Phase), int.MaxValue) : null;
        return phases.Contains(PhaseName(phase ?? 0));
    }

    private bool IsOn(System.Collections.Immutable.ImmutableArray<string> names, ObjectEntry entry)
    {
        if (ListOf(entry) is { } list)
        {
            if (names.Contains(list.Container.Name) || names.Contains(list.Name))
                return true;
            FindHolders();
            if (Now().Holders.TryGetValue(list.Head.Value, out var holders) && holders.Any(h => names.Contains(h.Name)))
                return true;
        }

        foreach (var name in names)
        {
            var kinds = layoutPlan.KindsNamed(name);
            if (kinds.HasContents && ContentsOf(name).Contains(entry.Address.Value) || kinds.HasBlocks && IsCoveredBy(name, entry.Address))
                return true;
        }

        return false;
    }

    /// <summary>Which lists are held by a collection record under a name of its own, and the record that speaks for the whole heap.</summary>
    private void FindHolders()
    {
        var now = Now();
        if (now.HoldersKnown)
            return;
        now.HoldersKnown = true;
        foreach (var instance in Instances())
        {
            if (instance.HasEnded)
                continue;
            var plan = instance.Plan;
            if (plan.Phase is not null && !plan.HoldsLists && instance.Role is StructRole.CollectionRecord or StructRole.Root or StructRole.Plain)
                now.WholeHeapRecord ??= instance;
            foreach (var field in plan.HeldLists)
            {
                var value = Read(instance, field);
                if (value.Role != FieldRole.HeldList || value.Value == 0)
                    continue;
                if (!now.Holders.TryGetValue(value.Value, out var holders))
                    now.Holders.Add(value.Value, holders = []);
                holders.Add((field.Name, instance));
            }
        }
    }

    /// <summary>Addresses of the objects in the containers of a name, other than linked lists.</summary>
    private HashSet<ulong> ContentsOf(string name)
    {
        var now = Now();
        if (now.Contents.TryGetValue(name, out var contents))
            return contents;
        contents = [];
        // Known before it is complete: a container's fields must not ask for the container itself.
        now.Contents.Add(name, contents);
        foreach (var instance in Instances())
        {
            foreach (var container in instance.Layout.Containers)
            {
                if (instance.HasEnded || container is LinkedList || container.Name != name && $"{instance.Name}.{container.Name}" != name)
                    continue;
                contents.UnionWith(ContainerView.Of(this, instance.Layout, instance.Address, container).Members().Select(m => m.Value));
            }
        }

        return contents;
    }

    /// <summary>Whether a container of pointers to structs (blocks, pages) has one that covers the address.</summary>
    private bool IsCoveredBy(string name, Address address)
    {
        foreach (var instance in Instances())
        {
            foreach (var container in instance.Layout.Containers)
            {
                if (instance.HasEnded || container.Name != name
                    || container is not Vector { ItemRole: FieldRole.Pointer, ItemStruct: { Length: > 0 } block } || Target(block) is not { Size: > 0 } target)
                    continue;
                foreach (var item in ContainerView.Of(this, instance.Layout, instance.Address, container).Items())
                {
                    if (address.Value >= item.Value && address.Value - item.Value < (ulong)target.Size)
                        return true;
                }
            }
        }

        return false;
    }
}
