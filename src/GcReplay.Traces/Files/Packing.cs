using System.Buffers;
using System.Collections.Immutable;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>Writes one item of a list.</summary>
internal delegate void Pack<in T>(ref MessagePackWriter writer, T item);

/// <summary>Reads one item of a list.</summary>
internal delegate T Unpack<out T>(ref MessagePackReader reader);

/// <summary>Records and lists as MessagePack arrays. Everything read is foreign: counts and enums are checked here once.</summary>
internal static class Packing
{
    /// <summary>Runs a writer over a fresh buffer.</summary>
    public static ReadOnlySpan<byte> ToBytes<T>(T item, Pack<T> pack)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        pack(ref writer, item);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    /// <exception cref="MalformedFrameException">The bytes are not one item and nothing else.</exception>
    public static T FromBytes<T>(byte[] raw, Unpack<T> unpack)
    {
        try
        {
            var reader = new MessagePackReader(raw);
            var item = unpack(ref reader);
            return reader.End ? item : throw new MalformedFrameException("holds bytes behind its last item");
        }
        catch (Exception e) when (MessagePackErrors.Is(e))
        {
            throw new MalformedFrameException($"is not laid out as the format says: {e.Message.TrimEnd('.')}");
        }
    }

    public static void WriteList<T>(ref MessagePackWriter writer, IReadOnlyCollection<T> items, Pack<T> pack)
    {
        writer.WriteArrayHeader(items.Count);
        foreach (var item in items)
            pack(ref writer, item);
    }

    /// <remarks>The list grows as items arrive: a foreign count alone allocates nothing.</remarks>
    public static ImmutableArray<T> ReadList<T>(ref MessagePackReader reader, Unpack<T> unpack)
    {
        var count = reader.ReadArrayHeader();
        if (count > TraceFormat.ListItemsMax)
            throw new MalformedFrameException($"says a list of {count} items; at most {TraceFormat.ListItemsMax} are allowed");
        var items = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < count; i++)
            items.Add(unpack(ref reader));
        return items.DrainToImmutable();
    }

    public static void WriteTexts(ref MessagePackWriter writer, ImmutableArray<string> texts) =>
        WriteList(ref writer, texts, static (ref w, text) => w.Write(text));

    public static ImmutableArray<string> ReadTexts(ref MessagePackReader reader) => ReadList(ref reader, Text);

    public static string Text(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MalformedFrameException("holds nothing where a text belongs");

    /// <summary>Opens a record: an array with one item for each of its parts.</summary>
    public static void Expect(ref MessagePackReader reader, int parts, string what)
    {
        var count = reader.ReadArrayHeader();
        if (count != parts)
            throw new MalformedFrameException($"holds {what} of {count} parts; it has {parts}");
    }

    /// <summary>The number of parts, which is one of two.</summary>
    public static int Expect(ref MessagePackReader reader, int parts, int otherwise, string what)
    {
        var count = reader.ReadArrayHeader();
        return count == parts || count == otherwise
            ? count
            : throw new MalformedFrameException($"holds {what} of {count} parts; it has {parts} or {otherwise}");
    }

    /// <summary>The number of parts, which lies between two.</summary>
    public static int ExpectBetween(ref MessagePackReader reader, int min, int max, string what)
    {
        var count = reader.ReadArrayHeader();
        return count >= min && count <= max
            ? count
            : throw new MalformedFrameException($"holds {what} of {count} parts; it has {min} to {max}");
    }

    public static T Enum<T>(ref MessagePackReader reader, string what)
        where T : struct, Enum
    {
        var number = reader.ReadInt32();
        var value = (T)System.Enum.ToObject(typeof(T), number);
        return System.Enum.IsDefined(value) ? value : throw new MalformedFrameException($"holds the unknown {what} {number}");
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static int Int(ref MessagePackReader reader, int min, int max, string what)
    {
        var value = reader.ReadInt32();
        return value >= min && value <= max ? value : throw new MalformedFrameException($"holds {value} as {what}; {min} to {max} are allowed");
    }
}
