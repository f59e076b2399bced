using System.Numerics;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <content>Objects that are born, change and die.</content>
public sealed partial class HeapIndex
{
    private void ObjectChanged(int unit, Address address, ref Note note)
    {
        ref var o = ref objects[unit];
        if (o.HasItemAt(address))
        {
            owned.Resync(ref note, address, unit, view.TryRead(address, out var item) ? item : 0);
            return;
        }

        colours?.LookAt(unit);
        promises?.WordChanged(unit, address, ref note);
        switch (o.IsShadow ? WordRole.Other : shapes[o.TypeId].RoleAt(address - o.Address))
        {
            case WordRole.Owned:
                owned.Resync(ref note, address, unit, view.TryRead(address, out var word) ? word : 0);
                break;
            case WordRole.Link:
                links!.Changed(unit);
                if (o.IsExcused)
                    owned.Dangling.Relinked(unit, owned.TargetsOf(unit));
                break;
            case WordRole.ReferenceCount:
                counts.LookAt(unit);
                break;
            case WordRole.Items:
                owned.MoveItems(unit);
                break;
            default:
                break;
        }
    }

    private void MemberChanged(int list, Address member, bool entered)
    {
        var unit = notes.Peek(member).Unit;
        if (unit > 0 && colours is { AsksForLists: true })
            colours.LookAt(unit);
        if (promises is null)
            return;
        promises.MemberChanged(list, member, unit, entered);
        if (Array.IndexOf(promises.StrongLists, list) >= 0)
            owned.Dangling.ForgetUnreached();
    }

    private void FollowDeaths(ChangedPage page)
    {
        var start = page.Number << AddressSpace.PageShift;
        if (start is < Windows.Cells or >= Windows.RuntimeObjects)
            return;
        for (var i = 0; i < page.Bits.Length; i++)
        {
            for (var bits = page.Bits[i]; bits != 0; bits &= bits - 1)
            {
                var cell = new Address(start + (ulong)(i * 64 + BitOperations.TrailingZeroCount(bits)) * 8 & ~Windows.Cells);
                if (notes.Peek(cell).Unit is var unit and > 0 && objects[unit].CellStart == cell)
                    End(unit);
            }
        }
    }

    /// <summary>The cell that starts at an address is another than before.</summary>
    private void CellChanged(Address start)
    {
        var encoded = view.Space.Peek(Windows.CellWord(start));
        var cell = Cell.Decode(start, encoded);
        var occupant = encoded == 0 ? null : view.Shadow.OccupantOf(cell);
        var isPlace = promises is not null && cell.IsRuntime && occupant is { } kept && view.IsPlaceForObject(kept);
        if (!isPlace)
            skeleton.CellChanged(cell);
        promises?.Places.CellChanged(cell);
        if (notes.Peek(start).Unit is var known and > 0)
            owned.MoveItems(known);
        if (cell.State == CellState.Live && (!cell.IsRuntime || isPlace) && occupant is { } entry && entry.CellStart == start)
            Begin(entry, cell.End);
        if (cell.State == CellState.Freed)
            FindDangling(start, cell.End);
    }

    /// <summary>Begins with what only promises ask for.</summary>
    private void BeginPromises()
    {
        foreach (var entry in view.LiveShadows())
            Begin(entry, view.EndOf(entry));
        foreach (var cell in view.Shadow.Cells())
        {
            if (cell.State == CellState.Forwarded)
                promises!.Places.CellChanged(cell);
        }
    }

    private void Begin(in ObjectEntry entry, Address end)
    {
        view.PlanOf(entry);
        var unit = objects.Add(entry, end);
        for (var word = entry.CellStart; word < end; word += 8)
        {
            ref var note = ref notes.At(word);
            isOverlapped |= note.Unit != 0;
            note.Unit = unit;
        }

        if (!entry.IsRuntime)
        {
            links?.Track(unit, shapes[entry.TypeId]);
            owned.Track(unit);
            colours?.LookAt(unit);
        }

        promises?.Born(unit);
    }

    private void End(int unit)
    {
        if (!objects[unit].IsShadow)
        {
            owned.Forget(unit);
            links?.Forget(unit);
            colours?.Died(unit);
        }

        promises?.Died(unit);
        var (start, end) = (objects[unit].CellStart, objects[unit].CellEnd);
        objects.Remove(unit);
        for (var word = start; word < end; word += 8)
            notes.At(word).Unit = 0;
    }
}
