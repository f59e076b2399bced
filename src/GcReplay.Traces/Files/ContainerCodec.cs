using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>The closed set of containers inside a layout: the first part of each is its number in the format.</summary>
internal static class ContainerCodec
{
    private const int LinkedList = 1;
    private const int Vector = 2;
    private const int ChunkedStack = 3;
    private const int ChunkedDeque = 4;
    private const int Ring = 5;
    private const int Map = 6;
    private const int Bitmap = 7;
    private const int ObjectBits = 8;
    private const int CardBits = 9;
    private const int RawWords = 10;

    public static void Write(ref MessagePackWriter writer, Container container)
    {
        switch (container)
        {
            case LinkedList c:
                Begin(ref writer, c.GarbageAt.IsEmpty ? 9 : 10, LinkedList, c);
                writer.Write(c.NextOffset);
                writer.Write(c.PrevOffset);
                writer.Write(c.NodeToObject);
                writer.Write(c.TagMask);
                writer.Write(c.IsCircular);
                Packing.WriteTexts(ref writer, c.PrevInvalidIn);
                if (!c.GarbageAt.IsEmpty)
                    Packing.WriteTexts(ref writer, c.GarbageAt);
                break;
            case Vector c:
                Begin(ref writer, 8, Vector, c);
                writer.Write(c.IsIndirect);
                writer.Write(c.CountField);
                writer.Write(c.Count);
                writer.Write((int)c.ItemRole);
                writer.Write(c.ItemStruct);
                break;
            case ChunkedStack c:
                Begin(ref writer, 5, ChunkedStack, c);
                writer.Write(c.CountField);
                writer.Write(c.ItemsPerChunk);
                break;
            case ChunkedDeque c:
                Begin(ref writer, 6, ChunkedDeque, c);
                writer.Write(c.FirstField);
                writer.Write(c.EndField);
                writer.Write(c.ItemsPerChunk);
                break;
            case Ring c:
                Begin(ref writer, 6, Ring, c);
                writer.Write(c.StartField);
                writer.Write(c.CountField);
                writer.Write(c.CapacityField);
                break;
            case Map c:
                Begin(ref writer, 6, Map, c);
                writer.Write(c.CapacityField);
                writer.Write((int)c.KeyRole);
                writer.Write((int)c.ValueRole);
                break;
            case Bitmap c:
                Begin(ref writer, 6, Bitmap, c);
                writer.Write(c.BaseField);
                writer.Write(c.BytesField);
                writer.Write(c.GranuleBytes);
                break;
            case ObjectBits c:
                Begin(ref writer, 6, ObjectBits, c);
                writer.Write(c.FirstObject);
                writer.Write(c.SizeField);
                writer.Write(c.CountField);
                break;
            case CardBits c:
                Begin(ref writer, 7, CardBits, c);
                writer.Write(c.LengthField);
                writer.Write(c.ItemsPerBit);
                writer.Write(c.GrowsDown);
                LayoutCodec.WriteCondition(ref writer, c.When);
                break;
            case RawWords c:
                Begin(ref writer, 4, RawWords, c);
                writer.Write(c.Count);
                break;
            default:
                throw new BrokenAssumptionException($"container {container.GetType().Name} has no number in the trace format");
        }
    }

    /// <returns>Null for a kind that a later version added.</returns>
    public static Container? Read(ref MessagePackReader reader)
    {
        var parts = reader.ReadArrayHeader();
        if (parts == 0)
            throw new MalformedFrameException("holds a container of no parts");
        var kind = reader.ReadInt32();
        var expected = kind switch
        {
            LinkedList => 9,
            Vector => 8,
            ChunkedStack => 5,
            ChunkedDeque or Ring or Map or Bitmap or ObjectBits => 6,
            CardBits => 7,
            RawWords => 4,
            _ => 1,
        };
        if (parts < expected)
            throw new MalformedFrameException($"holds a container of kind {kind} with {parts} parts; it has {expected}");
        var container = expected > 1 ? ReadKnown(ref reader, kind) : null;
        var more = parts - expected;
        if (more > 0 && container is LinkedList list)
        {
            container = list with { GarbageAt = Packing.ReadTexts(ref reader, TraceLimits.PartsOfStruct) };
            more--;
        }

        Packing.Skip(ref reader, more);
        return container;
    }

    private static Container ReadKnown(ref MessagePackReader reader, int kind)
    {
        var name = Packing.Text(ref reader);
        var offset = LayoutCodec.ReadOffset(ref reader);
        return kind switch
        {
            LinkedList => new LinkedList(
                name, offset, LayoutCodec.ReadOffset(ref reader), LayoutCodec.ReadOffset(ref reader), LayoutCodec.ReadOffset(ref reader),
                reader.ReadUInt64(), reader.ReadBoolean(), Packing.ReadTexts(ref reader)),
            Vector => new Vector(
                name, offset, reader.ReadBoolean(), Packing.Text(ref reader), Items(ref reader, 0), Role(ref reader), Packing.Text(ref reader)),
            ChunkedStack => new ChunkedStack(name, offset, Packing.Text(ref reader), Items(ref reader, 1)),
            ChunkedDeque => new ChunkedDeque(name, offset, Packing.Text(ref reader), Packing.Text(ref reader), Items(ref reader, 1)),
            Ring => new Ring(name, offset, Packing.Text(ref reader), Packing.Text(ref reader), Packing.Text(ref reader)),
            Map => new Map(name, offset, Packing.Text(ref reader), Role(ref reader), Role(ref reader)),
            Bitmap => new Bitmap(name, offset, Packing.Text(ref reader), Packing.Text(ref reader), Items(ref reader, 1)),
            ObjectBits => new ObjectBits(
                name, offset, LayoutCodec.ReadOffset(ref reader), Packing.Text(ref reader), Packing.Text(ref reader)),
            CardBits => new CardBits(
                name, offset, Packing.Text(ref reader), Items(ref reader, 1), reader.ReadBoolean(), LayoutCodec.ReadCondition(ref reader)),
            _ => new RawWords(name, offset, Items(ref reader, 0)),
        };
    }

    private static void Begin(ref MessagePackWriter writer, int parts, int kind, Container container)
    {
        writer.WriteArrayHeader(parts);
        writer.Write(kind);
        writer.Write(container.Name);
        writer.Write(container.Offset);
    }

    private static int Items(ref MessagePackReader reader, int min) => Packing.Int(ref reader, min, TraceLimits.ListItems, "a number of items");

    private static FieldRole Role(ref MessagePackReader reader) => Packing.OpenEnum<FieldRole>(ref reader, "role of an item");
}
