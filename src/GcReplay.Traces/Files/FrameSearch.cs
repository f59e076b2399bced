namespace GcReplay.Traces.Files;

/// <summary>Finds the next sound frame behind damage, by the marker that opens every frame.</summary>
/// <remarks>Time is bounded: places that look like a frame and are none may cost reading the file twice, in all.</remarks>
internal sealed class FrameSearch(FrameReader reader)
{
    private const int WindowBytes = 1 << 16;

    /// <summary>Bytes in front of the marker: the array's head, and the extension's head of two bytes.</summary>
    private const int BytesBeforeMarker = 3;

    private long budget = reader.FileLength * 2 + WindowBytes;

    /// <summary>Whether looking was given up, so that there may be sound frames behind that were not found.</summary>
    public bool GaveUp { get; private set; }

    /// <summary>Where the next sound frame begins at or behind <paramref name="from"/>; the file's length when there is none.</summary>
    public long Next(long from)
    {
        for (var at = from; at < reader.FileLength;)
        {
            var window = reader.ReadBytes(at, WindowBytes);
            var found = window.AsSpan().IndexOf(TraceFormat.FrameMarker);
            if (found < 0)
            {
                // A marker may lie across the end of the window.
                at += Math.Max(window.Length - TraceFormat.FrameMarker.Length + 1, 1);
                continue;
            }

            var start = at + found - BytesBeforeMarker;
            if (start >= from && IsSound(start))
                return start;
            if (GaveUp)
                break;
            at += found + 1;
        }

        return reader.FileLength;
    }

    private bool IsSound(long offset)
    {
        try
        {
            var entry = reader.ReadEntry(offset, out _);
            budget -= entry.Length;
            GaveUp = budget < 0;
            return !GaveUp && reader.Verify(offset, out _) == entry;
        }
        catch (MalformedFrameException)
        {
            return false;
        }
    }
}
