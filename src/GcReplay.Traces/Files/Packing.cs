using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>Writes one item of a list.</summary>
internal delegate void Pack<in T>(ref MessagePackWriter writer, T item);

/// <summary>Reads one item of a list.</summary>
internal delegate T Unpack<out T>(ref MessagePackReader reader);

/// <summary>Records and lists as MessagePack arrays. Everything read is foreign: counts and enums are checked here once.</summary>
internal static class Packing
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

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
    public static ImmutableArray<T> ReadList<T>(ref MessagePackReader reader, Unpack<T> unpack, int max = TraceLimits.ListItems)
    {
        var count = reader.ReadArrayHeader();
        if (count > max)
            throw new MalformedFrameException($"says a list of {count} items; at most {max} are allowed");
        var items = ImmutableArray.CreateBuilder<T>();
        for (var i = 0; i < count; i++)
            items.Add(unpack(ref reader));
        return items.DrainToImmutable();
    }

    public static void WriteTexts(ref MessagePackWriter writer, ImmutableArray<string> texts) =>
        WriteList(ref writer, texts, static (ref w, text) => w.Write(text));

    public static ImmutableArray<string> ReadTexts(ref MessagePackReader reader, int max = TraceLimits.ListItems) => ReadList(ref reader, Text, max);

    /// <exception cref="MalformedFrameException">No text, or bytes that are no UTF-8: replaced, they would not be written as they were.</exception>
    public static string Text(ref MessagePackReader reader)
    {
        var bytes = reader.ReadStringSequence() ?? throw new MalformedFrameException("holds nothing where a text belongs");
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedFrameException("holds a text that is no UTF-8");
        }
    }

    /// <summary>Reads a record: an array with an item for each of its parts, and perhaps more that a later version added.</summary>
    public static T Record<T>(ref MessagePackReader reader, int parts, string what, Unpack<T> read)
    {
        var more = Begin(ref reader, parts, what);
        var item = read(ref reader);
        Skip(ref reader, more);
        return item;
    }

    /// <summary>Opens a record.</summary>
    /// <returns>How many items it has beyond <paramref name="parts"/>; optional ones are read, the rest is for <see cref="Skip"/>.</returns>
    public static int Begin(ref MessagePackReader reader, int parts, string what)
    {
        var count = reader.ReadArrayHeader();
        return count >= parts ? count - parts : throw new MalformedFrameException($"holds {what} of {count} parts; it has {parts}");
    }

    /// <summary>Passes over items, however deep they are: without recursion, since the depth is foreign.</summary>
    public static void Skip(ref MessagePackReader reader, long items)
    {
        for (var left = items; left > 0; left--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Array:
                    left += reader.ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    left += 2L * reader.ReadMapHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>A member of a set that later versions may add to: what they added is read as the first, which says the least.</summary>
    public static T OpenEnum<T>(ref MessagePackReader reader, string what)
        where T : struct, Enum
    {
        var number = reader.ReadInt32();
        if (number is < 0 or > byte.MaxValue)
            throw new MalformedFrameException($"holds {number} as {what}");
        var value = (T)System.Enum.ToObject(typeof(T), number);
        return System.Enum.IsDefined(value) ? value : default;
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
