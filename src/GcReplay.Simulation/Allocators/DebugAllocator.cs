using System.Buffers.Binary;
using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>CPython's debug hooks over another allocator: fresh memory is 0xCD, freed memory 0xDD, and 0xFD in front of a cell and behind
/// it tells, when it is freed, that something wrote there. Invariant: while a cell lives, the words around it are as they were
/// written.</summary>
/// <remarks>
/// A cell of n bytes at p: p-16 n, big-endian; p-8 the API's letter and seven 0xFD; p+n eight 0xFD. Memory is not checked
/// but on free, and what hides there is found only when the cell it hit is freed. Source: CPython 3.9, Objects/obmalloc.c,
/// _PyMem_DebugRawAlloc, _PyMem_DebugRawFree, _PyMem_DebugCheckAddress; without PYMEM_DEBUG_SERIALNO, as it is built.
/// </remarks>
public sealed class DebugAllocator(Allocator below, Journal journal, int firstSite) : Allocator(journal, firstSite)
{
    public const string TheName = "debug";
    public const int FrontBytes = 16;
    public const int BehindBytes = 8;
    public const ulong Clean = 0xCDCD_CDCD_CDCD_CDCD;
    public const ulong Dead = 0xDDDD_DDDD_DDDD_DDDD;
    public const ulong Forbidden = 0xFDFD_FDFD_FDFD_FDFD;

    private const int BelowOffset = 0;

    /// <summary>A multiple of 16: the words of the allocator below follow.</summary>
    private const int Size = 16;

    public override string Name => TheName;

    public override StructLayout ControlLayout { get; } = new(
        "debug_state", StructRole.Plain, Size, [Field.Word("alloc", BelowOffset, FieldRole.Pointer, below.ControlLayout.Name)], []);

    public override ImmutableArray<StructLayout> Structs => [ControlLayout, .. below.Structs];

    public override ImmutableArray<Region> Regions => below.Regions;

    public override void Attach(Address control)
    {
        base.Attach(control);
        below.Attach(control + Size);
    }

    public override void SetUp(Address control)
    {
        Attach(control);
        Journal.Event(EventKind.Setup, control.Value);
        Write(control + BelowOffset, (control + Size).Value);
        below.SetUp(control + Size);
    }

    protected internal override Address Allocate(in CellRequest request)
    {
        var asked = request with { Front = request.Front + FrontBytes, Behind = request.Behind + BehindBytes };
        var block = below.Allocate(asked) + FrontBytes;
        Write(block - 16, BinaryPrimitives.ReverseEndianness(request.BlockBytes));
        Write(block - 8, Forbidden & ~0xFFUL | Letter(request.IsRaw));
        Fill(block, request.BlockBytes, Clean);
        Fill(block + (long)request.BlockBytes, BehindBytes, Forbidden);
        return block;
    }

    protected internal override void Free(Cell live, Block block)
    {
        var bytes = CheckPads(live, block.Start);
        OpenFree(live);
        Fill(block.Start - FrontBytes, unchecked(bytes + FrontBytes + BehindBytes), Dead);
        below.Free(live, new Block(block.Start - FrontBytes, block.Bytes + FrontBytes + BehindBytes));
    }

    /// <summary>Checks the words around a block; gives its size as it stands there.</summary>
    private ulong CheckPads(Cell live, Address block)
    {
        var letterAndPad = Read(block - 8);
        if ((letterAndPad & 0xFF) != Letter(IsRaw(live)))
            throw Failure(AllocatorSite.DebugApiId, block);
        if (letterAndPad >> 8 != Forbidden >> 8)
            throw Failure(AllocatorSite.DebugLeadingPad, block);
        var bytes = BinaryPrimitives.ReverseEndianness(Read(block - 16));
        // The size has no guard of its own: what it says may be nonsense, and then the end is looked for anywhere.
        for (var i = 0; i < BehindBytes; i++)
        {
            var at = new Address(unchecked(block.Value + bytes + (ulong)i));
            var word = Read(new Address(at.Value & ~7UL));
            if ((word >> (int)(at.Value & 7) * 8 & 0xFF) != (Forbidden & 0xFF))
                throw Failure(AllocatorSite.DebugTrailingPad, block);
        }

        return bytes;
    }

    /// <summary>Writes one byte's pattern over a range of words, the last of them in part when the length is no multiple of 8.</summary>
    private void Fill(Address start, ulong bytes, ulong pattern)
    {
        Journal.FillRuntime(start, bytes / 8, pattern);
        if (bytes % 8 == 0)
            return;
        var end = start + (long)(bytes & ~7UL);
        var mask = (1UL << (int)(bytes % 8) * 8) - 1;
        Write(end, Read(end) & ~mask | pattern & mask);
    }

    /// <summary>The API's letter: raw or object domain.</summary>
    private static ulong Letter(bool isRaw) => isRaw ? 'r' : (ulong)'o';
}
