namespace GcReplay.Heaps.Memory;

/// <summary>What is known of a piece of memory that an allocator handed out.</summary>
public enum CellState
{
    /// <summary>Never allocated, or allocator's own (chunk headers, tops).</summary>
    None = 0,
    Live = 1,

    /// <summary>Given back and not reused since; still names its last occupant.</summary>
    Freed = 2,

    /// <summary>The occupant moved; the memory still holds its forwarding pointer.</summary>
    Forwarded = 3,

    /// <summary>Set aside by a collector or a free list of the runtime (nursery, arena, dead tuples), and not allocated from now.
    /// Still names its last occupant.</summary>
    Reserved = 4,

    /// <summary>Mapped so that an access is caught, never handed out.</summary>
    Guard = 5,
}

/// <summary>A cell: a piece of memory that an allocator handed out as one, and its present or last occupant.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Bytes">Size asked for, rounded up to words.</param>
/// <param name="Row">Row of the occupant in the object table, 0 when it has none. It is the birth number, except for objects born in
/// scripts: they are counted from <see cref="ScriptRows"/>, and their rows hold the number.</param>
/// <param name="IsRuntime">Whether the row is one of runtime objects (interpreter structs …), not of program objects.</param>
public readonly record struct Cell(Address Start, ulong Bytes, CellState State, uint Row, bool IsRuntime)
{
    /// <summary>Rows from here on are of objects born in scripts.</summary>
    public const uint ScriptRows = 1U << 31;

    private const int StateBits = 3;
    private const int SizeBits = 28;

    public Address End => Start + (long)Bytes;

    public bool Contains(Address address) => address >= Start && address < End;

    /// <summary>The word that stands for this cell at its first word: state, runtime flag, size in words, number.</summary>
    public ulong Encode()
    {
        Check.That(Bytes >> 3 < 1UL << SizeBits, $"cell of {Bytes} bytes: too large to encode");
        return (ulong)State | (IsRuntime ? 1UL << StateBits : 0) | Bytes >> 3 << (StateBits + 1) | (ulong)Row << 32;
    }

    public static Cell Decode(Address start, ulong word) => new(
        start,
        (word >> (StateBits + 1) & ((1UL << SizeBits) - 1)) << 3,
        (CellState)(word & 7),
        (uint)(word >> 32),
        (word >> StateBits & 1) != 0);
}

/// <summary>A row of the object table: an object that lives, or died and left its memory unused since.</summary>
/// <param name="Number">See <see cref="ObjectNumber"/>; runtime objects are counted on their own.</param>
/// <param name="Row">As its cell names it.</param>
/// <param name="Address">Address of the object itself, behind the words that its collector puts in front.</param>
/// <param name="TypeId">Index into <c>Layout.Types</c>.</param>
/// <param name="NameId">Index into <c>Layout.Names</c>; 0 is the empty name.</param>
/// <param name="Birthplace">Index of the interpreter that allocated it.</param>
/// <param name="PrefixWords">Words between the start of its cell and its address.</param>
public readonly record struct ObjectEntry(
    ulong Number, uint Row, bool IsRuntime, Address Address, int TypeId, int NameId, int Birthplace, int PrefixWords)
{
    public Address CellStart => Address - PrefixWords * 8L;

    /// <summary>Type, name, birthplace and prefix in one word: the operand <c>descriptor</c> of an Allocate event.</summary>
    public static ulong Descriptor(int typeId, int nameId, int birthplace, int prefixWords)
    {
        Check.That(
            typeId is >= 0 and < 1 << 16 && nameId is >= 0 and < 1 << 24 && birthplace is >= 0 and < 1 << 16 && prefixWords is >= 0 and < 256,
            $"type {typeId}, name {nameId}, interpreter {birthplace}, prefix {prefixWords}: too large for a descriptor");
        return (uint)typeId | (ulong)(uint)nameId << 16 | (ulong)(uint)birthplace << 40 | (ulong)(uint)prefixWords << 56;
    }

    public static ObjectEntry Decode(ulong number, uint row, bool runtime, ulong address, ulong descriptor) => new(
        number, row, runtime, new Address(address),
        (int)(descriptor & 0xFFFF), (int)(descriptor >> 16 & 0xFF_FFFF), (int)(descriptor >> 40 & 0xFFFF), (int)(descriptor >> 56));
}
