using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>The sound frames of a file, in order, and the first thing that is wrong with it.</summary>
/// <remarks>Every frame's checksum is compared: the cost is reading the file once. Of a large file with a footer only that is read, and
/// each frame is checked when it is used. With a footer, the frames behind a damaged one are found as well; without one the walk ends
/// there.</remarks>
internal sealed class FrameTable
{
    private FrameTable()
    {
    }

    public List<FrameEntry> Sound { get; } = [];

    /// <summary>Frames that the footer names and that are damaged, or the place where the walk ended.</summary>
    public List<(FrameEntry Entry, MalformedFrameException Error)> Damaged { get; } = [];

    /// <summary>Whether the recorder wrote its last frame.</summary>
    public bool HasFooter { get; private set; }

    /// <summary>Whether nothing is missing or superfluous behind the footer.</summary>
    public bool HasEnd { get; private set; }

    public static FrameTable Read(FrameReader reader)
    {
        var table = new FrameTable();
        if (FindFooter(reader) is { } entries)
            table.VerifyAll(reader, entries);
        else
            table.Walk(reader);
        return table;
    }

    /// <summary>The footer's table, or null when the file does not end with one.</summary>
    private static List<FrameEntry>? FindFooter(FrameReader reader)
    {
        var trailerAt = reader.FileLength - TraceFormat.TrailerBytes;
        if (trailerAt <= TraceFormat.PrologueBytes || FooterOffset(reader.ReadBytes(trailerAt, TraceFormat.TrailerBytes)) is not { } offset)
            return null;
        if (offset < TraceFormat.PrologueBytes || offset >= trailerAt)
            return null;
        try
        {
            var footer = reader.ReadEntry(offset, out _);
            return footer.Kind == FrameKind.Footer && footer.Offset + footer.Length == trailerAt
                ? FooterCodec.Decode(reader.Read(footer), footer.Count, offset)
                : null;
        }
        catch (MalformedFrameException)
        {
            return null;
        }
    }

    /// <summary>What a trailer says; null when the bytes are none.</summary>
    internal static long? FooterOffset(byte[] trailer)
    {
        try
        {
            var reader = new MessagePackReader(trailer);
            if (reader.ReadArrayHeader() != 2)
                return null;
            var marker = reader.ReadExtensionFormat();
            var offset = reader.ReadInt64();
            return reader.End && FrameHead.IsMarker(marker, TraceFormat.EndMarker) ? offset : null;
        }
        catch (Exception e) when (MessagePackErrors.Is(e))
        {
            return null;
        }
    }

    private void VerifyAll(FrameReader reader, List<FrameEntry> entries)
    {
        HasFooter = HasEnd = true;
        if (reader.FileLength > TraceLimits.VerifiedBytes)
        {
            Sound.AddRange(entries);
            return;
        }

        foreach (var entry in entries)
        {
            try
            {
                if (reader.Verify(entry.Offset, out _) != entry)
                    throw new MalformedFrameException("is not the frame that the footer names");
                Sound.Add(entry);
            }
            catch (MalformedFrameException e)
            {
                Damaged.Add((entry, e));
            }
        }
    }

    private void Walk(FrameReader reader)
    {
        long offset = TraceFormat.PrologueBytes;
        while (offset < reader.FileLength && !HasFooter)
        {
            try
            {
                var entry = reader.Verify(offset, out _);
                offset += entry.Length;
                HasFooter = entry.Kind == FrameKind.Footer;
                if (!HasFooter)
                    Sound.Add(entry);
            }
            catch (MalformedFrameException e)
            {
                Damaged.Add((new FrameEntry(default, offset, 0, 0, 0), e));
                return;
            }
        }
    }
}
