using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Allocators;

/// <summary>What an allocator is asked for: a block of memory with a cell in it. The words around the cell belong to the allocator
/// above the one that is asked (the debug hooks put guards there).</summary>
/// <param name="Bytes">Of the cell: a multiple of 8, not 0.</param>
/// <param name="Front">Bytes of the block in front of the cell: a multiple of 16.</param>
/// <param name="Behind">Bytes of the block behind the cell: a multiple of 8.</param>
/// <param name="Number">Birth number, with <see cref="Shadow.RuntimeFlag"/> for a runtime object; 0 for none.</param>
/// <param name="Descriptor">See <see cref="ObjectEntry.Descriptor"/>.</param>
public readonly record struct CellRequest(ulong Bytes, int Front, int Behind, ulong Number, ulong Descriptor)
{
    public ulong BlockBytes => Bytes + (ulong)Front + (ulong)Behind;

    /// <summary>Whether the request is of CPython's raw domain (<c>PyMem_RawMalloc</c>) and not of its object domain: structs of
    /// interpreters and threads are raw, objects of the program are not.</summary>
    public bool IsRaw => IsRawType((Number & Shadow.RuntimeFlag) != 0, (int)(Descriptor & 0xFFFF));

    /// <summary>A place for an object of the program is counted with the runtime's, and of the object domain: the object moves in.</summary>
    internal static bool IsRawType(bool isRuntime, int typeId) => isRuntime && typeId < RuntimeWords.RuntimeTypes;
}

/// <summary>A block of memory with a cell in it, as it was asked for by a <see cref="CellRequest"/>.</summary>
public readonly record struct Block(Address Start, ulong Bytes);
