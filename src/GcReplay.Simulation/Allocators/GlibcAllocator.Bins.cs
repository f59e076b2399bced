using System.Numerics;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Allocators;

/// <content>The lists of free chunks. Invariant: a bin's bit in the bin map is set exactly when the bin holds a chunk (the
/// unsorted bin has none); a large bin descends by size, and the first chunk of each size is linked through its nextsize
/// words.</content>
public sealed partial class GlibcAllocator
{
    private const int UnsortedMax = 10000;

    private Address Unsorted => Bin(MallocState.UnsortedBin);

    /// <summary>The free chunk that malloc would take or cut for a size, or null. It stays on its list.</summary>
    /// <remarks>Source: _int_malloc up to use_top. Unsorted chunks that it passes are sorted into bins; when there are any, that is
    /// a Setup event.</remarks>
    private Address FindFit(ulong size)
    {
        var index = MallocState.BinIndex(size);
        if (MallocState.IsSmall(size) && LastOf(Bin(index)) is { IsNull: false } oldest)
            return oldest;
        if (SortUntilFit(size) is { IsNull: false } unsorted)
            return unsorted;
        if (!MallocState.IsSmall(size) && FindInLargeBin(Bin(index), size) is { IsNull: false } large)
            return large;
        for (var bin = NextBin(index + 1); bin != 0; bin = NextBin(bin + 1))
        {
            if (LastOf(Bin(bin)) is { IsNull: false } smallest)
                return smallest;
        }

        return Address.Null;
    }

    /// <summary>Sorts unsorted chunks into bins, oldest first, until one fits exactly or is the last remainder, to be cut
    /// again for the next small request.</summary>
    private Address SortUntilFit(ulong size)
    {
        for (var count = 0; count < UnsortedMax; count++)
        {
            var chunk = Back(Unsorted);
            if (chunk == Unsorted)
                return Address.Null;
            var found = CheckUnsorted(chunk);
            var isLastRemainder = MallocState.IsSmall(size) && Back(chunk) == Unsorted
                && chunk.Value == Get(MallocState.LastRemainder) && found > size + MinSize;
            if (isLastRemainder || found == size)
                return chunk;
            if (count == 0)
                Journal.Event(EventKind.Setup, Control.Value);
            Unlink(chunk);
            Sort(chunk, found);
        }

        return Address.Null;
    }

    private ulong CheckUnsorted(Address chunk)
    {
        var size = SizeAt(chunk);
        if (size <= 16 || size > Get(MallocState.SystemMem))
            throw Failure(AllocatorSite.MallocBadUnsorted, chunk);
        if (Forward(chunk) != Unsorted && Back(Forward(chunk)) != chunk || Forward(Back(chunk)) != chunk)
            throw Failure(AllocatorSite.MallocUnsortedList, chunk);
        return size;
    }

    /// <summary>The smallest chunk that fits; of several of that size not the first, which carries the nextsize links.</summary>
    private Address FindInLargeBin(Address bin, ulong size)
    {
        var chunk = Forward(bin);
        if (chunk == bin || SizeAt(chunk) < size)
            return Address.Null;
        ulong found;
        do
        {
            chunk = BackBySize(chunk);
            found = SizeAt(chunk);
        }
        while (found < size);

        var second = Forward(chunk);
        return second != bin && SizeAt(second) == found ? second : chunk;
    }

    /// <summary>First bin from here on whose bit in the bin map is set, or 0.</summary>
    private int NextBin(int index)
    {
        for (; index < 128; index = (index | 63) + 1)
        {
            var bits = Get(MallocState.Binmap + (index >> 6) * 8) >> (index & 63);
            if (bits != 0)
                return index + BitOperations.TrailingZeroCount(bits);
        }

        return 0;
    }

    private void SetBinBit(int index, bool present)
    {
        var offset = MallocState.Binmap + (index >> 6) * 8;
        var old = Get(offset);
        var bit = 1UL << (index & 63);
        var map = present ? old | bit : old & ~bit;
        if (map != old)
            Set(offset, map);
    }

    /// <summary>Puts a chunk in front of the unsorted ones: its links, its head and its foot.</summary>
    private void AddUnsorted(Address chunk, ulong size, AllocatorSite corrupted)
    {
        var first = Forward(Unsorted);
        if (Back(first) != Unsorted)
            throw Failure(corrupted, first);
        SetForward(chunk, first);
        SetBack(chunk, Unsorted);
        if (!MallocState.IsSmall(size))
        {
            SetForwardBySize(chunk, Address.Null);
            SetBackBySize(chunk, Address.Null);
        }

        SetForward(Unsorted, chunk);
        SetBack(first, chunk);
        SetHead(chunk, size | PrevInuse);
        Write(Plus(chunk, size), size);
    }

    private void Sort(Address chunk, ulong size)
    {
        var index = MallocState.BinIndex(size);
        var bin = Bin(index);
        var before = MallocState.IsSmall(size) ? bin : PlaceInLargeBin(bin, chunk, size);
        var after = Forward(before);
        if (Back(after) != before)
            throw Failure(AllocatorSite.MallocLargeBinList, chunk);
        SetBinBit(index, true);
        SetBack(chunk, before);
        SetForward(chunk, after);
        SetBack(after, chunk);
        SetForward(before, chunk);
    }

    /// <summary>Links the nextsize words of a chunk and gives the chunk, or the bin, that it goes behind.</summary>
    private Address PlaceInLargeBin(Address bin, Address chunk, ulong size)
    {
        var first = Forward(bin);
        if (first == bin)
        {
            SetForwardBySize(chunk, chunk);
            SetBackBySize(chunk, chunk);
            return bin;
        }

        var last = Back(bin);
        if (size < SizeAt(last))
        {
            LinkBySize(chunk, first);
            return last;
        }

        var at = first;
        while (size < SizeAt(at))
            at = ForwardBySize(at);
        // Of equal size: second place, so that the nextsize links stay where they are.
        if (size == SizeAt(at))
            return at;
        LinkBySize(chunk, at);
        return Back(at);
    }

    /// <summary>Inserts a chunk in the ring of sizes in front of another.</summary>
    private void LinkBySize(Address chunk, Address after)
    {
        var before = BackBySize(after);
        if (ForwardBySize(before) != after)
            throw Failure(AllocatorSite.MallocLargeBinList, chunk);
        SetForwardBySize(chunk, after);
        SetBackBySize(chunk, before);
        SetBackBySize(after, chunk);
        SetForwardBySize(before, chunk);
    }

    /// <summary>Takes a chunk out of its bin. The bin map's bit is cleared with the last chunk.</summary>
    /// <remarks>Source: unlink_chunk; upstream clears the bit later, when a search finds the bin empty.</remarks>
    private void Unlink(Address chunk)
    {
        var size = SizeAt(chunk);
        if (size != Read(Plus(chunk, size)))
            throw Failure(AllocatorSite.UnlinkSize, chunk);
        var forward = Forward(chunk);
        var back = Back(chunk);
        if (Back(forward) != chunk || Forward(back) != chunk)
            throw Failure(AllocatorSite.UnlinkList, chunk);
        SetBack(forward, back);
        SetForward(back, forward);
        if (!MallocState.IsSmall(size) && ForwardBySize(chunk) is { IsNull: false } forwardBySize)
            UnlinkBySize(chunk, forward, forwardBySize, BackBySize(chunk));
        if (forward == back && BinAt(forward) > MallocState.UnsortedBin)
            SetBinBit(BinAt(forward), false);
    }

    private void UnlinkBySize(Address chunk, Address forward, Address forwardBySize, Address backBySize)
    {
        if (BackBySize(forwardBySize) != chunk || ForwardBySize(backBySize) != chunk)
            throw Failure(AllocatorSite.UnlinkSizeList, chunk);
        // The next chunk has no nextsize links when it is of the same size: it inherits them. (The word is never null in a bin.)
        if (!ForwardBySize(forward).IsNull)
        {
            SetBackBySize(forwardBySize, backBySize);
            SetForwardBySize(backBySize, forwardBySize);
        }
        else if (forwardBySize == chunk)
        {
            SetForwardBySize(forward, forward);
            SetBackBySize(forward, forward);
        }
        else
        {
            SetForwardBySize(forward, forwardBySize);
            SetBackBySize(forward, backBySize);
            SetBackBySize(forwardBySize, forward);
            SetForwardBySize(backBySize, forward);
        }
    }

    /// <summary>A bin as if it were a chunk: its fd and bk are the two words of bin <paramref name="index"/>. Source: bin_at.</summary>
    private Address Bin(int index) => Control + (MallocState.Bins + (index - 1) * 16 - HeaderBytes);

    /// <summary>Index of the bin at this address, 0 when it is none.</summary>
    private int BinAt(Address address) =>
        address >= Unsorted && address <= Bin(MallocState.LastBin) ? (int)((address - Unsorted) / 16) + MallocState.UnsortedBin : 0;

    /// <summary>The last chunk of a bin (oldest in a small one, smallest in a large one), or null.</summary>
    private Address LastOf(Address bin) => Back(bin) is var last && last == bin ? Address.Null : last;

    private Address Forward(Address chunk) => new(Read(chunk + 16));

    private Address Back(Address chunk) => new(Read(chunk + 24));

    private Address ForwardBySize(Address chunk) => new(Read(chunk + 32));

    private Address BackBySize(Address chunk) => new(Read(chunk + 40));

    private void SetForward(Address chunk, Address to) => Write(chunk + 16, to.Value);

    private void SetBack(Address chunk, Address to) => Write(chunk + 24, to.Value);

    private void SetForwardBySize(Address chunk, Address to) => Write(chunk + 32, to.Value);

    private void SetBackBySize(Address chunk, Address to) => Write(chunk + 40, to.Value);
}
