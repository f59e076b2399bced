using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>A layout inside the header frame. See FORMAT.md, "Layout".</summary>
/// <remarks>Numbers that views shift, divide or loop by are checked here, once, so that views need not distrust them.</remarks>
internal static class LayoutCodec
{
    private const int Parts = 12;
    private const int PartsWithScripts = 13;
    private const int PartsWithTracing = 14;

    /// <summary>Bytes from a struct to any part of it, either way.</summary>
    internal const int OffsetMax = 1 << 28;

    public static void Write(ref MessagePackWriter writer, Layout layout)
    {
        writer.WriteArrayHeader(layout.Tracing is not null ? PartsWithTracing : layout.Scripts.IsEmpty ? Parts : PartsWithScripts);
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
        var parts = Packing.ExpectBetween(ref reader, Parts, PartsWithTracing, "a layout");
        return new Layout
        {
            Collector = Packing.Text(ref reader),
            Revision = Packing.Text(ref reader),
            Structs = Packing.ReadList(ref reader, ReadStruct),
            Types = Packing.ReadList(ref reader, ReadType),
            Root = new Address(reader.ReadUInt64()),
            RootStruct = Packing.Text(ref reader),
            Colours = Packing.ReadList(ref reader, ReadColour),
            Phases = Packing.ReadTexts(ref reader),
            Sites = Packing.ReadList(ref reader, ReadSite),
            Names = Packing.ReadTexts(ref reader),
            Regions = Packing.ReadList(ref reader, ReadRegion),
            Interpreters = Packing.ReadTexts(ref reader),
            Scripts = parts >= PartsWithScripts ? Packing.ReadTexts(ref reader) : [],
            Tracing = parts >= PartsWithTracing ? TracingCodec.Read(ref reader) : null,
        };
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

    internal static Condition ReadCondition(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 7, "a condition");
        var condition = new Condition(
            Packing.ReadTexts(ref reader),
            Packing.ReadTexts(ref reader),
            Packing.ReadTexts(ref reader),
            Packing.ReadTexts(ref reader),
            Packing.ReadTexts(ref reader),
            Packing.Text(ref reader),
            Packing.Text(ref reader));
        // Most are; who asks for it by reference takes the short way then.
        return condition.IsAlways ? Condition.Always : condition;
    }

    internal static int ReadOffset(ref MessagePackReader reader) => Packing.Int(ref reader, -OffsetMax, OffsetMax, "an offset");

    private static void WriteStruct(ref MessagePackWriter writer, StructLayout layout)
    {
        writer.WriteArrayHeader(5);
        writer.Write(layout.Name);
        writer.Write((int)layout.Role);
        writer.Write(layout.Size);
        Packing.WriteList(ref writer, layout.Fields, WriteField);
        Packing.WriteList(ref writer, layout.Containers, ContainerCodec.Write);
    }

    private static StructLayout ReadStruct(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 5, "a struct");
        return new StructLayout(
            Packing.Text(ref reader),
            Packing.Enum<StructRole>(ref reader, "role of a struct"),
            Packing.Int(ref reader, 0, OffsetMax, "a size"),
            Packing.ReadList(ref reader, ReadField),
            Packing.ReadList(ref reader, ContainerCodec.Read));
    }

    private static void WriteField(ref MessagePackWriter writer, Field field)
    {
        writer.WriteArrayHeader(5);
        writer.Write(field.Name);
        writer.Write(field.Offset);
        writer.Write(field.Shift);
        writer.Write(field.Width);
        Packing.WriteList(ref writer, field.Meanings, WriteMeaning);
    }

    private static Field ReadField(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 5, "a field");
        var name = Packing.Text(ref reader);
        var offset = ReadOffset(ref reader);
        var shift = Packing.Int(ref reader, 0, 63, "the lowest bit of a field");
        var width = Packing.Int(ref reader, 1, 64 - shift, "the width of a field");
        return new Field(name, offset, shift, width, Packing.ReadList(ref reader, ReadMeaning));
    }

    private static void WriteMeaning(ref MessagePackWriter writer, Meaning meaning)
    {
        writer.WriteArrayHeader(3);
        writer.Write((int)meaning.Role);
        WriteCondition(ref writer, meaning.When);
        writer.Write(meaning.Target);
    }

    private static Meaning ReadMeaning(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 3, "a meaning");
        return new Meaning(
            Packing.Enum<FieldRole>(ref reader, "role of a field"), ReadCondition(ref reader), Packing.Text(ref reader));
    }

    private static void WriteType(ref MessagePackWriter writer, ObjectType type)
    {
        writer.WriteArrayHeader(4);
        writer.Write(type.Name);
        writer.Write(type.Struct);
        writer.Write(type.PrefixWords);
        writer.Write(type.IsCollected);
    }

    private static ObjectType ReadType(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 4, "a type");
        return new ObjectType(
            Packing.Text(ref reader), Packing.Text(ref reader), Packing.Int(ref reader, 0, 255, "words in front of an object"), reader.ReadBoolean());
    }

    private static void WriteColour(ref MessagePackWriter writer, ColourRule rule)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)rule.Colour);
        WriteCondition(ref writer, rule.When);
    }

    private static ColourRule ReadColour(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 2, "a colour");
        return new ColourRule(Packing.Enum<Colour>(ref reader, "colour"), ReadCondition(ref reader));
    }

    private static void WriteSite(ref MessagePackWriter writer, Site site)
    {
        writer.WriteArrayHeader(2);
        writer.Write(site.Name);
        writer.Write(site.Reason);
    }

    private static Site ReadSite(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 2, "a site");
        return new Site(Packing.Text(ref reader), Packing.Text(ref reader));
    }

    private static void WriteRegion(ref MessagePackWriter writer, Region region)
    {
        writer.WriteArrayHeader(3);
        writer.Write(region.Name);
        writer.Write(region.Start.Value);
        writer.Write(region.End.Value);
    }

    private static Region ReadRegion(ref MessagePackReader reader)
    {
        Packing.Expect(ref reader, 3, "a region");
        return new Region(Packing.Text(ref reader), new Address(reader.ReadUInt64()), new Address(reader.ReadUInt64()));
    }
}
