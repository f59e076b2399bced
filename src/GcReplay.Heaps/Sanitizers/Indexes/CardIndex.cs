using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Objects whose cards may contradict the list of those with cards set: looked at when their cards or flags change, and when they
/// join or leave a list.</summary>
internal sealed class CardIndex
{
    private readonly HeapView view;
    private readonly TrackedObjects objects;
    private readonly MemberIndex members;
    private readonly TypeShape[] shapes;
    private readonly ObjectRule?[] rules;
    private readonly int[] young;
    private readonly Region[] youngRegions;
    private List<int> waiting = [];

    public CardIndex(HeapView view, TrackedObjects objects, MemberIndex members, TypeShape[] shapes)
    {
        this.view = view;
        this.objects = objects;
        this.members = members;
        this.shapes = shapes;
        var tracing = view.Tracing;
        List = members.NumberOf(tracing.CardList);
        rules = [.. shapes.Select(s => s.Plan.Cards is { } cards ? new ObjectRule(view, members, cards.When, s.Plan) : null)];
        var lists = tracing.Young.SelectMany(c => c.Lists.IsDefaultOrEmpty ? [] : c.Lists).ToArray();
        youngRegions = [.. view.Layout.Regions.Where(r => tracing.Young.Any(c => !c.Regions.IsDefaultOrEmpty && c.Regions.Contains(r.Name)))];
        IsExact = List < 0
            || members.AreExact([tracing.CardList]) && members.AreExact(lists)
            && shapes.All(s => s.Plan.Cards is not { } cards || cards is { GrowsDown: true, Offset: < 0 } && s.Owned?.Vector is { IsIndirect: false })
            && rules.All(r => r is null or { IsPlain: true });
        young = IsExact ? members.NumbersOf(lists) : [];
    }

    /// <summary>Number of the list of objects with cards set; -1 when there is none.</summary>
    public int List { get; }

    /// <summary>Whether it follows all that matters.</summary>
    public bool IsExact { get; }

    public bool IsListed(Address address) => List >= 0 && members.Has(List, address);

    public void LookAt(int unit)
    {
        ref var o = ref objects[unit];
        if (List < 0 || !IsExact || o.CardsWait || o.IsShadow)
            return;
        o.CardsWait = true;
        waiting.Add(unit);
    }

    /// <summary>Whether the card of an item is set.</summary>
    public bool IsSetFor(int unit, Address slot)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        return HasCards(unit)
            && new CardBitsView(view, shape.Plan.Layout, o.Address, shape.Plan.Cards!).IsSetFor((slot - o.Address - shape.Owned!.Vector!.Offset) / 8);
    }

    public bool MayBeWrong()
    {
        if (List < 0 || !IsExact)
            return List >= 0;
        var wrong = new List<int>();
        foreach (var unit in waiting)
        {
            objects[unit].CardsWait = false;
            if (objects[unit].IsLive && IsWrong(unit))
                wrong.Add(unit);
        }

        waiting = wrong;
        foreach (var unit in wrong)
            objects[unit].CardsWait = true;
        return wrong.Count > 0;
    }

    private bool IsWrong(int unit)
    {
        ref var o = ref objects[unit];
        var hasCards = HasCards(unit);
        if (IsListed(o.Address))
            return !hasCards;
        return hasCards && !IsYoung(o.Address)
            && new CardBitsView(view, shapes[o.TypeId].Plan.Layout, o.Address, shapes[o.TypeId].Plan.Cards!).Items().Any();
    }

    private bool HasCards(int unit) => rules[objects[unit].TypeId] is { } rule && rule.MayHold(objects[unit].Address);

    private bool IsYoung(Address address) => members.HasAny(young, address) || youngRegions.Any(r => r.Contains(address));
}
