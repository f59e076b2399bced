using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>References from old objects to young ones, slot by slot, and whether the next minor collection will find each: so few that all
/// of them are looked at again when anything left a list or a card was cleared.</summary>
/// <remarks>Where the layout says what is young in a way that is not followed, everything is suspected.</remarks>
internal sealed class YoungIndex
{
    private readonly HeapView view;
    private readonly WordNotes notes;
    private readonly TrackedObjects objects;
    private readonly MemberIndex members;
    private readonly CardIndex cards;
    private readonly List<Region> regions = [];
    private readonly int[] lists;
    private readonly int[] remembered;
    private readonly bool isExact;
    private readonly HashSet<ulong> open = [];
    private readonly List<ulong> fresh = [];
    private readonly List<int> joined = [];
    private bool lostRecords;

    public YoungIndex(HeapView view, WordNotes notes, TrackedObjects objects, MemberIndex members, CardIndex cards, TypeShape[] shapes)
    {
        this.view = view;
        this.notes = notes;
        this.objects = objects;
        this.members = members;
        this.cards = cards;
        var tracing = view.Tracing;
        var young = new List<string>();
        foreach (var condition in tracing.Young)
        {
            var named = view.Layout.Regions.Where(r => !condition.Regions.IsDefaultOrEmpty && condition.Regions.Contains(r.Name)).ToArray();
            regions.AddRange(named);
            if (!condition.Lists.IsDefaultOrEmpty)
                young.AddRange(condition.Lists);
        }

        isExact = !tracing.Young.IsEmpty && shapes.All(s => s.Owned is not null) && tracing.Young.All(IsFollowed) && members.AreExact(young) && members.AreExact(tracing.Remembered) && cards.IsExact;
        lists = isExact ? members.NumbersOf(young) : [];
        remembered = isExact ? members.NumbersOf(tracing.Remembered) : [];
    }

    /// <summary>Whether a reference may be found by no minor collection because its holder is on no list.</summary>
    public bool MayBeForgotten { get; private set; }

    /// <summary>Whether a card may be clear of an item that refers to a young object.</summary>
    public bool MayMissCard { get; private set; }

    /// <summary>A word that holds an owned reference of an object has another value now.</summary>
    public void SlotChanged(Address slot, int holder)
    {
        if (isExact && holder > 0 && !LiesYoung(objects[holder].Address))
            fresh.Add(slot.Value);
    }

    public void MemberChanged(int list, Address member, bool entered)
    {
        if (!isExact)
            return;
        if (!entered)
            lostRecords |= cards.List == list || Array.IndexOf(remembered, list) >= 0 || Array.IndexOf(lists, list) >= 0;
        else if (Array.IndexOf(lists, list) >= 0 && notes.Peek(member).Unit is var unit and > 0)
            joined.Add(unit);
    }

    public void CardCleared() => lostRecords = true;

    public bool IsYoung(Address address) => LiesYoung(address) || members.HasAny(lists, address);

    /// <summary>Comes to the present state, so that the two answers hold.</summary>
    public void Look()
    {
        if (!isExact)
        {
            MayBeForgotten = MayMissCard = !view.Tracing.Young.IsEmpty;
            return;
        }

        MayBeForgotten = MayMissCard = false;
        foreach (var unit in joined)
            LookForReferencesTo(unit);
        joined.Clear();
        foreach (var slot in fresh)
            LookAt(slot);
        fresh.Clear();
        if (!lostRecords)
            return;
        lostRecords = false;
        foreach (var slot in open.ToArray())
            LookAt(slot);
    }

    private static bool IsFollowed(Condition condition) =>
        condition.FlagsSet.IsDefaultOrEmpty && condition.FlagsClear.IsDefaultOrEmpty && condition.Phases.IsDefaultOrEmpty && condition.Epoch.Length == 0
        && condition.Regions.IsDefaultOrEmpty != condition.Lists.IsDefaultOrEmpty;

    private bool LiesYoung(Address address)
    {
        foreach (var region in regions)
        {
            if (region.Contains(address))
                return true;
        }

        return false;
    }

    private void LookAt(ulong slot)
    {
        var note = notes.Peek(new Address(slot));
        if (note.Unit <= 0 || note.Held == 0 || !IsYoung(new Address(note.Held)))
        {
            open.Remove(slot);
            return;
        }

        open.Add(slot);
        if (IsRecorded(note.Unit, new Address(slot)))
            return;
        // It is asked again, for what is corrupt stays so until it changes.
        lostRecords = true;
        var target = notes.Peek(new Address(note.Held)).Unit;
        if (target <= 0 || objects[target].Address.Value != note.Held || objects[note.Unit].IsExcused)
            return;
        var isListed = cards.IsListed(objects[note.Unit].Address);
        MayBeForgotten |= !isListed;
        MayMissCard |= isListed;
    }

    private bool IsRecorded(int holder, Address slot)
    {
        var address = objects[holder].Address;
        return members.HasAny(remembered, address)
            || IsYoung(address)
            || cards.IsListed(address) && cards.IsSetFor(holder, slot);
    }

    /// <summary>An object that is known for longer became young, which none does in a healthy heap.</summary>
    private void LookForReferencesTo(int unit)
    {
        if (!objects[unit].IsLive || objects[unit].IsNew || notes.Peek(objects[unit].Address).Owned == 0)
            return;
        foreach (var (address, note) in notes.All())
        {
            if (note.Unit > 0 && note.Held == objects[unit].Address.Value)
                fresh.Add(address.Value);
        }
    }
}
