using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Stops;

/// <summary>Events that name an object, or change a word of its cell, while its memory is its.</summary>
public sealed record OnObject(string What, ObjectName Name, IReadOnlyList<Placement> Places) : StopCondition(What)
{
    private readonly Placement[] places = [.. Places];

    public override bool Hits(EventBlock block, int index)
    {
        var number = block.FirstEvent + index;
        foreach (var place in places)
        {
            if (number >= place.From && number <= place.To && (Names(block, index, place) || Changes(block, index, place)))
                return true;
        }

        return false;
    }

    public override bool MayHit(BlockSummary summary)
    {
        if (summary.NamesNumber(Name.Operand))
            return true;
        foreach (var place in places)
        {
            if (summary.FirstEvent <= place.To && summary.LastEvent >= place.From
                && (summary.Named.Overlaps(place.Cell, place.End) || summary.Written.Overlaps(place.Cell, place.End)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an operand of the event is the object, or lies in it.</summary>
    public bool Names(EventBlock block, int index)
    {
        var number = block.FirstEvent + index;
        foreach (var place in places)
        {
            if (number >= place.From && number <= place.To && Names(block, index, place))
                return true;
        }

        return false;
    }

    /// <summary>Whether an address is the object's during an event.</summary>
    public bool IsObject(long number, ulong address)
    {
        foreach (var place in places)
        {
            if (number >= place.From && number <= place.To && address == place.Object.Value)
                return true;
        }

        return false;
    }

    private static bool Changes(EventBlock block, int index, Placement place)
    {
        for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
        {
            if (block.ChangeAddresses[change] >= place.Cell.Value && block.ChangeAddresses[change] < place.End.Value)
                return true;
        }

        return false;
    }

    private bool Names(EventBlock block, int index, Placement place)
    {
        var kind = block.Kinds[index];
        return IsNamed(OperandKinds.Of(kind, 0), block.A[index], place) || IsNamed(OperandKinds.Of(kind, 1), block.B[index], place)
            || IsNamed(OperandKinds.Of(kind, 2), block.C[index], place) || IsNamed(OperandKinds.Of(kind, 3), block.D[index], place);
    }

    private bool IsNamed(OperandKind kind, ulong value, Placement place) => kind switch
    {
        OperandKind.Object => value == place.Object.Value,
        OperandKind.ObjectNumber => value == Name.Operand,
        OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container =>
            value >= place.Cell.Value && value < place.End.Value,
        _ => false,
    };
}

/// <summary>What a watchpoint stops at.</summary>
[Flags]
public enum WatchAccess
{
    None = 0,

    /// <summary>Writes, also of what was there already.</summary>
    Write = 1,

    /// <summary>Events that name the word as the one they read.</summary>
    Read = 2,
}

/// <summary>Accesses to a range of words.</summary>
/// <param name="Ranges">Addresses [Cell, End) and the events during which they are meant.</param>
public sealed record OnWords(string What, WatchAccess Access, IReadOnlyList<Placement> Ranges) : StopCondition(What)
{
    private readonly Placement[] ranges = [.. Ranges];

    public override string Noun => "watchpoint";

    public override bool Hits(EventBlock block, int index)
    {
        var number = block.FirstEvent + index;
        if ((Access & WatchAccess.Write) != 0)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (IsMeant(number, block.ChangeAddresses[change]))
                    return true;
            }
        }

        return (Access & WatchAccess.Read) != 0 && Reads(block, index, number);
    }

    public override bool MayHit(BlockSummary summary)
    {
        foreach (var range in ranges)
        {
            if (summary.FirstEvent > range.To || summary.LastEvent < range.From)
                continue;
            // Words begin at multiples of 8, ranges anywhere.
            var (from, end) = (new Address(range.Cell.Value & ~7UL), new Address(range.End.Value + 7 & ~7UL));
            if ((Access & WatchAccess.Write) != 0 && summary.Written.Overlaps(from, end)
                || (Access & WatchAccess.Read) != 0 && summary.Named.Overlaps(from, end))
            {
                return true;
            }
        }

        return false;
    }

    private bool Reads(EventBlock block, int index, long number)
    {
        var kind = block.Kinds[index];
        return OperandKinds.Of(kind, 0) == OperandKind.ReadAddress && IsMeant(number, block.A[index])
            || OperandKinds.Of(kind, 1) == OperandKind.ReadAddress && IsMeant(number, block.B[index]);
    }

    private bool IsMeant(long number, ulong address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(number, address))
                return true;
        }

        return false;
    }
}
