using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Debugging.Cutting;

/// <summary>A layout without names that are not public: equal names stay equal, different ones different, so that conditions, lists and
/// pointers mean what they meant.</summary>
/// <param name="published">Names that anybody can read in GcReplay itself; these stay.</param>
internal sealed class LayoutNames(IReadOnlySet<string> published)
{
    private readonly SortedDictionary<string, string> given = new(StringComparer.Ordinal);

    public Layout Of(Layout layout) => layout with
    {
        Collector = Kept(layout.Collector),
        Revision = Kept(layout.Revision),
        Structs = Each(layout.Structs, Of),
        Types = [.. layout.Types.Select((type, i) =>
            new ObjectType(type.Name == type.Struct ? Struct(type.Struct) : $"type {i}", Struct(type.Struct), type.PrefixWords, type.IsCollected))],
        RootStruct = Struct(layout.RootStruct),
        Colours = Each(layout.Colours, rule => rule with { When = Of(rule.When) }),
        Phases = Each(layout.Phases, Phase),
        Sites = Each(layout.Sites, site => new Site(Name(site.Name, "site"), Name(site.Reason, "reason"))),
        Names = Numbered("name", layout.Names, ""),
        Regions = Each(layout.Regions, region => region with { Name = Name(region.Name, "region") }),
        Interpreters = Numbered("interpreter", layout.Interpreters, "main"),
        Scripts = Numbered("script", layout.Scripts, ""),
        Tracing = layout.Tracing is { } rules ? Of(rules) : null,
    };

    /// <summary>A text that no condition asks for: itself where it is public.</summary>
    public string Kept(string text) => text.Length == 0 || published.Contains(text) ? text : Redaction.Gone;

    /// <param name="kept">A text that says nothing about the program and stays.</param>
    public static ImmutableArray<string> Numbered(string what, ImmutableArray<string> texts, string kept) =>
        [.. texts.Select((text, i) => text == kept ? text : $"{what} {i}")];

    private static ImmutableArray<T> Each<T>(ImmutableArray<T> items, Func<T, T> change) => [.. items.Select(change)];

    private string Name(string text, string what)
    {
        if (text.Length == 0 || published.Contains(text))
            return text;
        if (!given.TryGetValue(text, out var name))
            given[text] = name = $"{what}{given.Count + 1}";
        return name;
    }

    private string Struct(string text) => Name(text, "struct");

    private string Field(string text) => Name(text, "field");

    private string List(string text) => Name(text, "list");

    /// <summary>What a phase does follows from its name where the layout does not say it otherwise.</summary>
    private string Phase(string text)
    {
        return Name(text, (Has("mark"), Has("sweep")) switch { (true, true) => "mark_sweep", (true, _) => "mark", (_, true) => "sweep", _ => "phase" });

        bool Has(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    private StructLayout Of(StructLayout item) => item with
    {
        Name = Struct(item.Name),
        Fields = Each(item.Fields, field => field with { Name = Field(field.Name), Meanings = Each(field.Meanings, Of) }),
        Containers = Each(item.Containers, Of),
    };

    private Meaning Of(Meaning meaning) => new(meaning.Role, Of(meaning.When), Struct(meaning.Target));

    private Condition Of(Condition when) => new(
        Each(when.FlagsSet, Field), Each(when.FlagsClear, Field), Each(when.Phases, Phase), Each(when.Lists, List),
        Each(when.Regions, region => Name(region, "region")), Field(when.Epoch), Field(when.EpochField));

    private Container Of(Container container) => container with { Name = List(container.Name) } switch
    {
        LinkedList c => c with { PrevInvalidIn = Each(c.PrevInvalidIn, Phase), GarbageAt = Each(c.GarbageAt, Phase) },
        Vector c => c with { CountField = Field(c.CountField), ItemStruct = Struct(c.ItemStruct) },
        ChunkedStack c => c with { CountField = Field(c.CountField) },
        ChunkedDeque c => c with { FirstField = Field(c.FirstField), EndField = Field(c.EndField) },
        Ring c => c with { StartField = Field(c.StartField), CountField = Field(c.CountField), CapacityField = Field(c.CapacityField) },
        Map c => c with { CapacityField = Field(c.CapacityField) },
        Bitmap c => c with { BaseField = Field(c.BaseField), BytesField = Field(c.BytesField) },
        ObjectBits c => c with { SizeField = Field(c.SizeField), CountField = Field(c.CountField) },
        CardBits c => c with { LengthField = Field(c.LengthField), When = Of(c.When) },
        var c => c,
    };

    private TracingRules Of(TracingRules rules) => rules with
    {
        MarkingPhases = Each(rules.MarkingPhases, Phase),
        SweepingPhases = Each(rules.SweepingPhases, Phase),
        UnmarkedPhases = Each(rules.UnmarkedPhases, Phase),
        Marked = OfOne(rules.Marked),
        Immortal = Each(rules.Immortal, Of),
        StrongLists = Each(rules.StrongLists, List),
        LiveLists = Each(rules.LiveLists, List),
        Young = Each(rules.Young, Of),
        Remembered = Each(rules.Remembered, List),
        CardList = List(rules.CardList),
        Forwarded = OfOne(rules.Forwarded),
        Shadows = List(rules.Shadows),
        HasShadow = OfOne(rules.HasShadow),
    };

    private Condition? OfOne(Condition? when) => when is null ? null : Of(when);
}
