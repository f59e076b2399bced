using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Most of the memory is free, and in pieces: no piece is large enough for what was asked for.</summary>
internal static class Fragments
{
    /// <summary>Ends the chain at the birth of the living object that parts the most free memory.</summary>
    public static void Explain(Inquiry inquiry, HeldMemory held, long position)
    {
        var wanted = inquiry.Debugger.Timeline.EventAt(inquiry.Failure!.Event).Event.B;
        var view = inquiry.At(position).View;
        var (best, parted) = Parting(view);
        var freed = inquiry.Witness.LastOf(position, inquiry.Debugger.Timeline.Start + 1, EventKind.Free);
        if (freed > 0)
            inquiry.Add(freed, ChainRole.Precondition, "the last memory that was freed, which nobody has got since");
        if (view.Shadow.OccupantOf(best) is not { IsRuntime: false } entry || Telling.LifeOf(inquiry, entry.Number) is not { } life || !Telling.IsKnown(inquiry, life.Birth))
            return;
        var text = inquiry.At(position).View.TextOf(entry);
        inquiry.End(new ChainLink(life.Birth, ChainRole.Decision, $"{text} is placed where it still lies between free cells, {HeldMemory.Text(parted)} of them next to it: they can not become one") { Objects = [entry.Number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"{HeldMemory.Text(held.Free)} are free in {held.FreeCells} cells, the largest of {HeldMemory.Text(held.LargestFree)}, and {HeldMemory.Text(wanted)} in one piece were asked for: living objects such as {text}, placed at event {life.Birth}, part them");
    }

    /// <summary>The living cell that has the most free memory next to it, up to the nearest living ones, and how much that is.</summary>
    private static (Cell Cell, ulong Free) Parting(HeapView view)
    {
        var (best, parted) = (default(Cell), 0UL);
        var (living, before, behind) = (default(Cell), 0UL, 0UL);
        foreach (var cell in view.Shadow.Cells().Where(c => view.Space.IsMapped(c.Start)).Append(default))
        {
            if (cell.State == CellState.Freed)
            {
                behind += cell.Bytes;
                continue;
            }

            if (living.Bytes > 0 && before > 0 && behind > 0 && before + behind > parted)
                (best, parted) = (living, before + behind);
            (living, before, behind) = (cell, behind, 0);
        }

        return (best, parted);
    }
}
