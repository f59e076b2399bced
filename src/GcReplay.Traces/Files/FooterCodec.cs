namespace GcReplay.Traces.Files;

/// <summary>Where a frame stands in the file.</summary>
/// <param name="Length">Of the whole frame, in bytes.</param>
internal readonly record struct FrameEntry(FrameKind Kind, long Offset, int Length, long First, int Count);

/// <summary>The footer: a table of the frames before it. It says nothing that a walk over the frames does not say; with it, what
/// stands behind a damaged frame is found as well.</summary>
internal static class FooterCodec
{
    public static ReadOnlySpan<byte> Encode(IEnumerable<FrameEntry> entries)
    {
        var column = new ByteColumn();
        foreach (var entry in entries)
        {
            column.AddByte((byte)entry.Kind);
            column.AddVarint((ulong)entry.Length);
            column.AddVarint((ulong)entry.First);
            column.AddVarint((ulong)entry.Count);
        }

        return column.Written;
    }

    /// <summary>Reads a table; its frames follow each other from the prologue to <paramref name="end"/>.</summary>
    public static List<FrameEntry> Decode(ReadOnlySpan<byte> raw, int count, long end)
    {
        var cursor = new ByteCursor(raw);
        // No presizing by a foreign number: an entry takes at least four bytes of the table.
        var entries = new List<FrameEntry>();
        long offset = TraceFormat.PrologueBytes;
        for (var i = 0; i < count; i++)
        {
            var kind = (FrameKind)cursor.Byte();
            var length = cursor.Int(TraceLimits.FrameBytes, "bytes of a frame");
            var first = cursor.Varint();
            var items = cursor.Int(int.MaxValue, "items of a frame");
            if (first > long.MaxValue || length < TraceFormat.FrameBytesMin || end - offset < length)
                throw new MalformedFrameException("holds a table that does not fit its file");
            entries.Add(new FrameEntry(kind, offset, length, (long)first, items));
            offset += length;
        }

        return cursor.IsAtEnd && offset == end ? entries : throw new MalformedFrameException("holds a table that does not fit its file");
    }
}
