using GcReplay.Heaps.Events;

namespace GcReplay.Heaps.Memory;

/// <summary>The one thing beside the process's words: page map, cells, object table, open spans, current thread. Derived from
/// events only, and each event can be taken back. Kept as words in <see cref="Windows"/>.</summary>
/// <remarks>Three indexes are derived from the words of the shadow and rebuilt by <see cref="Rebuild"/>: a bit for each word that
/// lies in a freed cell, for each page the cell that covers its first word (of large cells only where they start), and the number
/// of open spans.</remarks>
/// <param name="isIndexed">Whether the first two are kept: for whoever asks at every access. Without them a state is ready before its pages
/// are read, and events cost less; questions look at cell words instead.</param>
public sealed partial class Shadow(AddressSpace space, bool isIndexed = true)
{
    /// <summary>Set in an object number that counts runtime objects.</summary>
    public const ulong RuntimeFlag = 1UL << 63;

    private static readonly Address CurrentThreadWord = new(Windows.Counters);
    private static readonly Address LiveWordsWord = new(Windows.Counters + 8);
    private readonly List<Address> cellWords = [];
    private long openSpans;

    public int CurrentThread => (int)space.Peek(CurrentThreadWord);

    /// <summary>Words in live cells: what the limit for a hang is measured by.</summary>
    public ulong LiveWords => space.Peek(LiveWordsWord);

    /// <summary>The cell that covers an address of the process, whatever its state; null where no allocator handed memory out.</summary>
    public Cell? CellAt(Address address)
    {
        if (!Windows.IsProcess(address))
            return null;
        var word = new Address(address.Value & ~7UL);
        var pageStart = new Address(word.Page << AddressSpace.PageShift);
        if (space.LastNonZeroInPage(Windows.CellWord(word)) is var before and >= 0)
        {
            var at = pageStart + before * 8L;
            return Cell.Decode(at, space.Peek(Windows.CellWord(at))) is var cell && cell.Contains(address) ? cell : null;
        }

        if (!isIndexed)
            return LastCellBefore(pageStart) is { } last && last.Contains(address) ? last : null;
        if (!covering.TryGetValue(word.Page, out var start) && !FindLarge(word, out start))
            return null;
        var cover = Cell.Decode(start, space.Peek(Windows.CellWord(start)));
        return cover.Contains(address) ? cover : null;
    }

    /// <summary>Whether the word lies in memory that was freed and not reused since. Constant time when indexed.</summary>
    public bool IsFreed(Address address) =>
        isIndexed ? space.IsFreedWord(address) : space.IsMapped(address) && CellAt(address) is { State: CellState.Freed };

    /// <summary>The rows of objects, and their numbers.</summary>
    public ObjectTable Objects { get; } = new(space);

    /// <summary>The row of an object that lives, or died and left its memory unused; null otherwise.</summary>
    public ObjectEntry? Object(ulong number, bool runtime = false) => Objects.Find(number, runtime);

    /// <summary>The present or last occupant of the memory at an address; null where there never was one.</summary>
    public ObjectEntry? OccupantAt(Address address) => CellAt(address) is { } cell ? OccupantOf(cell) : null;

    /// <summary>The present or last occupant of a cell; null when it never had one.</summary>
    public ObjectEntry? OccupantOf(in Cell cell) => cell.Row == 0 ? null : Objects.At(cell.Row, cell.IsRuntime);

    /// <summary>The occupant of a cell as an event's operand names it; 0 when it has none.</summary>
    public ulong OperandOf(in Cell cell) => cell.IsRuntime ? cell.Row | RuntimeFlag : Objects.NumberAt(cell.Row);

    /// <summary>Numbers of the events that opened the thread's spans, outermost first.</summary>
    public IEnumerable<long> OpenSpans(int thread)
    {
        var depth = space.Peek(Windows.SpanDepth(thread));
        for (var i = 1UL; i <= depth; i++)
            yield return (long)space.Peek(Windows.SpanDepth(thread) + (long)i * 8);
    }

    /// <summary>Whether no span is open on any thread.</summary>
    public bool IsIdle => openSpans == 0;

    public int Depth(int thread) => (int)space.Peek(Windows.SpanDepth(thread));

    /// <summary>The event that opened the innermost span of a thread, 0 when none is open.</summary>
    public long InnermostSpan(int thread)
    {
        var depth = space.Peek(Windows.SpanDepth(thread));
        return depth == 0 ? 0 : (long)space.Peek(Windows.SpanDepth(thread) + (long)depth * 8);
    }

    /// <summary>The words of the shadow that an allocation of this range is about to displace: cells that were there before, cut
    /// or gone, and the rows of occupants whose first word goes. Recorded as changes, since the event alone can not give them
    /// back.</summary>
    /// <param name="poke">Writes a word of the shadow and records the change.</param>
    /// <remarks>Call before the Allocate event's words are written. Order: the cell that reaches in from below is cut first, then
    /// cells upward; a tail that sticks out behind is put back last.</remarks>
    public void Displace(Address start, ulong bytes, Action<Address, ulong> poke)
    {
        var end = start + (long)bytes;
        Cell? tail = null;
        if (CellAt(start) is { } below && below.Start < start)
        {
            Check.That(below.State != CellState.Live, $"allocation at {start} lies in the live cell at {below.Start}");
            poke(Windows.CellWord(below.Start), (below with { Bytes = (ulong)(start - below.Start) }).Encode());
            tail = below;
        }

        foreach (var word in CellWords(start, bytes))
        {
            var at = new Address(word.Value & ~Windows.Cells);
            var encoded = space.Peek(word);
            var cell = Cell.Decode(at, encoded);
            Check.That(cell.State != CellState.Live, $"allocation at {start} of {bytes} bytes overlaps the live cell at {at}");
            poke(Windows.CellWord(at), 0);
            ForgetOccupant(cell, poke);
            tail = cell;
        }

        if (tail is { } last && last.End > end)
            poke(Windows.CellWord(end), (last with { Start = end, Bytes = (ulong)(last.End - end) }).Encode());
    }

    /// <summary>Writes a word of any window or of the process, keeping the derived indexes: what playback uses for changes.</summary>
    public void Poke(Address address, ulong value)
    {
        if (Windows.IsCellWord(address))
            PokeCell(address, value);
        else
            space.Poke(address, value);
    }

    /// <summary>Does what the event says to the shadow. In playback, call after the event's changes were applied: an allocation
    /// needs the displaced cells gone, an unmapping the words.</summary>
    /// <param name="number">The number of the event.</param>
    public void Apply(long number, in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.OperationBegin or EventKind.CollectionBegin or EventKind.PhaseBegin or EventKind.ScriptBegin:
                PushSpan(e.Thread, (ulong)number);
                break;
            case EventKind.OperationEnd or EventKind.CollectionEnd or EventKind.PhaseEnd or EventKind.ScriptEnd:
                PopSpan(e.Thread);
                break;
            case EventKind.Map:
                space.SetMapped(new Address(e.A), e.B, true);
                break;
            case EventKind.Unmap:
                space.SetMapped(new Address(e.A), e.B, false);
                space.DropFreedBits(new Address(e.A), e.B);
                break;
            case EventKind.Allocate:
                SetAllocated(e, true);
                break;
            case EventKind.Free:
                SetFreed(e, true);
                break;
            case EventKind.Move:
                Move(new Address(e.A), new Address(e.B));
                break;
            case EventKind.ThreadSwitch:
                space.Poke(CurrentThreadWord, e.B);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes <see cref="Apply"/> back. Call before the event's changes are taken back, last change first.</summary>
    public void Revert(in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.OperationBegin or EventKind.CollectionBegin or EventKind.PhaseBegin or EventKind.ScriptBegin:
                PopSpan(e.Thread);
                break;
            case EventKind.OperationEnd or EventKind.CollectionEnd or EventKind.PhaseEnd or EventKind.ScriptEnd:
                PushSpan(e.Thread, e.A);
                break;
            case EventKind.Map:
                space.SetMapped(new Address(e.A), e.B, false);
                break;
            case EventKind.Unmap:
                space.SetMapped(new Address(e.A), e.B, true);
                DeriveFreedBits(new Address(e.A), e.B);
                break;
            case EventKind.Allocate:
                SetAllocated(e, false);
                break;
            case EventKind.Free:
                SetFreed(e, false);
                break;
            case EventKind.Move:
                MoveBack(new Address(e.A), new Address(e.B));
                break;
            case EventKind.ThreadSwitch:
                space.Poke(CurrentThreadWord, e.A);
                break;
            default:
                break;
        }
    }

    /// <summary>Builds the indexes that are kept from the cell words: after a checkpoint was loaded.</summary>
    public void Rebuild()
    {
        Objects.Rebuild();
        covering.Clear();
        largeCells.Clear();
        space.DropFreedBits();
        space.RefreshMapped();
        foreach (var cell in isIndexed ? Cells().ToArray() : [])
            Derive(cell, true);
        openSpans = CountOpenSpans();
    }

    /// <summary>All cells, by ascending address.</summary>
    public IEnumerable<Cell> Cells()
    {
        const ulong first = Windows.Cells >> AddressSpace.PageShift;
        const ulong end = (Windows.Cells + Windows.ProcessEnd) >> AddressSpace.PageShift;
        foreach (var (number, words) in space.SavedPages())
        {
            if (number is < first or >= end)
                continue;
            for (var i = 0; i < words.Length; i++)
            {
                if (words.Span[i] != 0)
                    yield return Cell.Decode(new Address(((number - first) << AddressSpace.PageShift) + (ulong)i * 8), words.Span[i]);
            }
        }
    }

    private long CountOpenSpans()
    {
        var count = 0L;
        foreach (var (number, words) in space.PagesIn(new Address(Windows.Spans), new Address(Windows.Counters)))
        {
            if (((number << AddressSpace.PageShift) - Windows.Spans & ((1UL << Windows.SpansShift) - 1)) == 0)
                count += unchecked((long)words.Span[0]);
        }

        return count;
    }

    /// <summary>The cell words of a range that are not zero. Small ranges are looked at word by word, large ones page by page.</summary>
    private List<Address> CellWords(Address start, ulong bytes)
    {
        if (bytes > AddressSpace.PageBytes)
            return space.NonZeroWords(Windows.CellWord(start), bytes);
        cellWords.Clear();
        for (var offset = 0L; offset < (long)bytes; offset += 8)
        {
            if (space.Peek(Windows.CellWord(start + offset)) != 0)
                cellWords.Add(Windows.CellWord(start + offset));
        }

        return cellWords;
    }

    private void ForgetOccupant(Cell cell, Action<Address, ulong> poke)
    {
        // Runtime objects are few, and a dangling link into one must still find its name after its first word was reused.
        if (!cell.IsRuntime && OccupantOf(cell) is { } entry && entry.CellStart == cell.Start)
            Objects.Forget(cell.Row, poke);
    }

    private void SetAllocated(in Event e, bool forward)
    {
        var number = e.C & ~RuntimeFlag;
        var runtime = (e.C & RuntimeFlag) != 0;
        var row = forward ? Objects.Bear(number, runtime, e.A + (e.D >> 56) * 8, e.D) : Objects.RowOf(number, runtime);
        var cell = new Cell(new Address(e.A), e.B, CellState.Live, row, runtime);
        PokeCell(Windows.CellWord(cell.Start), forward ? cell.Encode() : 0);
        CountLive(cell, forward);
        if (!forward)
            Objects.Unbear(number, runtime);
    }

    private void SetFreed(in Event e, bool forward)
    {
        var (before, after) = (FreeKind)e.D switch
        {
            FreeKind.Kept => (CellState.Live, CellState.Reserved),
            FreeKind.Released => (CellState.Reserved, CellState.Freed),
            FreeKind.Left => (CellState.Forwarded, CellState.Freed),
            _ => (CellState.Live, CellState.Freed),
        };
        var runtime = (e.C & RuntimeFlag) != 0;
        var row = Objects.RowOf(e.C & ~RuntimeFlag, runtime);
        var cell = new Cell(new Address(e.A), e.B, forward ? after : before, row, runtime);
        PokeCell(Windows.CellWord(cell.Start), cell.Encode());
        if (before == CellState.Live)
            CountLive(cell, !forward);
    }

    private void CountLive(Cell cell, bool more)
    {
        var words = cell.Bytes >> 3;
        space.Poke(LiveWordsWord, more ? LiveWords + words : LiveWords - words);
    }

    private void PushSpan(int thread, ulong number)
    {
        var depthWord = Windows.SpanDepth(thread);
        var depth = space.Peek(depthWord) + 1;
        space.Poke(depthWord + (long)depth * 8, number);
        space.Poke(depthWord, depth);
        openSpans++;
    }

    private void PopSpan(int thread)
    {
        var depthWord = Windows.SpanDepth(thread);
        var depth = space.Peek(depthWord);
        Check.That(depth > 0, $"thread {thread} closes a span but none is open");
        space.Poke(depthWord + (long)depth * 8, 0);
        space.Poke(depthWord, depth - 1);
        openSpans--;
    }

    private void PokeCell(Address cellWord, ulong value)
    {
        var start = new Address(cellWord.Value & ~Windows.Cells);
        var old = space.Peek(cellWord);
        if (old == value)
            return;
        if (old != 0)
            Derive(Cell.Decode(start, old), false);
        space.Poke(cellWord, value);
        if (value != 0)
            Derive(Cell.Decode(start, value), true);
    }
}
