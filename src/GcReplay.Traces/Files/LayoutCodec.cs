using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>A layout inside the header frame. See FORMAT.md, "Layout".</summary>
/// <remarks>Numbers that views shift, divide or loop by are checked here, once, so that views need not distrust them.</remarks>
internal static class LayoutCodec
{
    private const int Parts = 12;

    public static void Write(ref MessagePackWriter writer, Layout layout)
    {
        writer.WriteArrayHeader(layout.Tracing is not null ? Parts + 2 : layout.Scripts.IsEmpty ? Parts : Parts + 1);
        writer.Write(layout.Collector);
        writer.Write(layout.Revision);
        Packing.WriteList(ref writer, layout.Structs, WriteStruct);
        Packing.WriteList(ref writer, layout.Types, WriteType);
        writer.Write(layout.Root.Value);
        writer.Write(layout.RootStruct);
        Packing.WriteList(ref writer, layout.Colours, WriteColour);
        Packing.WriteTexts(ref writer, layout.Phases);
        Packing.WriteList(ref writer, layout.Sites, WriteSite);
        Packing.WriteTexts(ref writer, layout.Names);
        Packing.WriteList(ref writer, layout.Regions, WriteRegion);
        Packing.WriteTexts(ref writer, layout.Interpreters);
        if (!layout.Scripts.IsEmpty || layout.Tracing is not null)
            Packing.WriteTexts(ref writer, layout.Scripts);
        if (layout.Tracing is { } rules)
            TracingCodec.Write(ref writer, rules);
    }

    public static Layout Read(ref MessagePackReader reader)
    {
        var more = Packing.Begin(ref reader, Parts, "a layout");
        var layout = new Layout
        {
            Collector = Packing.Text(ref reader),
            Revision = Packing.Text(ref reader),
            Structs = Packing.ReadList(ref reader, ReadStruct, TraceLimits.Structs),
            Types = Packing.ReadList(ref reader, ReadType, TraceLimits.Types),
            Root = new Address(reader.ReadUInt64()),
            RootStruct = Packing.Text(ref reader),
            Colours = Packing.ReadList(ref reader, ReadColour, TraceLimits.PartsOfStruct),
            Phases = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Sites = Packing.ReadList(ref reader, ReadSite, TraceLimits.Sites),
            Names = Packing.ReadTexts(ref reader),
            Regions = Packing.ReadList(ref reader, ReadRegion, TraceLimits.PartsOfStruct),
            Interpreters = Packing.ReadTexts(ref reader, TraceLimits.Interpreters),
            Scripts = more > 0 ? Packing.ReadTexts(ref reader, TraceLimits.Scripts) : [],
            Tracing = more > 1 ? TracingCodec.Read(ref reader) : null,
        };
        Packing.Skip(ref reader, more - 2);
        return layout;
    }

    internal static void WriteCondition(ref MessagePackWriter writer, Condition condition)
    {
        writer.WriteArrayHeader(7);
        Packing.WriteTexts(ref writer, condition.FlagsSet);
        Packing.WriteTexts(ref writer, condition.FlagsClear);
        Packing.WriteTexts(ref writer, condition.Phases);
        Packing.WriteTexts(ref writer, condition.Lists);
        Packing.WriteTexts(ref writer, condition.Regions);
        writer.Write(condition.Epoch);
        writer.Write(condition.EpochField);
    }

    internal static Condition ReadCondition(ref MessagePackReader reader) => Packing.Record(ref reader, 7, "a condition", static (ref reader) =>
    {
        var condition = new Condition(
            Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct),
            Packing.Text(ref reader),
            Packing.Text(ref reader));
        // Most are; who asks for it by reference takes the short way then.
        return condition.IsAlways ? Condition.Always : condition;
    });

    internal static int ReadOffset(ref MessagePackReader reader) => Packing.Int(ref reader, -TraceLimits.OffsetBytes, TraceLimits.OffsetBytes, "an offset");

    private static void WriteStruct(ref MessagePackWriter writer, StructLayout layout)
    {
        writer.WriteArrayHeader(5);
        writer.Write(layout.Name);
        writer.Write((int)layout.Role);
        writer.Write(layout.Size);
        Packing.WriteList(ref writer, layout.Fields, WriteField);
        Packing.WriteList(ref writer, layout.Containers, ContainerCodec.Write);
    }

    private static StructLayout ReadStruct(ref MessagePackReader reader) => Packing.Record(ref reader, 5, "a struct", static (ref reader) =>
    {
        return new StructLayout(
            Packing.Text(ref reader),
            Packing.OpenEnum<StructRole>(ref reader, "role of a struct"),
            Packing.Int(ref reader, 0, TraceLimits.OffsetBytes, "a size"),
            Packing.ReadList(ref reader, ReadField, TraceLimits.PartsOfStruct),
            [.. Packing.ReadList(ref reader, ContainerCodec.Read, TraceLimits.PartsOfStruct).OfType<Container>()]);
    });

    private static void WriteField(ref MessagePackWriter writer, Field field)
    {
        writer.WriteArrayHeader(5);
        writer.Write(field.Name);
        writer.Write(field.Offset);
        writer.Write(field.Shift);
        writer.Write(field.Width);
        Packing.WriteList(ref writer, field.Meanings, WriteMeaning);
    }

    private static Field ReadField(ref MessagePackReader reader) => Packing.Record(ref reader, 5, "a field", static (ref reader) =>
    {
        var name = Packing.Text(ref reader);
        var offset = ReadOffset(ref reader);
        var shift = Packing.Int(ref reader, 0, 63, "the lowest bit of a field");
        var width = Packing.Int(ref reader, 1, 64 - shift, "the width of a field");
        return new Field(name, offset, shift, width, Packing.ReadList(ref reader, ReadMeaning, TraceLimits.PartsOfStruct));
    });

    private static void WriteMeaning(ref MessagePackWriter writer, Meaning meaning)
    {
        writer.WriteArrayHeader(3);
        writer.Write((int)meaning.Role);
        WriteCondition(ref writer, meaning.When);
        writer.Write(meaning.Target);
    }

    private static Meaning ReadMeaning(ref MessagePackReader reader) => Packing.Record(ref reader, 3, "a meaning", static (ref reader) =>
    {
        return new Meaning(
            Packing.OpenEnum<FieldRole>(ref reader, "role of a field"), ReadCondition(ref reader), Packing.Text(ref reader));
    });

    private static void WriteType(ref MessagePackWriter writer, ObjectType type)
    {
        writer.WriteArrayHeader(4);
        writer.Write(type.Name);
        writer.Write(type.Struct);
        writer.Write(type.PrefixWords);
        writer.Write(type.IsCollected);
    }

    private static ObjectType ReadType(ref MessagePackReader reader) => Packing.Record(ref reader, 4, "a type", static (ref reader) =>
    {
        return new ObjectType(
            Packing.Text(ref reader), Packing.Text(ref reader), Packing.Int(ref reader, 0, 255, "words in front of an object"), reader.ReadBoolean());
    });

    private static void WriteColour(ref MessagePackWriter writer, ColourRule rule)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)rule.Colour);
        WriteCondition(ref writer, rule.When);
    }

    private static ColourRule ReadColour(ref MessagePackReader reader) => Packing.Record(ref reader, 2, "a colour", static (ref reader) =>
    {
        return new ColourRule(Packing.OpenEnum<Colour>(ref reader, "colour"), ReadCondition(ref reader));
    });

    private static void WriteSite(ref MessagePackWriter writer, Site site)
    {
        writer.WriteArrayHeader(2);
        writer.Write(site.Name);
        writer.Write(site.Reason);
    }

    private static Site ReadSite(ref MessagePackReader reader) => Packing.Record(ref reader, 2, "a site", static (ref reader) =>
    {
        return new Site(Packing.Text(ref reader), Packing.Text(ref reader));
    });

    private static void WriteRegion(ref MessagePackWriter writer, Region region)
    {
        writer.WriteArrayHeader(3);
        writer.Write(region.Name);
        writer.Write(region.Start.Value);
        writer.Write(region.End.Value);
    }

    private static Region ReadRegion(ref MessagePackReader reader) => Packing.Record(ref reader, 3, "a region", static (ref reader) =>
    {
        return new Region(Packing.Text(ref reader), new Address(reader.ReadUInt64()), new Address(reader.ReadUInt64()));
    });
}
