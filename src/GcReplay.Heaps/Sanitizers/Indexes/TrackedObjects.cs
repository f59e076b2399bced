using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>A living object that the indexes follow.</summary>
internal struct TrackedObject
{
    public ulong Number;
    public Address Address;
    public Address CellStart;
    public Address CellEnd;
    public int TypeId;

    /// <summary>The first item of its owned vector.</summary>
    public Address Items;

    /// <summary>Items that are followed.</summary>
    public long Slots;

    /// <summary>Whether it has link words.</summary>
    public bool HasNode;
    public bool CountWaits;
    public bool ColourWaits;

    /// <summary>Whether it might be black when it was looked at last.</summary>
    public bool IsBlack;

    /// <summary>Whether it might be white and named by a black one when it was looked at last.</summary>
    public bool IsWrong;

    /// <summary>Whether it is a place that the runtime keeps for an object: only its header is followed.</summary>
    public bool IsShadow;

    /// <summary>Whether it carried the mark, looked as if it had moved, said that it has a shadow, when it was looked at last.</summary>
    public bool IsMarked;
    public bool LooksMoved;
    public bool HasShadow;

    /// <summary>Whether it was born since the indexes settled last.</summary>
    public bool IsNew;

    /// <summary>Whether it waits for its cards to be looked at.</summary>
    public bool CardsWait;

    /// <summary>Whether it was garbage when garbage was looked for last.</summary>
    public bool IsUnreached;

    /// <summary>Whether what it refers to may be freed before it.</summary>
    public bool IsExcused;

    public readonly bool IsLive => Number != 0;

    public readonly bool HasItemAt(Address address) => unchecked(address.Value - Items.Value) < (ulong)Slots * 8;
}

/// <summary>The living objects, by a small index that is used again after a death; 0 is none.</summary>
internal sealed class TrackedObjects
{
    private readonly Stack<int> unused = [];
    private TrackedObject[] rows = new TrackedObject[64];

    /// <summary>One more than the highest index in use.</summary>
    public int End { get; private set; } = 1;

    public ref TrackedObject this[int unit] => ref rows[unit];

    public int Add(in ObjectEntry entry, Address cellEnd)
    {
        if (!unused.TryPop(out var unit))
        {
            unit = End++;
            if (unit == rows.Length)
                Array.Resize(ref rows, rows.Length * 2);
        }

        rows[unit] = new TrackedObject
        {
            Number = entry.Number,
            Address = entry.Address,
            CellStart = entry.CellStart,
            CellEnd = cellEnd,
            TypeId = entry.TypeId,
            IsShadow = entry.IsRuntime,
        };
        return unit;
    }

    public void Remove(int unit)
    {
        rows[unit] = default;
        unused.Push(unit);
    }
}
