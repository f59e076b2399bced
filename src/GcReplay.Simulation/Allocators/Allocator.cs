using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Allocators;

/// <summary>Hands out memory of the simulated process. Everything it keeps is words of the process: its control words, and headers
/// and links inside the memory it hands out. Invariant: an instance remembers nothing but where its control words are.</summary>
/// <param name="firstSite">Index of the first of <see cref="Sites"/> in the run's table of sites.</param>
public abstract class Allocator(Journal journal, int firstSite)
{
    /// <summary>Bytes of static data that any allocator needs for its control words.</summary>
    public const int ControlBytes = 4096;

    /// <summary>Largest cell that can be asked for: what the shadow's cell words can name.</summary>
    public const ulong CellBytesMax = (1UL << 31) - 4096;

    /// <summary>Where an allocator gives up, by <see cref="AllocatorSite"/>.</summary>
    public static ImmutableArray<Site> Sites => AllocatorSites.Table;

    public abstract string Name { get; }

    /// <summary>The struct at the control words.</summary>
    public abstract StructLayout ControlLayout { get; }

    /// <summary>All structs of its words, <see cref="ControlLayout"/> first: those of an allocator below it, too.</summary>
    public virtual ImmutableArray<StructLayout> Structs => [ControlLayout];

    /// <summary>Ranges of the process that nobody else may map.</summary>
    public abstract ImmutableArray<Region> Regions { get; }

    protected Journal Journal { get; } = journal;

    /// <summary>Start of the control words.</summary>
    protected Address Control { get; private set; }

    /// <summary>Creates the control words of a new process: one Setup event.</summary>
    /// <param name="control">Start of <see cref="ControlBytes"/> bytes that are mapped and zero; a multiple of 16.</param>
    public abstract void SetUp(Address control);

    /// <summary>Goes on with the words of a process that has an allocator of this kind.</summary>
    public virtual void Attach(Address control) => Control = control;

    /// <summary>Allocates a cell. Events: a Setup event when the allocator tidies its lists first, a Map event when the process
    /// grows, then the Allocate event, which stays open and holds the header words.</summary>
    /// <param name="bytes">Rounded up to words, at least one.</param>
    /// <param name="number">Birth number, with <see cref="Shadow.RuntimeFlag"/> for a runtime object; 0 for none.</param>
    /// <param name="descriptor">See <see cref="ObjectEntry.Descriptor"/>.</param>
    /// <returns>The cell, never null. Its words are what was there before: zero only in fresh pages.</returns>
    /// <exception cref="SimulatedAssertion">Out of simulated memory, or the allocator found its words corrupted.</exception>
    public Address Allocate(ulong bytes, ulong number, ulong descriptor) => bytes <= CellBytesMax
        ? Allocate(new CellRequest(CellBytes(bytes), 0, 0, number, descriptor))
        : throw NoMemory(bytes, Address.Null);

    /// <summary>Frees a cell. Events: the Free event with the words that it overwrites, then an Unmap event when pages go back.</summary>
    /// <exception cref="SimulatedAssertion">Not a live cell (a double free, a wild pointer), or corrupted words.</exception>
    public void Free(Address cell)
    {
        var live = LiveCell(cell);
        Free(live, new Block(cell, live.Bytes));
    }

    /// <summary>Allocates a block with a cell in it; the same events.</summary>
    /// <returns>The block.</returns>
    protected internal abstract Address Allocate(in CellRequest request);

    /// <summary>Frees the block around a cell; the same events.</summary>
    protected internal abstract void Free(Cell live, Block block);

    /// <summary>Whether a cell is of the raw domain: <see cref="CellRequest.IsRaw"/>, asked of its occupant.</summary>
    protected bool IsRaw(in Cell live) => Journal.Shadow.OccupantOf(live) is { } occupant && CellRequest.IsRawType(occupant.IsRuntime, occupant.TypeId);

    protected static ulong CellBytes(ulong bytes) => bytes == 0 ? 8 : bytes + 7 & ~7UL;

    /// <summary>The cell that starts here and was not freed: live, or kept in a free list of the runtime.</summary>
    /// <exception cref="SimulatedAssertion">There is none.</exception>
    protected Cell LiveCell(Address start)
    {
        if (!start.IsWordAligned || !Windows.IsProcess(start))
            throw Failure(AllocatorSite.FreeOfNoLiveCell, start);
        var cell = Cell.Decode(start, Journal.Space.Peek(Windows.CellWord(start)));
        return cell.State is CellState.Live or CellState.Reserved ? cell : throw Failure(AllocatorSite.FreeOfNoLiveCell, start);
    }

    /// <summary>Opens the Allocate event.</summary>
    /// <remarks>Real allocators hand out memory twice when their lists are corrupted; here the run ends, since a word can not
    /// lie in two live cells.</remarks>
    protected void OpenAllocate(in CellRequest request, Address block)
    {
        if (!IsVacant(block, block + (long)request.BlockBytes))
            throw Failure(AllocatorSite.MemoryInUse, block);
        Journal.Allocate(block + request.Front, request.Bytes, request.Number, request.Descriptor);
    }

    /// <summary>Opens the Free event, unless the allocator above did because it had words to write first.</summary>
    protected void OpenFree(Cell live)
    {
        if (Cell.Decode(live.Start, Journal.Space.Peek(Windows.CellWord(live.Start))).State != CellState.Freed)
            Journal.Free(live);
    }

    /// <summary>Opens a Map event for pages that are not mapped yet.</summary>
    protected void MapPages(Address start, ulong bytes)
    {
        // A wild store can have made the allocator's own sizes anything: no machine maps that much.
        if (bytes > AddressSpace.MappingMax)
            throw NoMemory(bytes, start);
        if (start.Value % AddressSpace.PageBytes != 0 || !ArePages(start, bytes, mapped: false))
            throw Failure(AllocatorSite.PagesInUse, start);
        Journal.Map(start, bytes);
    }

    /// <summary>Whether all pages of a range are mapped, or all are not.</summary>
    /// <remarks>Cost: one word for 64 pages.</remarks>
    protected bool ArePages(Address start, ulong bytes, bool mapped)
    {
        var page = start.Page;
        var end = unchecked(start.Value + bytes + (AddressSpace.PageBytes - 1)) >> AddressSpace.PageShift;
        if (end < page || end > Windows.ProcessEnd >> AddressSpace.PageShift)
            return !mapped;
        while (page < end)
        {
            var count = Math.Min(64 - page % 64, end - page);
            var mask = (count == 64 ? ulong.MaxValue : (1UL << (int)count) - 1) << (int)(page % 64);
            if ((Journal.Space.Peek(Windows.PageMapWord(page)) & mask) != (mapped ? mask : 0))
                return false;
            page += count;
        }

        return true;
    }

    protected SimulatedAssertion Failure(AllocatorSite site, Address about) => new(firstSite + (int)site, about);

    /// <summary>There is no memory of so many bytes.</summary>
    protected SimulatedAssertion NoMemory(ulong wanted, Address about) => new(firstSite + (int)AllocatorSite.OutOfMemory, about, wanted);

    protected ulong Read(Address address) => Journal.ReadOwn(address);

    protected void Write(Address address, ulong value) => Journal.WriteRuntime(address, value);

    /// <summary>Whether nobody has the memory of a range, and it is mapped.</summary>
    internal bool IsVacant(Address start, Address end)
    {
        if (!start.IsWordAligned || Journal.Shadow.CellAt(start) is { State: CellState.Live })
            return false;
        // In a large cell most pages of the window do not exist: not worth a look at each word.
        var words = Journal.Space;
        if (end - start > AddressSpace.PageBytes)
        {
            if (words.NonZeroWords(Windows.CellWord(start), (ulong)(end - start)).Any(at => IsTaken(words.Peek(at))))
                return false;
        }
        else
        {
            for (var at = start; at < end; at += 8)
            {
                if (IsTaken(words.Peek(Windows.CellWord(at))))
                    return false;
            }
        }

        var firstPage = new Address(start.Page << AddressSpace.PageShift);
        return ArePages(firstPage, (ulong)(end - firstPage), mapped: true);
    }

    /// <summary>Whether somebody has the memory: an object, or a free list of the runtime.</summary>
    private static bool IsTaken(ulong cellWord) => (CellState)(cellWord & 7) is CellState.Live or CellState.Reserved;
}
