using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>What a tracing collector promises, inside a layout. See FORMAT.md, "Layout".</summary>
internal static class TracingCodec
{
    private const int Parts = 13;

    public static void Write(ref MessagePackWriter writer, TracingRules rules)
    {
        writer.WriteArrayHeader(Parts);
        foreach (var names in new[] { rules.MarkingPhases, rules.SweepingPhases, rules.UnmarkedPhases, rules.StrongLists, rules.LiveLists, rules.Remembered })
            Packing.WriteTexts(ref writer, names);
        foreach (var conditions in new[] { rules.Immortal, rules.Young, Optional(rules.Marked), Optional(rules.Forwarded), Optional(rules.HasShadow) })
            Packing.WriteList(ref writer, conditions, LayoutCodec.WriteCondition);
        writer.Write(rules.CardList);
        writer.Write(rules.Shadows);
    }

    public static TracingRules Read(ref MessagePackReader reader) => Packing.Record(ref reader, Parts, "promises", static (ref reader) =>
        new TracingRules
        {
            MarkingPhases = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            SweepingPhases = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            UnmarkedPhases = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            StrongLists = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            LiveLists = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Remembered = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Immortal = Conditions(ref reader),
            Young = Conditions(ref reader),
            Marked = AtMostOne(ref reader),
            Forwarded = AtMostOne(ref reader),
            HasShadow = AtMostOne(ref reader),
            CardList = Packing.Text(ref reader),
            Shadows = Packing.Text(ref reader),
        });

    private static ImmutableArray<Condition> Optional(Condition? condition) => condition is null ? [] : [condition];

    private static ImmutableArray<Condition> Conditions(ref MessagePackReader reader) => Packing.ReadList(ref reader, LayoutCodec.ReadCondition, TraceLimits.PartsOfStruct);

    private static Condition? AtMostOne(ref MessagePackReader reader)
    {
        var conditions = Conditions(ref reader);
        return conditions.Length <= 1
            ? conditions.FirstOrDefault()
            : throw new MalformedFrameException($"holds {conditions.Length} conditions where there is one or none");
    }
}
