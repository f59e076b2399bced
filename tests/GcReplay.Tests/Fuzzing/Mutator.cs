using GcReplay.Tests.Traces;
using MessagePack;

namespace GcReplay.Tests.Fuzzing;

/// <summary>Changes a trace at random, as a number says.</summary>
internal static class Mutator
{
    public static byte[] Change(byte[] trace, int number)
    {
        // The numbers of neighbours should not give neighbouring sequences.
        var random = new Random(unchecked(number * (int)2654435761));
        var changes = 1 + random.Next(3);
        for (var i = 0; i < changes; i++)
            trace = ChangeOnce(trace, random);
        return trace;
    }

    private static byte[] ChangeOnce(byte[] trace, Random random)
    {
        var kind = random.Next(10);
        if (kind == 0)
            return Bytes(trace, random);
        try
        {
            return Forgery.Rebuild(trace, frames => kind switch
            {
                1 => Frames(frames, random),
                2 => Heads(frames, random),
                3 or 4 or 5 => OneFrame(frames, random, raw => Bytes(raw, random)),
                _ => OneFrame(frames, random, raw => Items(raw, random)),
            });
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or ZstdSharp.ZstdException or ArgumentException or OverflowException)
        {
            // An earlier change left no frames to change.
            return Bytes(trace, random);
        }
    }

    private static List<Forgery.Frame> OneFrame(List<Forgery.Frame> frames, Random random, Func<byte[], byte[]> change)
    {
        if (frames.Count == 0)
            return frames;
        var at = random.Next(frames.Count);
        frames[at] = frames[at] with { Raw = change(frames[at].Raw) };
        return frames;
    }

    private static List<Forgery.Frame> Frames(List<Forgery.Frame> frames, Random random)
    {
        if (frames.Count == 0)
            return frames;
        var (at, to) = (random.Next(frames.Count), random.Next(frames.Count));
        switch (random.Next(3))
        {
            case 0:
                frames.RemoveAt(at);
                break;
            case 1:
                frames.Insert(to, frames[at]);
                break;
            default:
                (frames[at], frames[to]) = (frames[to], frames[at]);
                break;
        }

        return frames;
    }

    private static List<Forgery.Frame> Heads(List<Forgery.Frame> frames, Random random)
    {
        if (frames.Count == 0)
            return frames;
        var at = random.Next(frames.Count);
        frames[at] = random.Next(3) switch
        {
            0 => frames[at] with { First = random.NextInt64() >> random.Next(64) },
            1 => frames[at] with { Count = random.Next() >> random.Next(32) },
            _ => frames[at] with { Kind = (byte)random.Next(random.Next(2) == 0 ? 8 : 256) },
        };
        return frames;
    }

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return bytes;
        var changed = bytes.ToList();
        var (at, length) = (random.Next(bytes.Length), random.Next(1, 9));
        length = Math.Min(length, bytes.Length - at);
        switch (random.Next(6))
        {
            case 0:
                changed[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                changed[at] = (byte)random.Next(256);
                break;
            case 2:
                changed.RemoveRange(at, length);
                break;
            case 3:
                changed.InsertRange(at, changed.GetRange(random.Next(bytes.Length - length + 1), length));
                break;
            case 4:
                for (var i = 0; i < length; i++)
                    changed[at + i] = 0xFF;
                break;
            default:
                changed.RemoveRange(at, bytes.Length - at);
                break;
        }

        return [.. changed];
    }

    /// <summary>Replaces, drops, doubles or swaps items of a MessagePack tree.</summary>
    private static byte[] Items(byte[] raw, Random random)
    {
        var items = Places(raw);
        if (items.Count == 0)
            return Bytes(raw, random);
        var (start, end) = items[random.Next(items.Count)];
        var (otherStart, otherEnd) = items[random.Next(items.Count)];
        return random.Next(4) switch
        {
            0 => [.. raw[..start], .. raw[end..]],
            1 => [.. raw[..start], .. raw[otherStart..otherEnd], .. raw[end..]],
            _ => [.. raw[..start], .. HostileValues.Of(random), .. raw[end..]],
        };
    }

    /// <summary>Start and end of every item, arrays with what is in them.</summary>
    private static List<(int Start, int End)> Places(byte[] raw)
    {
        var places = new List<(int, int)>();
        try
        {
            var reader = new MessagePackReader(raw);
            Visit(ref reader, places, 0);
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            // No MessagePack, or not any more.
        }

        return places;
    }

    private static void Visit(ref MessagePackReader reader, List<(int Start, int End)> places, int depth)
    {
        var start = (int)reader.Consumed;
        if (reader.NextMessagePackType == MessagePackType.Array && depth < 50)
        {
            for (var left = reader.ReadArrayHeader(); left > 0; left--)
                Visit(ref reader, places, depth + 1);
        }
        else
        {
            reader.Skip();
        }

        places.Add((start, (int)reader.Consumed));
    }
}
