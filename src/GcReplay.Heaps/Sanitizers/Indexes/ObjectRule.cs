using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>A condition for one kind of object, made ready to be asked often: which bits, regions, lists and phases it asks for.</summary>
internal sealed class ObjectRule
{
    private readonly HeapView view;
    private readonly MemberIndex members;
    private readonly Condition when;
    private readonly StructPlan plan;
    private readonly List<(int Offset, ulong Bits, bool IsSet)>? bits = [];
    private readonly Region[] regions;
    private readonly int[] lists;
    private readonly bool asksForLists;
    private readonly bool knowsLists;
    private readonly int[] phases;

    public ObjectRule(HeapView view, MemberIndex members, Condition when, StructPlan plan)
    {
        this.view = view;
        this.members = members;
        this.when = when;
        this.plan = plan;
        foreach (var (flag, isSet) in Flags(when.FlagsSet, true).Concat(Flags(when.FlagsClear, false)))
        {
            if (plan.Field(flag) is { } field)
                bits.Add((field.Offset, Mask(field), isSet));
            else if (isSet)
                CanHold = false;
        }

        if (when.Epoch.Length > 0)
            bits = null;
        regions = when.Regions.IsDefaultOrEmpty ? [] : [.. view.Layout.Regions.Where(r => when.Regions.Contains(r.Name))];
        asksForLists = !when.Lists.IsDefaultOrEmpty;
        knowsLists = asksForLists && members.AreExact(when.Lists);
        lists = knowsLists ? members.NumbersOf(when.Lists) : [];
        AsksForPhases = !when.Phases.IsDefaultOrEmpty;
        phases = AsksForPhases ? [.. when.Phases.Select(p => view.Layout.Phases.IndexOf(p))] : [];
    }

    public bool AsksForPhases { get; }

    /// <summary>Numbers of the lists that it asks for, when all are followed.</summary>
    public int[] Lists => lists;

    /// <summary>Whether bits, regions and followed lists alone decide, so that it can be asked without a phase.</summary>
    public bool IsPlain => bits is not null && !AsksForPhases && (!asksForLists || knowsLists);

    /// <summary>False when objects of this kind lack a flag that must be set.</summary>
    public bool CanHold { get; } = true;

    /// <summary>The words of an object that decide, by their distance from its address.</summary>
    public IEnumerable<int> Offsets => (bits ?? []).Select(b => b.Offset);

    /// <summary>Whether it holds of an object; lists and phases that only a walk could tell are taken for granted.</summary>
    public bool MayHold(Skeleton skeleton, Address address) =>
        MayHold(address)
        && (!AsksForPhases || !skeleton.KnowsPhase || Array.IndexOf(phases, skeleton.WholePhase ?? 0) >= 0);

    /// <summary>The same without phases.</summary>
    public bool MayHold(Address address) => HoldsInWords(address) && (!knowsLists || members.HasAny(lists, address));

    /// <summary>Whether that it may hold means that it holds.</summary>
    public bool IsCertain(Skeleton skeleton) => (!asksForLists || knowsLists) && (!AsksForPhases || skeleton.KnowsPhase);

    private static IEnumerable<(string Flag, bool IsSet)> Flags(ImmutableArray<string> names, bool isSet) =>
        names.IsDefaultOrEmpty ? [] : names.Select(name => (name, isSet));

    private static ulong Mask(Field field) => (field.Width == 64 ? ulong.MaxValue : (1UL << field.Width) - 1) << field.Shift;

    private bool HoldsInWords(Address address)
    {
        if (!CanHold)
            return false;
        if (bits is null)
            return view.HoldsInWords(when, plan, address);
        foreach (var (offset, mask, isSet) in bits)
        {
            view.TryRead(address + offset, out var word);
            if ((word & mask) != 0 != isSet)
                return false;
        }

        return when.Regions.IsDefaultOrEmpty || LiesIn(address);
    }

    private bool LiesIn(Address address)
    {
        foreach (var region in regions)
        {
            if (region.Contains(address))
                return true;
        }

        return false;
    }
}
