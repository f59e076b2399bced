using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Cards say what is in their items: the card of an item that refers to a young object is set; an old object with a card set
/// is on the list of those, or the next barrier takes it for recorded; and what is on that list has cards. Must hold at ends
/// of operations while none is under way on any thread, for layouts with such a list. Source: rpython/memory/gc/incminimark.py,
/// remember_young_pointer_from_array2, collect_cardrefs_to_nursery.</summary>
/// <remarks>Exceptions: objects that are remembered as a whole; young objects, whose cards nobody asks; in a sweeping phase
/// garbage. A card that is set although none of its items is young costs time only.</remarks>
public sealed class CardContents : ISanitizer
{
    public string Name => "card-contents";

    public string Claim => "Cards are set where items are young, and objects with cards set are on their list.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Tracing.CardList.Length > 0;

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayCardsBeWrong();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) =>
        [.. NotSet(view, number), .. NotListed(view, number), .. WithoutCards(view, number)];

    private IEnumerable<Violation> NotSet(HeapView view, long number)
    {
        foreach (var (census, holder, reference) in YoungReferences.Of(view))
        {
            if (YoungReferences.IsRemembered(view, holder) || !view.MembersOf(view.Tracing.CardList).Contains(holder.Address.Value))
                continue;
            if (view.CardsOf(holder) is { } cards && cards.Cards.IsSetFor((reference.Slot - holder.Address - cards.Items.Offset) / 8))
                continue;
            yield return Violation(
                view, holder, reference.Slot, number,
                $"{view.TextOf(holder)} refers to young {view.Describe(reference.Target)} through {census.NameOf(reference)}, and the card of that item is not "
                + "set: the next minor collection will not see it");
        }
    }

    private IEnumerable<Violation> NotListed(HeapView view, long number)
    {
        var listed = view.MembersOf(view.Tracing.CardList);
        foreach (var entry in view.Census().Objects)
        {
            if (listed.Contains(entry.Address.Value) || view.CardsOf(entry) is not { } cards || view.IsYoung(entry))
                continue;
            var set = cards.Cards.Items().Select(item => (ContainerItem?)item).FirstOrDefault();
            if (set is { } card && !IsGarbage(view, entry))
                yield return Violation(
                    view, entry, card.Slot, number,
                    $"{card.Name} of {view.TextOf(entry)} is set, but it is not on {view.Tracing.CardList}: a store there will be taken for recorded");
        }
    }

    private IEnumerable<Violation> WithoutCards(HeapView view, long number)
    {
        foreach (var member in view.MembersOf(view.Tracing.CardList).Order())
        {
            if (view.ObjectAt(new Address(member)) is { IsLive: true } o && view.CardsOf(o.Entry) is null)
                yield return Violation(
                    view, o.Entry, o.Address, number, $"{o} is on {view.Tracing.CardList} and has no cards: what lies in front of it will be read as such");
        }
    }

    private static bool IsGarbage(HeapView view, ObjectEntry entry) =>
        view.WholePhase is { } phase && view.IsSweeping(phase) && view.Census() is var census && !census.Reachable()[census.IndexOf(entry.Address)];

    private Violation Violation(HeapView view, in ObjectEntry entry, Address about, long number, string message) =>
        new(Name, number, message, about, entry.Number, view.Tracing.CardList, view.TypeOf(entry).Name);
}
