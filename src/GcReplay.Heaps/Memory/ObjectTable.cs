namespace GcReplay.Heaps.Memory;

/// <summary>The rows of objects: of those that live, and of the last occupants of memory that was not reused since. Kept as words in
/// <see cref="Windows"/>; births are counted there, too.</summary>
/// <remarks>Rows of objects born in scripts hold their number; an index from number to row is derived from them and rebuilt by
/// <see cref="Rebuild"/>.</remarks>
public sealed class ObjectTable(AddressSpace space)
{
    private const int NumberOffset = 16;
    private const int ScriptRowBytes = 32;
    private static readonly Address ScriptBirthsWord = new(Windows.Counters + 16);
    private readonly Dictionary<ulong, uint> scriptRows = [];
    private readonly Dictionary<ulong, ulong> lastOrdinals = [];

    /// <summary>Objects born in scripts so far.</summary>
    public ulong ScriptBirths => space.Peek(ScriptBirthsWord);

    /// <summary>The row of an object that lives, or died and left its memory unused; null otherwise.</summary>
    public ObjectEntry? Find(ulong number, bool runtime) => RowOf(number, runtime) is var row and not 0 ? At(row, runtime) : null;

    /// <summary>The entry in a row that a cell names; null when nobody is in it (any more).</summary>
    public ObjectEntry? At(uint row, bool runtime)
    {
        var at = Windows.Row(row, runtime);
        var address = space.Peek(at);
        return address == 0 ? null : ObjectEntry.Decode(NumberAt(row), row, runtime, address, space.Peek(at + 8));
    }

    /// <summary>The number of the object that has, or had, a row; 0 for row 0.</summary>
    public ulong NumberAt(uint row) => row < Cell.ScriptRows ? row : space.Peek(Windows.Row(row, false) + NumberOffset);

    /// <summary>The row of a number, 0 when no such object is born.</summary>
    public uint RowOf(ulong number, bool runtime)
    {
        if (ObjectNumber.Ordinal(number) != 0)
            return runtime ? 0 : scriptRows.GetValueOrDefault(number);
        return number < Cell.ScriptRows ? (uint)number : 0;
    }

    /// <summary>The number of the next object born in a script of a family.</summary>
    /// <param name="owner">Number of any member of the family.</param>
    public ulong NextIn(ulong owner)
    {
        var head = ObjectNumber.Head(owner);
        return ObjectNumber.Of(head, lastOrdinals.GetValueOrDefault(head) + 1);
    }

    /// <summary>Fills the row of a newborn and gives it.</summary>
    /// <param name="number">0 for a cell without an object: it has no row.</param>
    internal uint Bear(ulong number, bool runtime, ulong address, ulong descriptor)
    {
        if (number == 0)
            return 0;
        if (ObjectNumber.Ordinal(number) != 0)
        {
            var births = ScriptBirths + 1;
            space.Poke(ScriptBirthsWord, births);
            Index(number, Cell.ScriptRows + (uint)births);
            space.Poke(Windows.Row(RowOf(number, runtime), runtime) + NumberOffset, number);
        }

        var row = RowOf(number, runtime);
        var at = Windows.Row(row, runtime);
        space.Poke(at, address);
        space.Poke(at + 8, descriptor);
        return row;
    }

    /// <summary>Takes <see cref="Bear"/> back.</summary>
    internal void Unbear(ulong number, bool runtime)
    {
        if (number == 0)
            return;
        var at = Windows.Row(RowOf(number, runtime), runtime);
        space.Poke(at, 0);
        space.Poke(at + 8, 0);
        if (ObjectNumber.Ordinal(number) == 0)
            return;
        space.Poke(at + NumberOffset, 0);
        space.Poke(ScriptBirthsWord, ScriptBirths - 1);
        scriptRows.Remove(number);
        lastOrdinals[ObjectNumber.Head(number)] = ObjectNumber.Ordinal(number) - 1;
    }

    /// <summary>The object is elsewhere from now on.</summary>
    internal void Relocate(uint row, bool runtime, Address to) => space.Poke(Windows.Row(row, runtime), to.Value);

    /// <summary>The occupant's memory is used by something else: its row is emptied, its number stays used.</summary>
    internal void Forget(uint row, Action<Address, ulong> poke)
    {
        var at = Windows.Row(row, false);
        poke(at, 0);
        poke(at + 8, 0);
    }

    /// <summary>Builds the index from the rows: after a checkpoint was loaded.</summary>
    internal void Rebuild()
    {
        scriptRows.Clear();
        lastOrdinals.Clear();
        foreach (var row in ScriptRows())
            Index(NumberAt(row), row);
    }

    /// <summary>Rows of objects born in scripts that were ever in use, by ascending birth.</summary>
    public IEnumerable<uint> ScriptRows()
    {
        foreach (var (page, words) in space.PagesIn(new Address(Windows.ScriptObjects), new Address(Windows.RuntimeObjects)))
        {
            var first = ((page << AddressSpace.PageShift) - Windows.ScriptObjects) / ScriptRowBytes;
            for (var i = 0; i < words.Length; i += ScriptRowBytes / 8)
            {
                if (words.Span[i + NumberOffset / 8] != 0)
                    yield return Cell.ScriptRows + (uint)(first + (ulong)i * 8 / ScriptRowBytes);
            }
        }
    }

    private void Index(ulong number, uint row)
    {
        scriptRows[number] = row;
        lastOrdinals[ObjectNumber.Head(number)] = ObjectNumber.Ordinal(number);
    }
}
