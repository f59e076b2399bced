using System.Runtime.InteropServices;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>Some pages of a state, copied: a checkpoint is one or more of these.</summary>
/// <param name="Position">The checkpoint stands after this event.</param>
/// <param name="PagesFromHere">Pages of the checkpoint in this part and those behind it.</param>
internal sealed record SavedPages(long Position, int PagesFromHere, List<ulong> Numbers, List<ulong[]> Words);

/// <summary>Pages to the bytes of a Checkpoint frame and back. See FORMAT.md, "Checkpoint".</summary>
internal static class CheckpointCodec
{
    private const ulong PageNumberEnd = 1UL << (64 - AddressSpace.PageShift);

    /// <summary>Copies the pages of a state, some at a time; at least one part, even for a state without pages.</summary>
    public static IEnumerable<SavedPages> Copy(long position, AddressSpace state)
    {
        var pages = state.SavedPages().ToList();
        var at = 0;
        do
        {
            var count = Math.Min(TraceFormat.PagesPerFrame, pages.Count - at);
            var part = pages.GetRange(at, count);
            yield return new SavedPages(
                position, pages.Count - at, part.ConvertAll(page => page.Number), part.ConvertAll(page => page.Words.ToArray()));
            at += count;
        }
        while (at < pages.Count);
    }

    public static void Encode(SavedPages pages, ByteColumn output)
    {
        output.Clear();
        ulong next = 0;
        foreach (var number in pages.Numbers)
        {
            output.AddVarint(number - next);
            next = number + 1;
        }

        foreach (var words in pages.Words)
        {
            LittleEndian.Fix(words);
            output.Add(MemoryMarshal.AsBytes(words.AsSpan()));
        }
    }

    /// <summary>Puts the pages of one frame into a state.</summary>
    /// <param name="pagesFromHere">What the frame's head says.</param>
    public static void Decode(ReadOnlySpan<byte> raw, int pagesFromHere, AddressSpace into)
    {
        var count = Math.Min(pagesFromHere, TraceFormat.PagesPerFrame);
        var cursor = new ByteCursor(raw);
        var numbers = new ulong[count];
        ulong next = 0;
        for (var i = 0; i < count; i++)
        {
            var step = cursor.Varint();
            if (step >= PageNumberEnd - next)
                throw new MalformedFrameException("holds a page beyond the end of memory");
            numbers[i] = next + step;
            next = numbers[i] + 1;
        }

        var words = new ulong[AddressSpace.WordsPerPage];
        foreach (var number in numbers)
        {
            cursor.Bytes(AddressSpace.PageBytes).CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
            LittleEndian.Fix(words);
            into.LoadPage(number, words);
        }

        if (!cursor.IsAtEnd)
            throw new MalformedFrameException("holds bytes behind its last page");
    }
}
