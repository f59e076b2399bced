using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.Incminimark.Arenas;

/// <summary>Hands out the blocks of small old objects, and sweeps them in slices. Invariant: an instance remembers nothing but where
/// its words are.</summary>
/// <param name="words">Start of <see cref="Bytes"/> bytes that are mapped and zero before <see cref="SetUp"/>.</param>
public abstract class SmallObjects(Process process, Address words)
{
    /// <summary>Bytes that are enough for the words of either kind.</summary>
    public static readonly int BytesMax = Math.Max(ArenaWords.Simple.Bytes, ArenaWords.Paged.Bytes);

    /// <summary>Range of the process for arenas.</summary>
    public static readonly Region Arenas = new("arenas", new Address(0x6900_0000_0000), new Address(0x6A00_0000_0000));

    /// <summary>Structs of both kinds.</summary>
    public static ImmutableArray<StructLayout> Structs => ArenaWords.Structs;

    /// <summary>Where they decide or give up.</summary>
    public static ImmutableArray<Site> Sites =>
    [
        new("allocate_new_page", "no page of the size has room: a page of the current arena"),
        new("pick_next_arena", "the current arena is used up: the first of the lowest list that has one"),
        new("allocate_new_arena", "no arena has a free page: another one"),
        new("rehash_arenas_lists", "each arena to the list of its free pages; those without a used page go"),
        new("free_arena", "no page of the arena is used: it is unmapped"),
        new("mass_free_prepare", "a sweep begins: all blocks so far are old"),
        new("free_page", "no block of the page survived: back to its arena"),
        new("still-full", "all blocks of the page survived"),
        new("has-room", "the page has free blocks, and others that survived"),
        new("survives", "the block is on the list of all again"),
        new("dies", "the block leaves the old list"),
        new(ObjectOverlap, "the free blocks' words are corrupted: the block that they name is in use or is no memory"),
        new(FreeBlocksOutOfOrder, "walk_page: free blocks are linked out of order, their words are corrupted"),
        new(NoLiveBlock, "a block that is not on the page's chain of free blocks is not live: its words are corrupted"),
        new(OutOfMemory, "no room in the process for another arena"),
    ];

    protected const string ObjectOverlap = "object-overlap";
    protected const string FreeBlocksOutOfOrder = "free-blocks-out-of-order";
    protected const string NoLiveBlock = "no-live-block";
    protected const string OutOfMemory = "arenas-out-of-memory";

    /// <summary>Bytes of its words.</summary>
    public abstract int Bytes { get; }

    protected Process Process { get; } = process;

    protected Address Words { get; } = words;

    /// <summary>Makes the words. Events: Allocate for each table that it keeps elsewhere.</summary>
    public abstract void SetUp(in SmallObjectSizes sizes);

    /// <summary>Hands out a block. Events: what a new page or arena or a longer list takes, then the Allocate event, which stays open
    /// and counts the block.</summary>
    /// <param name="bytes">A multiple of 8, at most the threshold.</param>
    /// <param name="number">Birth number, with <see cref="Shadow.RuntimeFlag"/> for a runtime object; 0 for none.</param>
    /// <param name="descriptor">See <see cref="ObjectEntry.Descriptor"/>.</param>
    /// <returns>The block, with what was in it before.</returns>
    public abstract Address Malloc(ulong bytes, ulong number, ulong descriptor);

    /// <summary>Begins a sweep: the blocks handed out so far are to be looked at.</summary>
    public abstract void MassFreePrepare();

    /// <summary>Looks at old blocks and frees those that die. Events: those of <paramref name="dies"/>, then Free for a dead block,
    /// and Counters or Push where chains and lists change.</summary>
    /// <param name="dies">Whether the block at an address is to be freed.</param>
    /// <param name="limit">Pages to look at; <c>simple</c> counts 0.1 for a block.</param>
    /// <returns>Whether the sweep is complete.</returns>
    public abstract bool MassFreeIncremental(Func<Address, bool> dies, long limit);

    protected ulong Read(Address address) => Process.Journal.ReadOwn(address);

    protected ulong Read(int offset) => Process.Journal.ReadOwn(Words + offset);

    protected Address Pointer(Address address) => new(Process.Journal.ReadOwn(address));

    protected Address Pointer(int offset) => new(Process.Journal.ReadOwn(Words + offset));

    protected void Write(Address address, ulong value) => Process.Journal.WriteOwn(address, value);

    protected void Write(int offset, ulong value) => Process.Journal.WriteOwn(Words + offset, value);

    /// <summary>Adds to a word, modulo 2^64 as upstream's r_uint.</summary>
    protected void Add(int offset, long bytes) => Write(offset, unchecked(Read(offset) + (ulong)bytes));

    /// <summary>The living cell of a block.</summary>
    /// <exception cref="Recording.SimulatedAssertion">There is none: words that name it are corrupted.</exception>
    protected Cell LiveBlock(Address block)
    {
        var cell = block.IsWordAligned && Windows.IsProcess(block)
            ? Cell.Decode(block, Process.Journal.Space.Peek(Windows.CellWord(block)))
            : default;
        return cell.State == CellState.Live ? cell : throw Process.Assertion(NoLiveBlock, block);
    }
}

/// <summary>The parameters of small objects, in words.</summary>
/// <param name="Threshold">Largest block.</param>
/// <param name="Page">Of <c>paged</c>, with its header of four words.</param>
/// <param name="Arena">Of <c>paged</c>.</param>
public readonly record struct SmallObjectSizes(int Threshold, int Page, int Arena);
