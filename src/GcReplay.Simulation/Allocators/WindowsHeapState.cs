using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Allocators;

/// <summary>Where the words of a Windows heap lie: the part of <c>HEAP</c> that is modelled, from the start of the control words, and
/// the headers of blocks.</summary>
/// <remarks>Source: ReactOS, sdk/lib/rtl/heap.h, 64 bits; sizes are counted in units of 16 bytes, as there.</remarks>
internal static class WindowsHeapState
{
    public const int UnitBytes = 16;

    /// <summary>For each size up to a page the first free block of it; the first word is for all that are larger.</summary>
    public const int FreeHints = 0;
    public const int Hints = 256;
    public const int FreeHintBitmap = FreeHints + Hints * 8;

    /// <summary>Head of the ring of free blocks, the smallest first; a link names the links of another block, as LIST_ENTRY does.</summary>
    public const int FreeLists = FreeHintBitmap + Hints / 8;
    public const int TotalFreeSize = FreeLists + 16;
    public const int DeCommitFreeBlockThreshold = TotalFreeSize + 8;
    public const int DeCommitTotalFreeThreshold = DeCommitFreeBlockThreshold + 8;
    public const int VirtualMemoryThreshold = DeCommitTotalFreeThreshold + 8;

    /// <summary>Head of the ring of blocks with pages of their own.</summary>
    public const int VirtualAllocdBlocks = VirtualMemoryThreshold + 8;
    public const int Size = VirtualAllocdBlocks + 16;

    public const int Flink = 0;
    public const int Blink = 8;

    /// <summary>HEAP_ENTRY, in front of each block: a word of nobody's, and one of size, flags, previous size and unused bytes.</summary>
    public static class Entry
    {
        public const int Code = 8;

        /// <summary>Bytes of the header; of a free block the links follow.</summary>
        public const int Bytes = 16;
        public const int SizeShift = 0;
        public const int FlagsShift = 16;
        public const int PreviousSizeShift = 32;
        public const int UnusedBytesShift = 56;

        public const ulong Busy = 0x01;
        public const ulong ExtraPresent = 0x02;
        public const ulong VirtualAlloc = 0x08;
        public const ulong Last = 0x10;

        /// <summary>HEAP_MAX_BLOCK_SIZE, in units.</summary>
        public const ulong SizeMax = (0x80000 - 4096) / UnitBytes;
    }

    /// <summary>HEAP_VIRTUAL_ALLOC_ENTRY: links, 16 bytes of extras, two sizes in bytes, then a HEAP_ENTRY.</summary>
    public static class VirtualBlock
    {
        public const int CommitSize = 32;
        public const int ReserveSize = 40;
        public const int BusyBlock = 48;
        public const int Bytes = 64;
    }

    public static readonly StructLayout Heap = new(
        "HEAP",
        StructRole.Plain,
        Size,
        [
            Field.Word("FreeLists.Flink", FreeLists + Flink, FieldRole.Pointer, FreeEntryName),
            Field.Word("FreeLists.Blink", FreeLists + Blink, FieldRole.Pointer, FreeEntryName),
            Field.Word("TotalFreeSize", TotalFreeSize, FieldRole.Integer),
            Field.Word("DeCommitFreeBlockThreshold", DeCommitFreeBlockThreshold, FieldRole.Integer),
            Field.Word("DeCommitTotalFreeThreshold", DeCommitTotalFreeThreshold, FieldRole.Integer),
            Field.Word("VirtualMemoryThreshold", VirtualMemoryThreshold, FieldRole.Integer),
            Field.Word("VirtualAllocdBlocks.Flink", VirtualAllocdBlocks + Flink, FieldRole.Address),
            Field.Word("VirtualAllocdBlocks.Blink", VirtualAllocdBlocks + Blink, FieldRole.Address),
        ],
        [new Vector("FreeHints", FreeHints, false, "", Hints, FieldRole.Address), new RawWords("FreeHintBitmap", FreeHintBitmap, Hints / 64)]);

    /// <summary>A free block, from its links on: its header lies in front of them.</summary>
    public static readonly StructLayout FreeEntry = new(
        FreeEntryName,
        StructRole.Plain,
        16,
        [
            Field.Bits("Size", Entry.Code - Entry.Bytes, Entry.SizeShift, 16),
            Field.Bits("Flags", Entry.Code - Entry.Bytes, Entry.FlagsShift, 8),
            Field.Bits("PreviousSize", Entry.Code - Entry.Bytes, Entry.PreviousSizeShift, 16),
            Field.Word("Flink", Flink, FieldRole.Address),
            Field.Word("Blink", Blink, FieldRole.Address),
        ],
        []);

    private const string FreeEntryName = "HEAP_FREE_ENTRY";
}
