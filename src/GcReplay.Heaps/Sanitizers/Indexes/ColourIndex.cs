using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Whether, while marking, an object that may be black refers to one that may be white. Objects whose words changed are
/// looked at again; all of them when a phase or a struct changed, or when an object turned white that somebody refers to.</summary>
/// <remarks>Which colour an object may have is told by its own words; being in a list or phase is taken for granted.</remarks>
internal sealed class ColourIndex
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly TrackedObjects objects;
    private readonly OwnedIndex owned;
    private readonly TypeShape[] shapes;
    private readonly List<int> waiting = [];
    private readonly Rule[][] rules;
    private long version = -1;
    private bool looksAtAll = true;

    public ColourIndex(HeapView view, WordNotes notes, TrackedObjects objects, OwnedIndex owned, TypeShape[] shapes)
    {
        this.view = view;
        this.notes = notes;
        this.objects = objects;
        this.owned = owned;
        this.shapes = shapes;
        rules = [.. shapes.Select(s => view.Layout.Colours.Select(r => new Rule(r, s.Plan)).ToArray())];
    }

    public void Born(int unit)
    {
        // White from its birth on, and referred to only by what changes after it.
        objects[unit].WasWhite = notes.Peek(objects[unit].Address).Owned == 0;
        LookAt(unit);
    }

    public void LookAt(int unit)
    {
        ref var o = ref objects[unit];
        if (o.ColourWaits)
            return;
        o.ColourWaits = true;
        waiting.Add(unit);
    }

    public bool MayFail(Skeleton skeleton)
    {
        looksAtAll |= !skeleton.IsMarking || skeleton.Version != version;
        version = skeleton.Version;
        var found = false;
        foreach (var unit in waiting)
        {
            objects[unit].ColourWaits = false;
            if (!looksAtAll && objects[unit].IsLive)
                found |= Fails(unit);
        }

        waiting.Clear();
        if (!skeleton.IsMarking)
            return false;
        if (looksAtAll)
        {
            found = false;
            for (var unit = 1; unit < objects.End; unit++)
                found |= objects[unit].IsLive && Fails(unit);
        }

        looksAtAll = found;
        return found;
    }

    private bool Fails(int unit)
    {
        ref var o = ref objects[unit];
        var isWhite = Possible(Colour.White, unit);
        looksAtAll |= isWhite && !o.WasWhite && notes.Peek(o.Address).Owned > 0;
        o.WasWhite = isWhite;
        if (!Possible(Colour.Black, unit))
            return false;
        foreach (var target in owned.TargetsOf(unit))
        {
            var named = notes.Peek(new Address(target)).Unit;
            if (named > 0 && objects[named].Address.Value == target && Possible(Colour.White, named))
                return true;
        }

        return false;
    }

    private bool Possible(Colour colour, int unit)
    {
        ref var o = ref objects[unit];
        foreach (var rule in rules[o.TypeId])
        {
            if (!rule.MayHold(view, shapes[o.TypeId].Plan, o.Address))
                continue;
            if (rule.Colour == colour)
                return true;
            if (rule.IsCertain)
                return false;
        }

        return false;
    }

    /// <summary>A colour rule for one kind of object: which bits it asks for, where only bits decide.</summary>
    private sealed class Rule
    {
        private readonly Condition when;
        private readonly List<(int Offset, ulong Bit, bool IsSet)>? bits = [];

        public Rule(ColourRule rule, StructPlan plan)
        {
            when = rule.When;
            Colour = rule.Colour;
            IsCertain = when.Phases.IsDefaultOrEmpty && when.Lists.IsDefaultOrEmpty;
            foreach (var (flag, isSet) in Flags(when.FlagsSet, true).Concat(Flags(when.FlagsClear, false)))
            {
                if (bits is not null && plan.Field(flag) is { } field)
                    bits.Add((field.Offset, Mask(field), isSet));
                else
                    bits = null;
            }

            if (!when.Regions.IsDefaultOrEmpty || when.Epoch.Length > 0)
                bits = null;
        }

        public Colour Colour { get; }

        /// <summary>Whether nothing but the object's words decides.</summary>
        public bool IsCertain { get; }

        public bool MayHold(HeapView view, StructPlan plan, Address address)
        {
            if (bits is null)
                return view.HoldsInWords(when, plan, address);
            foreach (var (offset, bit, isSet) in bits)
            {
                view.TryRead(address + offset, out var word);
                if ((word & bit) != 0 != isSet)
                    return false;
            }

            return true;
        }

        private static IEnumerable<(string, bool)> Flags(System.Collections.Immutable.ImmutableArray<string> names, bool isSet) =>
            names.IsDefaultOrEmpty ? [] : names.Select(name => (name, isSet));

        private static ulong Mask(Field field) => (field.Width == 64 ? ulong.MaxValue : (1UL << field.Width) - 1) << field.Shift;
    }
}
