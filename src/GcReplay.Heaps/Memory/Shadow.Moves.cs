namespace GcReplay.Heaps.Memory;

/// <content>Objects that move: the place they leave names them until it is given back, the place they take was allocated empty.</content>
public sealed partial class Shadow
{
    private void Move(Address from, Address to)
    {
        var left = CellOfObject(from);
        var entry = OccupantOf(left);
        Check.That(left.State == CellState.Live && entry is not null && entry.Value.Address == from, $"no live object at {from} to move");
        var taken = CellAt(to - entry.Value.PrefixWords * 8L);
        Check.That(
            taken is { State: CellState.Live, Row: 0 } cell && cell.Start == to - entry.Value.PrefixWords * 8L,
            $"{to}, where {from} moves, is not a place allocated without an occupant");
        PokeCell(Windows.CellWord(left.Start), (left with { State = CellState.Forwarded }).Encode());
        PokeCell(Windows.CellWord(taken.Value.Start), (taken.Value with { Row = left.Row, IsRuntime = left.IsRuntime }).Encode());
        Objects.Relocate(left.Row, left.IsRuntime, to);
        CountLive(left, false);
    }

    private void MoveBack(Address from, Address to)
    {
        var taken = CellOfObject(to);
        var left = CellOfObject(from);
        Check.That(left.State == CellState.Forwarded && left.Row == taken.Row, $"the object at {to} did not come from {from}");
        PokeCell(Windows.CellWord(taken.Start), (taken with { Row = 0, IsRuntime = false }).Encode());
        PokeCell(Windows.CellWord(left.Start), (left with { State = CellState.Live }).Encode());
        Objects.Relocate(left.Row, left.IsRuntime, from);
        CountLive(left, true);
    }

    private Cell CellOfObject(Address reference) =>
        CellAt(reference) ?? throw new BrokenAssumptionException($"there is no cell at {reference}, where an object moves");
}
