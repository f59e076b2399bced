using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>glibc's malloc: the main arena of ptmalloc2 without tcache and fastbins. Invariant: no two free chunks are
/// neighbours, and none borders the top; a chunk's PREV_INUSE bit is clear exactly when the chunk in front of it is free, and
/// only then the word in front of its size is that chunk's size.</summary>
/// <remarks>
/// A chunk at p: p+0 prev_size, p+8 size and flags, p+16 the user's memory; a free one keeps fd at p+16, bk at p+24 and, from
/// 1,024 bytes on, fd_nextsize at p+32 and bk_nextsize at p+40. What is modelled and what is not: README.md.
/// Choice <c>malloc.reuse</c>: 1 takes memory from the top although a free chunk fits.
/// Source: glibc 2.31, malloc/malloc.c.
/// </remarks>
public sealed partial class GlibcAllocator(Journal journal, IChoices choices, int firstSite) : Allocator(journal, firstSite)
{
    public const string TheName = "glibc";

    /// <summary>Start of the brk heap: where Linux puts it behind a small position-independent program when addresses are not
    /// randomised.</summary>
    public static readonly Address HeapStart = new(0x5555_5575_7000);
    public static readonly Address HeapEnd = new(0x6000_0000_0000);
    public static readonly Address MmapStart = new(0x7000_0000_0000);

    /// <summary>End of the mmap area, filled downwards: below the place of the libraries and the stack.</summary>
    public static readonly Address MmapEnd = new(0x7FFF_F700_0000);

    private const ulong PrevInuse = 1;
    private const ulong IsMmapped = 2;
    private const ulong FlagMask = 7;
    private const int HeaderBytes = 16;
    private const ulong MinSize = 32;
    private const ulong DefaultThreshold = 128 * 1024;
    private const ulong MmapThresholdMax = 32 * 1024 * 1024;

    /// <summary>Source: FASTBIN_CONSOLIDATION_THRESHOLD, above which _int_free looks whether to trim.</summary>
    private const ulong ConsolidationThreshold = 65536;

    public override string Name => TheName;

    public override StructLayout ControlLayout => MallocState.Layout;

    public override ImmutableArray<Region> Regions { get; } =
        [new Region("heap", HeapStart, HeapEnd), new Region("mmap", MmapStart, MmapEnd)];

    /// <remarks>Source: malloc_init_state, mp_.</remarks>
    public override void SetUp(Address control)
    {
        Attach(control);
        Journal.Event(EventKind.Setup, control.Value);
        for (var bin = MallocState.UnsortedBin; bin < MallocState.UnsortedBin + MallocState.BinWords / 2; bin++)
        {
            SetForward(Bin(bin), Bin(bin));
            SetBack(Bin(bin), Bin(bin));
        }

        // initial_top: the unsorted bin, whose size word is last_remainder, still 0.
        Set(MallocState.Top, Bin(MallocState.UnsortedBin).Value);
        Set(MallocState.TrimThreshold, DefaultThreshold);
        Set(MallocState.TopPad, DefaultThreshold);
        Set(MallocState.MmapThreshold, DefaultThreshold);
        Set(MallocState.MmapsMax, 65536);
        Set(MallocState.SbrkBase, HeapStart.Value);
        Set(MallocState.MmapLowest, MmapEnd.Value);
    }

    /// <remarks>Source: _int_malloc. Cost: the unsorted chunks it meets, two words of bin map, and in a large bin the sizes
    /// smaller than the one that fits.</remarks>
    protected internal override Address Allocate(in CellRequest request)
    {
        var size = ChunkSize(request.BlockBytes);
        var fit = FindFit(size);
        if (!fit.IsNull && choices.Choose(2, "malloc.reuse") == 0)
            return Place(fit, SizeAt(fit), size, request, fromTop: false);
        var top = TopFor(size);
        return top.IsNull ? PlaceMapped(size, request) : Place(top, SizeAt(top), size, request, fromTop: true);
    }

    /// <remarks>Source: __libc_free, munmap_chunk, _int_free.</remarks>
    protected internal override void Free(Cell live, Block block)
    {
        var chunk = block.Start - HeaderBytes;
        var head = Read(chunk + 8);
        if ((head & IsMmapped) != 0)
            FreeMapped(live, chunk, head & ~FlagMask);
        else
            FreeChunk(live, chunk, head);
    }

    private void FreeChunk(Cell live, Address chunk, ulong head)
    {
        var size = head & ~FlagMask;
        var top = Top;
        var next = Plus(chunk, size);
        if (chunk > next || chunk.Value % 16 != 0)
            throw Failure(AllocatorSite.FreeBadPointer, chunk);
        if (size < MinSize || size % 16 != 0)
            throw Failure(AllocatorSite.FreeBadSize, chunk);
        if (chunk == top)
            throw Failure(AllocatorSite.FreeOfTop, chunk);
        if (next >= Plus(top, SizeAt(top)))
            throw Failure(AllocatorSite.FreeOutside, chunk);
        var nextHead = Read(next + 8);
        if ((nextHead & PrevInuse) == 0)
            throw Failure(AllocatorSite.FreeNotInUse, chunk);
        var nextSize = nextHead & ~FlagMask;
        if (nextSize <= 16 || nextSize >= Get(MallocState.SystemMem))
            throw Failure(AllocatorSite.FreeBadNextSize, chunk);

        OpenFree(live);
        if ((head & PrevInuse) == 0)
        {
            var previousSize = Read(chunk);
            chunk = new Address(unchecked(chunk.Value - previousSize));
            size = unchecked(size + previousSize);
            if (SizeAt(chunk) != previousSize)
                throw Failure(AllocatorSite.FreePreviousSize, chunk);
            Unlink(chunk);
        }

        if (next == top)
        {
            size = unchecked(size + nextSize);
            SetHead(chunk, size | PrevInuse);
            Set(MallocState.Top, chunk.Value);
        }
        else
        {
            if ((Read(Plus(next, nextSize) + 8) & PrevInuse) == 0)
            {
                Unlink(next);
                size = unchecked(size + nextSize);
            }
            else
            {
                SetHead(next, nextHead & ~PrevInuse);
            }

            AddUnsorted(chunk, size, AllocatorSite.FreeUnsortedList);
        }

        if (size >= ConsolidationThreshold)
            Trim();
    }

    /// <summary>Cuts a chunk from a free one or from the top, and makes it a live cell.</summary>
    private Address Place(Address chunk, ulong oldSize, ulong size, in CellRequest request, bool fromTop)
    {
        if (oldSize < size)
            throw Failure(AllocatorSite.UnlinkSize, chunk);
        OpenAllocate(request, chunk + HeaderBytes);
        var rest = Plus(chunk, size);
        if (fromTop)
        {
            SetHead(chunk, size | PrevInuse);
            SetHead(rest, oldSize - size | PrevInuse);
            Set(MallocState.Top, rest.Value);
            return chunk + HeaderBytes;
        }

        Unlink(chunk);
        if (oldSize - size < MinSize)
        {
            var next = Plus(chunk, oldSize);
            SetHead(next, Read(next + 8) | PrevInuse);
            return chunk + HeaderBytes;
        }

        SetHead(chunk, size | PrevInuse);
        AddUnsorted(rest, oldSize - size, AllocatorSite.MallocUnsortedList);
        if (MallocState.IsSmall(size))
            Set(MallocState.LastRemainder, rest.Value);
        return chunk + HeaderBytes;
    }

    /// <summary>Source: request2size.</summary>
    private static ulong ChunkSize(ulong blockBytes) => Math.Max(MinSize, blockBytes + 8 + 15 & ~15UL);

    private Address Top => new(Get(MallocState.Top));

    private ulong Get(int offset) => Read(Control + offset);

    private void Set(int offset, ulong value) => Write(Control + offset, value);

    private ulong SizeAt(Address chunk) => Read(chunk + 8) & ~FlagMask;

    private void SetHead(Address chunk, ulong head) => Write(chunk + 8, head);

    /// <summary>A size read from memory may be anything: address arithmetic is modulo 2^64.</summary>
    private static Address Plus(Address chunk, ulong bytes) => new(unchecked(chunk.Value + bytes));
}
