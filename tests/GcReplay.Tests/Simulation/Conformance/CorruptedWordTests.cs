using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Conformance;
using GcReplay.Tests.Heaps.Sanitizers;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>One word of a real run is corrupted, and the sanitizer whose promise that breaks says so at once.</summary>
public sealed class CorruptedWordTests
{
    private const ulong Visited = 1UL << 34;
    private const ulong HasShadow = 1UL << 35;

    private static readonly string[] Lists = ["old_objects_pointing_to_young", "old_objects_pointing_to_pinned", "old_objects_with_cards_set"];

    private static readonly Lazy<List<ConformanceProgram>> Programs = new(() =>
        [.. ConformanceFiles.Read([ConformanceData.Incminimark]).Where(p => !p.Id.Contains('@')).Where((_, i) => i % 5 == 0)]);

    [Fact]
    public void A_black_object_that_names_a_white_one() => Finds("black-to-white", view =>
        Slots(view).Where(s => s.Holder.Colour == Colour.Black).Select(s => s.Slot).FirstOrDefault() is { IsNull: false } slot
        && view.LiveObjects().FirstOrDefault(o => o.Colour == Colour.White && !view.IsYoung(o.Entry)) is { } white
            ? (slot, white.Address.Value)
            : null);

    [Fact]
    public void An_old_object_that_names_a_young_one_and_is_on_no_list() => Finds("old-to-young", view =>
        Slots(view).FirstOrDefault(s => !view.IsYoung(s.Holder.Entry) && !IsRemembered(view, s.Holder)) is { Holder: not null } found
        && view.LiveObjects().FirstOrDefault(o => view.IsYoung(o.Entry)) is { } young
            ? (found.Slot, young.Address.Value)
            : null);

    [Fact]
    public void A_list_of_remembered_objects_that_is_one_item_shorter() => Finds("old-to-young", view =>
        Slots(view).Any(s => IsForgottenWithout(view, "old_objects_pointing_to_young", s) && s.Holder.Address.Value == Last(view, "old_objects_pointing_to_young"))
            && Collector(view) is var gc && view.Read(gc, "old_objects_pointing_to_young_used") is { Value: > 0 } used
            ? (used.Slot, used.Value - 1)
            : null);

    [Fact]
    public void A_card_that_is_clear_although_its_item_is_young() => Finds("card-contents", view =>
        CardsSet(view).Where(c => Slots(view).Any(s => s.Holder.Address == c.Holder.Address && IsForgottenWithout(view, "old_objects_with_cards_set", s)))
            .Select(c => ((Address, ulong)?)(c.Word, 0)).FirstOrDefault());

    [Fact]
    public void A_card_that_is_set_although_its_array_is_on_no_list() => Finds("card-contents", view =>
        view.LiveObjects().FirstOrDefault(o =>
            o.Read("GCFLAG_HAS_CARDS") is { Value: 1 } && !view.IsYoung(o.Entry) && !view.MembersOf("old_objects_with_cards_set").Contains(o.Address.Value)) is { } array
            ? (array.Address - 8, 1UL << 56)
            : null);

    [Fact]
    public void A_mark_outside_marking() => Finds("marked-outside-marking", view =>
        view.WholePhase == 0 && view.LiveObjects().FirstOrDefault() is { } o ? (o.Address, Word(view, o.Address) | Visited) : null);

    [Fact]
    public void A_reference_to_the_place_that_an_object_left() => Finds("forwarding-left-behind", view =>
        Slots(view).Select(s => s.Slot).FirstOrDefault() is { IsNull: false } slot && Left(view) is { IsNull: false } place ? (slot, place.Value) : null);

    [Fact]
    public void A_weak_reference_to_the_place_that_an_object_left() => Finds("forwarding-left-behind", view =>
        view.LiveObjects().FirstOrDefault(o => o.Read("weakptr") is not null) is { } weakref && Left(view) is { IsNull: false } place
            ? (weakref.Address + 8, place.Value)
            : null);

    [Fact]
    public void A_header_that_says_that_its_object_moved() => Finds("forwarding-left-behind", view =>
        view.LiveObjects().FirstOrDefault(o => view.IsYoung(o.Entry)) is { } o ? (o.Address, unchecked((ulong)-42)) : null);

    [Fact]
    public void A_shadow_that_the_header_of_its_object_denies() => Finds("shadow-without-object", view =>
        Shadows(view).Select(s => ((Address, ulong)?)(s.Key, Word(view, s.Key) & ~HasShadow)).FirstOrDefault());

    [Fact]
    public void A_shadow_that_is_no_place_that_is_kept() => Finds("shadow-without-object", view =>
        Shadows(view).Select(s => ((Address, ulong)?)(s.Slot, s.Key.Value + 0x4000)).FirstOrDefault());

    [Fact]
    public void An_object_that_claims_a_shadow_that_nobody_made() => Finds("shadow-without-object", view =>
        view.LiveObjects().FirstOrDefault(o => o.Address.Value >> 40 == 0x6A && (Word(view, o.Address) & HasShadow) == 0) is { } young
            ? (young.Address, Word(view, young.Address) | HasShadow)
            : null);

    [Fact]
    public void A_reference_to_freed_memory() => Finds("use-after-free", view =>
        Slots(view).Select(s => s.Slot).FirstOrDefault() is { IsNull: false } slot
        && view.Shadow.Cells().FirstOrDefault(c => c.State == CellState.Freed && view.Shadow.OccupantOf(c) is { } dead && dead.CellStart == c.Start) is { Bytes: > 0 } freed
            ? (slot, freed.Start.Value)
            : null);

    [Fact]
    public void A_list_that_names_a_dead_object() => Finds("dead-list", view =>
        view.MembersOf("prebuilt_root_objects").Count > 0 && Item(view, "prebuilt_root_objects") is { } item
        && view.Shadow.Cells().FirstOrDefault(c => c.State == CellState.Freed) is { Bytes: > 0 } freed
            ? (item.Slot, freed.Start.Value)
            : null);

    [Fact]
    public void A_live_object_that_loses_its_mark_is_freed_by_the_sweep() => Finds(
        "live-object-freed",
        view => view.WholePhase == 2 && view.Census() is var census && census.Reachable() is var kept
            && Enumerable.Range(0, kept.Length).FirstOrDefault(i => kept[i] && Census(view, i) is var header && (header & Visited) != 0 && !view.IsImmortal(census.Objects[i]), -1)
                is >= 0 and var index
            ? (census.Objects[index].Address, Census(view, index) & ~Visited)
            : null,
        goesOn: true);

    /// <summary>In the first program in which a word fits, and in which the sanitizer has something to say.</summary>
    private static void Finds(string code, Func<HeapView, (Address Word, ulong Value)?> pick, bool goesOn = false)
    {
        var tried = 0;
        foreach (var program in Programs.Value)
        {
            var watch = WordWatch.Of(ConformanceRun.OptionsOf(program), pick, goesOn);
            if (watch.CorruptedAfter == 0)
                continue;
            if (goesOn && watch.Violations.Count == 0)
                continue;
            Assert.Contains(watch.Violations, v => v.Code == code);
            if (!goesOn)
                Assert.All(watch.Violations, v => Assert.Equal(watch.CorruptedAfter, v.Event));
            if (++tried == 3)
                return;
        }

        Assert.NotEqual(0, tried);
    }

    private static IEnumerable<(ObjectView Holder, Address Slot, Address Target)> Slots(HeapView view) =>
        view.LiveObjects().SelectMany(o => o.References.Where(r => r.IsOwned).Select(r => (o, r.Slot, r.Target)));

    /// <summary>Whether a reference to a young object is found by the next minor collection for one list alone.</summary>
    private static bool IsForgottenWithout(HeapView view, string list, (ObjectView Holder, Address Slot, Address Target) slot) =>
        view.ObjectAt(slot.Target) is { IsLive: true } young && view.IsYoung(young.Entry) && !view.IsYoung(slot.Holder.Entry)
        && Lists.All(l => view.MembersOf(l).Contains(slot.Holder.Address.Value) == (l == list));

    private static bool IsRemembered(HeapView view, ObjectView o) =>
        Lists.Any(l => view.MembersOf(l).Contains(o.Address.Value));

    private static IEnumerable<(ObjectView Holder, Address Word)> CardsSet(HeapView view) =>
        view.LiveObjects().Where(o => !view.IsYoung(o.Entry))
            .SelectMany(o => o.Containers.OfType<CardBitsView>().SelectMany(c => c.Items()).Select(item => (o, item.Slot)));

    private static StructInstance Collector(HeapView view) => view.Instances("IncrementalMiniMarkGC").Single();

    private static ContainerItem? Item(HeapView view, string list)
    {
        var gc = Collector(view);
        var items = ContainerView.Of(view, gc.Layout, gc.Address, gc.Layout.Containers.Single(c => c.Name == list)).Items().ToList();
        return items.Count == 0 ? null : items[^1];
    }

    private static ulong Last(HeapView view, string list) => Item(view, list)?.Value ?? 0;

    private static IEnumerable<(Address Key, Address Slot)> Shadows(HeapView view)
    {
        var gc = Collector(view);
        return ContainerView.Of(view, gc.Layout, gc.Address, gc.Layout.Containers.Single(c => c.Name == "nursery_objects_shadows")).Items()
            .Chunk(2).Select(pair => (new Address(pair[0].Value), pair[1].Slot));
    }

    /// <summary>A place that an object left and nobody used since.</summary>
    private static Address Left(HeapView view) => view.Shadow.Cells()
        .Where(c => c.State == CellState.Freed && !c.IsRuntime && view.Shadow.OccupantOf(c) is { } moved && moved.CellStart != c.Start
            && view.Object(moved.Number) is { IsLive: true })
        .Select(c => c.Start).FirstOrDefault();

    private static ulong Census(HeapView view, int index) => Word(view, view.Census().Objects[index].Address);

    private static ulong Word(HeapView view, Address address) => view.TryRead(address, out var word) ? word : 0;
}
