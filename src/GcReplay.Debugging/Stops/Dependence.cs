using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Stops;

/// <summary>What an answer rests on, as a test of events: those that it lets pass can not change the answer, in either direction.</summary>
/// <remarks>Errs only towards asking again. Rests on: the words read, the cells near them and near what they name, the lists of some
/// objects, and turns, the events at which an object of the question comes to another place.</remarks>
internal sealed class Dependence
{
    /// <summary>Bytes around a place in which the cell that covers it may begin or end: objects lie behind a prefix.</summary>
    private const ulong Near = 64;

    /// <summary>Bits of the filter in front of the table of words; a power of two.</summary>
    private const int FilterBits = 1 << 14;

    private static readonly ulong ListKinds = Mask(
        EventKind.Link, EventKind.Unlink, EventKind.Relink, EventKind.Splice, EventKind.ListInit, EventKind.Behead, EventKind.Allocate, EventKind.Move);

    private static readonly ulong CellKinds = Mask(EventKind.Map, EventKind.Unmap, EventKind.Allocate, EventKind.Free, EventKind.Move);

    private readonly ulong[] filter = new ulong[FilterBits / 64];
    private readonly HashSet<ulong> words = [];
    private readonly HashSet<ulong> members;
    private readonly ulong[] places;
    private readonly long[] turns;
    private readonly bool restsOnAll;

    /// <param name="also">Further addresses whose cells matter.</param>
    /// <param name="ofObjects">Where the objects that the question names are.</param>
    public Dependence(ReadLog log, IEnumerable<ulong> also, IReadOnlyList<Placement> ofObjects)
    {
        var near = new HashSet<ulong>(also);
        near.UnionWith(ofObjects.Select(p => p.Object.Value));
        // order: sets and a sorted array are made of them.
        foreach (var (address, word) in log.Words)
        {
            words.Add(address);
            filter[Bit(address) >> 6] |= 1UL << (Bit(address) & 63);
            near.Add(address);
            if (word is { } named and > 0 and < Windows.ProcessEnd)
                near.Add(named);
        }

        places = [.. near.Order()];
        turns = [.. ofObjects.SelectMany(p => p.To == long.MaxValue ? [p.From] : new[] { p.From, p.To + 1 })];
        (members, restsOnAll) = (log.Members, log.AskedForAll);
    }

    /// <summary>Whether the answer may be another one on the other side of an event.</summary>
    public bool MayChange(EventBlock block, int index)
    {
        for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
        {
            var address = block.ChangeAddresses[change];
            if ((filter[Bit(address) >> 6] >> (Bit(address) & 63) & 1) != 0 && words.Contains(address))
                return true;
        }

        var kind = block.Kinds[index];
        return (CellKinds >> kind & 1) != 0 && MovesCell(block, index)
            || members.Count > 0 && (ListKinds >> kind & 1) != 0 && MovesMember(block, index)
            || ((EventKind)kind).EndsRun()
            || turns.Length > 0 && turns.Contains(block.FirstEvent + index);
    }

    private static int Bit(ulong address) => (int)((address >> 3 ^ address >> 17) & (FilterBits - 1));

    private static ulong Mask(params ReadOnlySpan<EventKind> kinds)
    {
        var mask = 0UL;
        foreach (var kind in kinds)
            mask |= 1UL << (int)kind;
        return mask;
    }

    private bool MovesCell(EventBlock block, int index) => (EventKind)block.Kinds[index] switch
    {
        EventKind.Move => restsOnAll || IsNear(block.A[index], block.C[index]) || IsNear(block.B[index], block.C[index]),
        EventKind.Allocate or EventKind.Free => restsOnAll || (block.C[index] & Shadow.RuntimeFlag) != 0 || IsNear(block.A[index], block.B[index]),
        _ => true,
    };

    private bool IsNear(ulong start, ulong bytes)
    {
        var first = start < Near ? 0 : start - Near;
        var at = Array.BinarySearch(places, first);
        at = at < 0 ? ~at : at;
        return at < places.Length && places[at] < start + bytes + Near;
    }

    private bool MovesMember(EventBlock block, int index) => (EventKind)block.Kinds[index] switch
    {
        EventKind.Link => members.Contains(block.B[index]),
        EventKind.Unlink or EventKind.Relink => members.Contains(block.A[index]),
        EventKind.Allocate => members.Contains(block.A[index] + (block.D[index] >> 56) * 8),
        EventKind.Move => members.Contains(block.A[index]) || members.Contains(block.B[index]),
        _ => true,
    };
}
