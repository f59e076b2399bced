using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Allocators;

/// <summary>Where pymalloc's words lie: its static variables one after the other from the start of the control words, and upstream's
/// structs for arenas and pools.</summary>
/// <remarks>Source: CPython 3.9, Objects/obmalloc.c, 64 bits; the static variables have no order there.</remarks>
internal static class PymallocState
{
    /// <summary>Pairs of links, one for each size class: the tail of a pool header that exists only so far.</summary>
    public const int UsedPools = 0;
    public const int SizeClasses = 32;
    public const int Arenas = UsedPools + SizeClasses * 16;
    public const int MaxArenas = Arenas + 8;
    public const int UnusedArenaObjects = MaxArenas + 8;
    public const int UsableArenas = UnusedArenaObjects + 8;

    /// <summary>For each number of free pools the last of the usable arenas that has so many.</summary>
    public const int NfpToLastArena = UsableArenas + 8;
    public const int ArenasAllocated = NfpToLastArena + (PymallocAllocator.PoolsInArena + 1) * 8;
    public const int ArenasAllocatedEver = ArenasAllocated + 8;
    public const int ArenasHighwater = ArenasAllocatedEver + 8;
    public const int RawAllocatedBlocks = ArenasHighwater + 8;
    public const int Raw = RawAllocatedBlocks + 8;

    /// <summary>A multiple of 16: the words of the allocator below follow.</summary>
    public const int Size = Raw + 8 + 15 & ~15;

    public static class Arena
    {
        public const int Address = 0;
        public const int PoolAddress = 8;
        public const int PoolCounts = 16;
        public const int FreePools = 24;
        public const int Next = 32;
        public const int Previous = 40;
        public const int Bytes = 48;
    }

    public static class Pool
    {
        public const int Count = 0;
        public const int FreeBlock = 8;
        public const int Next = 16;
        public const int Previous = 24;

        /// <summary>Low half arenaindex, high half szidx.</summary>
        public const int Indexes = 32;

        /// <summary>Low half nextoffset, high half maxnextoffset.</summary>
        public const int Offsets = 40;
        public const int Bytes = 48;
    }

    /// <param name="raw">Struct of the allocator below.</param>
    public static StructLayout Layout(string raw) => new(
        "pymalloc_state",
        StructRole.Plain,
        Size,
        [
            Field.Word("arenas", Arenas, FieldRole.Address),
            Field.Bits("maxarenas", MaxArenas, 0, 32),
            Field.Word("unused_arena_objects", UnusedArenaObjects, FieldRole.Address),
            Field.Word("usable_arenas", UsableArenas, FieldRole.Pointer, "arena_object"),
            Field.Word("narenas_currently_allocated", ArenasAllocated, FieldRole.Integer),
            Field.Word("ntimes_arena_allocated", ArenasAllocatedEver, FieldRole.Integer),
            Field.Word("narenas_highwater", ArenasHighwater, FieldRole.Integer),
            Field.Word("raw_allocated_blocks", RawAllocatedBlocks, FieldRole.Integer),
            Field.Word("raw", Raw, FieldRole.Pointer, raw),
        ],
        [
            new Vector("usedpools", UsedPools, false, "", SizeClasses * 2, FieldRole.Pointer, "pool_header"),
            new Vector("nfp2lasta", NfpToLastArena, false, "", PymallocAllocator.PoolsInArena + 1, FieldRole.Address),
        ]);

    public static readonly StructLayout ArenaObject = new(
        "arena_object",
        StructRole.Plain,
        Arena.Bytes,
        [
            Field.Word("address", Arena.Address, FieldRole.Address),
            Field.Word("pool_address", Arena.PoolAddress, FieldRole.Address),
            Field.Bits("nfreepools", Arena.PoolCounts, 0, 32),
            Field.Bits("ntotalpools", Arena.PoolCounts, 32, 32),
            Field.Word("freepools", Arena.FreePools, FieldRole.Pointer, "pool_header"),
            Field.Word("nextarena", Arena.Next, FieldRole.Address),
            Field.Word("prevarena", Arena.Previous, FieldRole.Address),
        ],
        []);

    public static readonly StructLayout PoolHeader = new(
        "pool_header",
        StructRole.Plain,
        Pool.Bytes,
        [
            Field.Bits("ref.count", Pool.Count, 0, 32),
            Field.Word("freeblock", Pool.FreeBlock, FieldRole.Address),
            Field.Word("nextpool", Pool.Next, FieldRole.Address),
            Field.Word("prevpool", Pool.Previous, FieldRole.Address),
            Field.Bits("arenaindex", Pool.Indexes, 0, 32),
            Field.Bits("szidx", Pool.Indexes, 32, 32),
            Field.Bits("nextoffset", Pool.Offsets, 0, 32),
            Field.Bits("maxnextoffset", Pool.Offsets, 32, 32),
        ],
        []);
}
