using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>The only way to the simulated memory while a run is under way: opens events and writes words into them. A word
/// written belongs to the event opened last.</summary>
/// <remarks>With a sink or without, the state after each event is the same; without one nothing is kept.</remarks>
public sealed class Journal
{
    /// <summary>Events of one block; a checkpoint can only lie between two blocks.</summary>
    public const int BlockEvents = 1 << 14;

    private readonly List<(Address Address, Address Cell, bool IsWrite)> hazards = [];
    private readonly IBlockSink? sink;
    private readonly List<Event> spans = [];
    private readonly Action<Address, ulong> pokeAndRecord;
    private EventBlock? block;
    private ulong accesses;
    private ulong accessesMax = ulong.MaxValue;
    private (long Bytes, int Site)? limit;

    /// <summary>Bytes mapped since there is a limit, less those unmapped.</summary>
    private long mapped;

    /// <param name="sink">Takes blocks of events; null where nothing is recorded.</param>
    /// <param name="space">Is cleared and used again; null for a new one.</param>
    public Journal(IBlockSink? sink = null, AddressSpace? space = null)
    {
        this.sink = sink;
        space?.Clear();
        Space = space ?? new AddressSpace();
        Shadow = new Shadow(Space);
        pokeAndRecord = PokeShadow;
        if (sink is not null)
            block = new EventBlock(BlockEvents) { FirstEvent = 1 };
    }

    /// <summary>Not for collectors from outside: what is written here is in no trace.</summary>
    internal AddressSpace Space { get; }

    internal Shadow Shadow { get; }

    /// <summary>Number of the last event, 0 before the first.</summary>
    public long LastEvent { get; private set; }

    /// <summary>The event that is open: words written now belong to it.</summary>
    public Event Current { get; private set; }

    /// <summary>Index of the thread whose events these are.</summary>
    public int Thread { get; set; }

    /// <summary>Called when an event and all words it changed are complete, with its number.</summary>
    public Action<long>? EventCompleted { get; set; }

    /// <summary>Asked before writes and events; null when the collector is ours.</summary>
    internal IJournalGuard? Guard { get; set; }

    /// <summary>Whether a block of events is being handed to the sink: what is thrown then is the sink's.</summary>
    internal bool IsHandingOver { get; private set; }

    /// <summary>The first access to freed memory; null while there was none.</summary>
    public HazardReport? FirstHazard { get; private set; }

    /// <summary>The events that opened the spans which are open now, of all threads, outermost first.</summary>
    public IReadOnlyList<Event> OpenSpans => spans;

    /// <summary>Opens the next event. Accesses to freed memory in the event before become Hazard events in between.</summary>
    public void Event(EventKind kind, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, int site = 0)
    {
        if (Guard is not null)
        {
            // A collector that is not ours may also open events for ever.
            CountAccess();
            Guard.BeforeEvent(new Event(kind, Thread, site, a, b, c, d));
        }

        Complete();
        var endsSpan = kind.EndsSpan();
        Check.That(!endsSpan || Shadow.InnermostSpan(Thread) == (long)a, $"{kind} closes span {a}, and {Shadow.InnermostSpan(Thread)} is open");
        Open(new Event(kind, Thread, site, a, b, c, d));
        // An allocation first displaces cells, an unmapping first zeroes words: those two apply the shadow themselves.
        if (kind is not (EventKind.Allocate or EventKind.Unmap))
            Shadow.Apply(LastEvent, Current);
        if (kind <= EventKind.ScriptEnd)
            FollowSpans(kind);
    }

    /// <summary>Closes the open event: its hazards are reported, observers are called.</summary>
    public void Complete()
    {
        if (LastEvent == 0)
            return;
        while (hazards.Count > 0)
        {
            var (address, cell, isWrite) = hazards[0];
            hazards.RemoveAt(0);
            EventCompleted?.Invoke(LastEvent);
            var during = Current;
            Open(new Event(EventKind.Hazard, Thread, 0, address.Value, cell.Value, isWrite ? 1UL : 0, 0));
            FirstHazard ??= new HazardReport(LastEvent, Current, during, FailureReport.SubjectOf(Shadow, during), [.. spans]);
        }

        EventCompleted?.Invoke(LastEvent);
    }

    /// <summary>A read by the program or the collector: a crash in unmapped memory, a hazard in freed memory.</summary>
    public ulong Read(Address address)
    {
        var word = Access(address, false, out var isFreed);
        if (isFreed)
            AddHazard(address, false);
        return word;
    }

    /// <summary>A write by the program or the collector: a crash in unmapped memory, a hazard in freed memory.</summary>
    public void Write(Address address, ulong value)
    {
        Guard?.BeforeWrite(address);
        Access(address, true, out var isFreed);
        if (isFreed)
            AddHazard(address, true);
        Record(address, Space.Poke(address, value));
    }

    /// <summary>A look at a word that counts as no access: never a crash, a hazard, or part of an event. 0 in unmapped memory.</summary>
    public ulong Peek(Address address) => Space.Peek(address);

    /// <summary>A read by an allocator or by the runtime of its own words: never a hazard.</summary>
    public ulong ReadOwn(Address address) => Access(address, false, out _);

    /// <summary>A write by an allocator or by the runtime to its own words: never a hazard.</summary>
    public void WriteOwn(Address address, ulong value)
    {
        Guard?.BeforeWrite(address);
        WriteRuntime(address, value);
    }

    /// <summary>A write by an allocator or by the runtime on behalf of a collector: as <see cref="WriteOwn"/>, and nobody is asked.</summary>
    internal void WriteRuntime(Address address, ulong value)
    {
        Access(address, true, out _);
        Record(address, Space.Poke(address, value));
    }

    /// <summary>Writes one value to consecutive words: as <see cref="WriteRuntime"/> to each, and quicker where nothing is recorded.</summary>
    internal void FillRuntime(Address start, ulong words, ulong value)
    {
        if (IsQuick(start, words))
        {
            accesses += words;
            Space.Repeat(start, words, value);
            return;
        }

        for (var i = 0UL; i < words; i++)
            WriteRuntime(start + (long)i * 8, value);
    }

    /// <summary>Writes zero to the words of a range that hold something else: as <see cref="WriteOwn"/> to each, and quicker where nothing
    /// is recorded.</summary>
    internal void ZeroOwn(Address start, ulong bytes)
    {
        if (Guard is null && IsQuick(start, bytes / 8))
        {
            accesses += Space.Zero(start, bytes);
            return;
        }

        foreach (var address in Space.NonZeroWords(start, bytes))
            WriteOwn(address, 0);
    }

    /// <summary>Opens an Allocate event: the cell is live from now on. Headers and contents are written after.</summary>
    /// <param name="cell">First byte of the cell; nothing live may overlap it.</param>
    /// <param name="bytes">A multiple of 8.</param>
    /// <param name="number">Birth number of the object, with <see cref="Shadow.RuntimeFlag"/> for a runtime object; 0 for none.</param>
    public void Allocate(Address cell, ulong bytes, ulong number, ulong descriptor)
    {
        Event(EventKind.Allocate, cell.Value, bytes, number, descriptor);
        Shadow.Displace(cell, bytes, pokeAndRecord);
        Shadow.Apply(LastEvent, Current);
    }

    /// <summary>Opens a Free event for a live cell, for one that the runtime kept in a free list of its own, or for the place that a
    /// moved object left.</summary>
    public void Free(Cell cell) => Free(cell, cell.State switch
    {
        CellState.Reserved => FreeKind.Released,
        CellState.Forwarded => FreeKind.Left,
        _ => FreeKind.Freed,
    });

    /// <summary>Opens a Free event for a live cell whose memory stays with the runtime: no allocator hears of it.</summary>
    public void Keep(Cell cell) => Free(cell, FreeKind.Kept);

    public void Map(Address start, ulong bytes)
    {
        if (limit is { } set && !IsStack(start) && mapped + (long)bytes > set.Bytes)
            throw new SimulatedAssertion(set.Site, start, bytes);
        mapped += IsStack(start) ? 0 : (long)bytes;
        Event(EventKind.Map, start.Value, bytes);
    }

    /// <summary>From here on the process gets no more than so many bytes of further pages, stacks of threads not counted.</summary>
    /// <param name="site">Of the assertion that ends the run when it asks for more.</param>
    internal void LimitMemory(long bytes, int site) => (limit, mapped) = ((bytes, site), 0);

    private static bool IsStack(Address start) => start >= Interpreters.RuntimeWords.Stacks && start < Interpreters.RuntimeWords.StacksEnd;

    /// <summary>Opens an Unmap event: every word of the range becomes 0, then the pages are gone.</summary>
    public void Unmap(Address start, ulong bytes)
    {
        mapped -= IsStack(start) ? 0 : (long)bytes;
        Event(EventKind.Unmap, start.Value, bytes);
        if (block is null)
            Space.Zero(start, bytes);
        foreach (var address in block is null ? [] : Space.NonZeroWords(start, bytes))
            Record(address, Space.Poke(address, 0));
        Shadow.Apply(LastEvent, Current);
    }

    /// <summary>Accesses counted so far, and how many are a hang: to be put back after another thread ran in between.</summary>
    public (ulong Accesses, ulong Max) Counting
    {
        get => (accesses, accessesMax);
        set => (accesses, accessesMax) = value;
    }

    /// <summary>Starts to count accesses: more than 1 M + 64 × live words until the next call are a hang.</summary>
    public void StartCounting()
    {
        accesses = 0;
        accessesMax = 1_000_000 + 64 * Shadow.LiveWords;
    }

    /// <summary>Hands the last, unfinished block to the sink.</summary>
    public void Flush()
    {
        if (block is { Count: > 0 })
            HandOver();
    }

    private void Free(Cell cell, FreeKind kind) =>
        Event(EventKind.Free, cell.Start.Value, cell.Bytes, Shadow.OperandOf(cell), (ulong)kind);

    private void Open(in Event e)
    {
        LastEvent++;
        Current = e;
        if (block is null)
            return;
        if (block.IsFull)
            HandOver();
        block.Add(e);
    }

    private void HandOver()
    {
        IsHandingOver = true;
        block = sink!.Take(block!, Space);
        IsHandingOver = false;
    }

    private void FollowSpans(EventKind kind)
    {
        if (kind.BeginsSpan())
            spans.Add(Current);
        else if (kind.EndsSpan())
            spans.RemoveAt(spans.FindLastIndex(span => span.Thread == Thread));
    }

    /// <summary>Counts an access and gives the word that is there before it.</summary>
    private ulong Access(Address address, bool isWrite, out bool isFreed)
    {
        CountAccess();
        return Space.TryPeek(address, out var word, out isFreed) && address.IsWordAligned ? word : throw new SimulatedCrash(address, isWrite);
    }

    /// <summary>Whether so many writes can neither fault nor hang, and nobody asks for each.</summary>
    private bool IsQuick(Address start, ulong words) =>
        block is null && start.IsWordAligned && words <= accessesMax - accesses && Space.AreMapped(start, words);

    private void CountAccess()
    {
        if (++accesses <= accessesMax)
            return;
        accessesMax = ulong.MaxValue;
        throw new SimulatedHang(accesses);
    }

    private void AddHazard(Address address, bool isWrite)
    {
        // A read and a write of one word in one event are one hazard: the write.
        for (var i = 0; i < hazards.Count; i++)
        {
            if (hazards[i].Address != address)
                continue;
            if (isWrite)
                hazards[i] = hazards[i] with { IsWrite = true };
            return;
        }

        hazards.Add((address, Shadow.CellAt(address)?.Start ?? address, isWrite));
    }

    private void PokeShadow(Address address, ulong value)
    {
        var old = Space.Peek(address);
        Shadow.Poke(address, value);
        Record(address, old ^ value);
    }

    private void Record(Address address, ulong xor) => block?.AddChange(address, xor);
}

/// <summary>An access to freed memory.</summary>
/// <param name="Number">Number of the Hazard event.</param>
/// <param name="During">The event that made the access.</param>
/// <param name="Subject">The object that event is about: by the end of the run its memory may be another's.</param>
/// <param name="Spans">The events that opened the spans around it, outermost first.</param>
public sealed record HazardReport(long Number, Event Hazard, Event During, ObjectEntry? Subject, IReadOnlyList<Event> Spans);
