using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Whether, while marking, an object that may be black refers to one that may be white. Counts for each address the references
/// to it in objects that may be black; looks again at an object when its words change, its place in lists of the collector, or that
/// count. When marking begins, and when a phase changes, at all objects once.</summary>
/// <remarks>Lists that are linked through objects are taken for granted, and with them phases: then a colour is what an object may
/// have.</remarks>
internal sealed class ColourIndex
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly TrackedObjects objects;
    private readonly OwnedIndex owned;
    private readonly ObjectRule[][] rules;
    private readonly List<int> waiting = [];
    private readonly int listsInRules;
    private Skeleton? skeleton;
    private int? phase;
    private int violations;
    private bool isKnown;

    public ColourIndex(HeapView view, WordNotes notes, TrackedObjects objects, OwnedIndex owned, MemberIndex members, TypeShape[] shapes)
    {
        this.view = view;
        this.notes = notes;
        this.objects = objects;
        this.owned = owned;
        rules = [.. shapes.Select(s => view.Layout.Colours.Select(r => new ObjectRule(view, members, r.When, s.Plan)).ToArray())];
        listsInRules = view.Layout.Colours.Sum(r => r.When.Lists.IsDefaultOrEmpty ? 0 : r.When.Lists.Length);
    }

    /// <summary>Whether a change of an object's lists can change its colour.</summary>
    public bool AsksForLists => listsInRules > 0;

    public void LookAt(int unit)
    {
        if (!isKnown)
            return;
        ref var o = ref objects[unit];
        if (o.ColourWaits || o.IsShadow)
            return;
        o.ColourWaits = true;
        waiting.Add(unit);
    }

    /// <summary>A word that holds an owned reference has another value now.</summary>
    public void SlotChanged(int holder, ulong before, ulong target)
    {
        if (!isKnown || holder <= 0 || !objects[holder].IsBlack)
            return;
        Count(before, -1);
        Count(target, 1);
    }

    /// <summary>References changed in a way that is not told word by word.</summary>
    public void Forget()
    {
        if (!isKnown)
            return;
        isKnown = false;
        violations = 0;
        waiting.Clear();
        notes.ForgetBlack();
        for (var unit = 1; unit < objects.End; unit++)
        {
            objects[unit].IsBlack = false;
            objects[unit].IsWrong = false;
            objects[unit].ColourWaits = false;
        }
    }

    public void Died(int unit)
    {
        if (objects[unit].IsWrong)
            violations--;
    }

    public bool MayFail(Skeleton now)
    {
        skeleton = now;
        if (!now.IsMarking || isKnown && now.WholePhase != phase)
            Forget();
        if (!now.IsMarking)
            return false;
        phase = now.WholePhase;
        if (!isKnown)
        {
            isKnown = true;
            for (var unit = 1; unit < objects.End; unit++)
            {
                if (objects[unit].IsLive)
                    LookAt(unit);
            }
        }

        // Looking at an object may let others wait.
        for (var i = 0; i < waiting.Count; i++)
            Look(waiting[i]);
        waiting.Clear();
        return violations > 0;
    }

    private void Look(int unit)
    {
        ref var o = ref objects[unit];
        o.ColourWaits = false;
        if (!o.IsLive)
            return;
        var (mayBeBlack, mayBeWhite) = ColoursOf(unit);
        if (mayBeBlack != o.IsBlack)
        {
            o.IsBlack = mayBeBlack;
            foreach (var target in owned.TargetsOf(unit))
                Count(target, mayBeBlack ? 1 : -1);
        }

        var isWrong = mayBeWhite && notes.Peek(o.Address).Black > 0;
        if (isWrong == o.IsWrong)
            return;
        o.IsWrong = isWrong;
        violations += isWrong ? 1 : -1;
    }

    private void Count(ulong target, int change)
    {
        if (target == 0)
            return;
        var address = new Address(target);
        ref var note = ref notes.At(address);
        note.Black += change;
        var unit = note.Unit;
        if (unit > 0 && objects[unit].Address == address)
            LookAt(unit);
        notes.Tidy(address);
    }

    private (bool Black, bool White) ColoursOf(int unit)
    {
        ref var o = ref objects[unit];
        var (black, white) = (false, false);
        var colours = view.Layout.Colours;
        var own = rules[o.TypeId];
        for (var i = 0; i < own.Length; i++)
        {
            if (!own[i].MayHold(skeleton!, o.Address))
                continue;
            black |= colours[i].Colour == Colour.Black;
            white |= colours[i].Colour == Colour.White;
            if (own[i].IsCertain(skeleton!))
                break;
        }

        return (black, white);
    }
}
