using System.Buffers.Binary;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>What each page of a state adds to its hash, of the pages a walk over a file has met: tells whether a checkpoint's words are
/// those that its hash was counted from.</summary>
/// <remarks>Cost: the words of each page frame once, and of each checkpoint the numbers of its pages. Memory: two words for each page
/// of the largest state.</remarks>
internal sealed class PageHashes
{
    private readonly Dictionary<ulong, (long Frame, ulong Sum)> latest = [];

    /// <summary>Notes the pages of a frame.</summary>
    public void Add(in FrameEntry entry, byte[] raw)
    {
        var numbers = CheckpointCodec.DecodePages(raw, entry.Count, out var words);
        for (var i = 0; i < numbers.Length; i++)
            latest[numbers[i]] = (entry.First, Sum(numbers[i], words.Slice(i * AddressSpace.PageBytes, AddressSpace.PageBytes)));
    }

    /// <summary>Whether it is known that the words are others. Nothing is known of a checkpoint that names an older frame of a page, or
    /// one that can not be read.</summary>
    public bool Contradict(CheckpointDirectory directory)
    {
        var sum = 0UL;
        for (var i = 0; i < directory.Numbers.Length; i++)
        {
            if (!latest.TryGetValue(directory.Numbers[i], out var page) || page.Frame != directory.Ids[directory.Frames[i]])
                return false;
            sum = unchecked(sum + page.Sum);
        }

        return sum != directory.Hash;
    }

    private static ulong Sum(ulong number, ReadOnlySpan<byte> words)
    {
        var sum = 0UL;
        for (var at = 0; at < words.Length; at += 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(words[at..]);
            sum = unchecked(sum + StateHash.Mix((number << AddressSpace.PageShift) + (ulong)at, word));
        }

        return sum;
    }
}
