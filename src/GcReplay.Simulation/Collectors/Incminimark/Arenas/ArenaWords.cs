using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <summary>Where the words of small objects lie, under upstream's names.</summary>
internal static class ArenaWords
{
    /// <summary>Bytes of all small objects: same place in both kinds.</summary>
    public const int TotalMemoryUsed = 0;

    /// <summary>Arenas that are mapped: same place in both kinds.</summary>
    public const int ArenasCount = 8;

    public const string SimpleStruct = "SimpleArenaCollection";
    public const string PagedStruct = "ArenaCollection";
    public const string ArenaStruct = "ArenaReference";
    public const string PageStruct = "PageHeader";

    /// <summary>A vector that grows: pointer to its items, their number, the number of places.</summary>
    public static class Items
    {
        public const int Start = 0;
        public const int Count = 8;
        public const int Capacity = 16;
        public const int Bytes = 24;
    }

    public static class Simple
    {
        public const int AllObjects = 16;

        /// <summary>What a sweep has not looked at yet.</summary>
        public const int OldObjects = AllObjects + Items.Bytes;
        public const int Bytes = OldObjects + Items.Bytes;
    }

    public static class Paged
    {
        public const int ArenaSize = 16;
        public const int PageSize = 24;

        /// <summary>In bytes.</summary>
        public const int SmallRequestThreshold = 32;

        /// <summary>Items of each of the tables by size class: the largest size in words, + 1.</summary>
        public const int SizeClasses = 40;
        public const int MaxPagesPerArena = 48;
        public const int PageForSize = 56;
        public const int FullPageForSize = 64;
        public const int OldPageForSize = 72;
        public const int OldFullPageForSize = 80;
        public const int ArenasLists = 88;
        public const int OldArenasLists = 96;
        public const int CurrentArena = 104;

        /// <summary>The lists of arenas from 1 up to this one are empty.</summary>
        public const int MinEmptyFreePages = 112;

        /// <summary>Pages of the current arena that were never used.</summary>
        public const int UninitializedPages = 120;

        /// <summary>The size class that a sweep goes on with; -1 outside a sweep.</summary>
        public const int SizeClassWithOldPages = 128;
        public const int Bytes = 136;
    }

    public static class Arena
    {
        public const int Base = 0;
        public const int FreePagesCount = 8;
        public const int TotalPages = 16;
        public const int FreePages = 24;
        public const int NextArena = 32;
        public const int Bytes = 40;
    }

    public static class Page
    {
        public const int NextPage = 0;
        public const int Arena = 8;
        public const int FreeCount = 16;
        public const int FreeBlock = 24;
        public const int Bytes = 32;
    }

    public static readonly ImmutableArray<StructLayout> Structs =
    [
        new(
            SimpleStruct, StructRole.Plain, Simple.Bytes,
            [
                .. Common(),
                .. ItemFields("all_objects", Simple.AllObjects),
                .. ItemFields("old_all_objects", Simple.OldObjects),
            ],
            [
                new Vector("all_objects", Simple.AllObjects, true, "all_objects_count", 0, FieldRole.Borrowed),
                new Vector("old_all_objects", Simple.OldObjects, true, "old_all_objects_count", 0, FieldRole.Borrowed),
            ]),
        new(
            PagedStruct, StructRole.Plain, Paged.Bytes,
            [
                .. Common(),
                Field.Word("arena_size", Paged.ArenaSize, FieldRole.Integer),
                Field.Word("page_size", Paged.PageSize, FieldRole.Integer),
                Field.Word("small_request_threshold", Paged.SmallRequestThreshold, FieldRole.Integer),
                Field.Word("size_classes", Paged.SizeClasses, FieldRole.Integer),
                Field.Word("max_pages_per_arena", Paged.MaxPagesPerArena, FieldRole.Integer),
                Field.Word("current_arena", Paged.CurrentArena, FieldRole.Pointer, ArenaStruct),
                Field.Word("min_empty_nfreepages", Paged.MinEmptyFreePages, FieldRole.Integer),
                Field.Word("num_uninitialized_pages", Paged.UninitializedPages, FieldRole.Integer),
                Field.Word("size_class_with_old_pages", Paged.SizeClassWithOldPages, FieldRole.Integer),
            ],
            [
                Pages("page_for_size", Paged.PageForSize),
                Pages("full_page_for_size", Paged.FullPageForSize),
                Pages("old_page_for_size", Paged.OldPageForSize),
                Pages("old_full_page_for_size", Paged.OldFullPageForSize),
                new Vector("arenas_lists", Paged.ArenasLists, true, "max_pages_per_arena", 0, FieldRole.Pointer, ArenaStruct),
                new Vector("old_arenas_lists", Paged.OldArenasLists, true, "max_pages_per_arena", 0, FieldRole.Address),
            ]),
        new(
            ArenaStruct, StructRole.Plain, Arena.Bytes,
            [
                Field.Word("base", Arena.Base, FieldRole.Address),
                Field.Word("nfreepages", Arena.FreePagesCount, FieldRole.Integer),
                Field.Word("totalpages", Arena.TotalPages, FieldRole.Integer),
                Field.Word("freepages", Arena.FreePages, FieldRole.Address),
                Field.Word("nextarena", Arena.NextArena, FieldRole.Address),
            ],
            []),
        // What is behind the first page or arena of a chain is shown by its address: a heap has too many of them to be found at each look.
        new(
            PageStruct, StructRole.Plain, Page.Bytes,
            [
                Field.Word("nextpage", Page.NextPage, FieldRole.Address),
                Field.Word("arena", Page.Arena, FieldRole.Pointer, ArenaStruct),
                Field.Word("nfree", Page.FreeCount, FieldRole.Integer),
                Field.Word("freeblock", Page.FreeBlock, FieldRole.Address),
            ],
            []),
    ];

    private static ImmutableArray<Field> Common() =>
    [
        Field.Word("total_memory_used", TotalMemoryUsed, FieldRole.Integer),
        Field.Word("arenas_count", ArenasCount, FieldRole.Integer),
    ];

    private static ImmutableArray<Field> ItemFields(string name, int at) =>
    [
        Field.Word($"{name}_count", at + Items.Count, FieldRole.Integer),
        Field.Word($"{name}_capacity", at + Items.Capacity, FieldRole.Integer),
    ];

    private static Vector Pages(string name, int at) => new(name, at, true, "size_classes", 0, FieldRole.Pointer, PageStruct);
}
