using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What a tracing collector promises, asked of objects.</summary>
public sealed partial class HeapView
{
    /// <summary>Phase of the struct that speaks for the whole heap; null when there is none.</summary>
    public int? WholePhase
    {
        get
        {
            FindHolders();
            return Now().WholeHeapRecord is { } whole ? PhaseOf(whole) : null;
        }
    }

    /// <summary>Whether the next minor collection moves or frees the object.</summary>
    public bool IsYoung(ObjectEntry entry) => HoldsAny(Tracing.Young, entry);

    /// <summary>Whether the object is never freed.</summary>
    public bool IsImmortal(ObjectEntry entry) => HoldsAny(Tracing.Immortal, entry);

    /// <summary>Whether an object that lives, or died and left its memory unused, fits a condition.</summary>
    public bool Holds(Condition when, ObjectEntry entry) => Holds(when, PlanOf(entry), entry.Address, entry);

    /// <summary>Addresses of the objects in the containers of a name, other than linked lists.</summary>
    public IReadOnlySet<ulong> MembersOf(string name) => name.Length == 0 ? new HashSet<ulong>() : ContentsOf(name);

    /// <summary>Living objects that the runtime keeps for itself: places that objects will move to.</summary>
    internal IEnumerable<ObjectEntry> LiveShadows() =>
        RuntimeEntries().Where(entry => IsObject(entry) && CellOf(entry) is { State: CellState.Live });

    /// <summary>Whether a runtime object is such a place.</summary>
    internal bool IsPlaceForObject(in ObjectEntry entry) => entry.IsRuntime && IsObject(entry);

    /// <summary>The words in which an object with cards keeps them, and those of its items; null when it has none at present.</summary>
    internal (CardBitsView Cards, Vector Items)? CardsOf(in ObjectEntry entry)
    {
        var plan = PlanOf(entry);
        if (plan.Cards is not { } cards || plan.Owned?.Vector is not { IsIndirect: false } items || !Holds(cards.When, plan, entry.Address, entry))
            return null;
        return (new CardBitsView(this, plan.Layout, entry.Address, cards), items);
    }

    private bool HoldsAny(System.Collections.Immutable.ImmutableArray<Condition> conditions, in ObjectEntry entry)
    {
        foreach (var condition in conditions)
        {
            if (Holds(condition, entry))
                return true;
        }

        return false;
    }
}
