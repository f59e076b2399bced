using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>Who has the memory of a process, by ground truth.</summary>
internal sealed class HeldMemory
{
    private readonly Dictionary<ulong, int> byNumber = [];

    private HeldMemory(HeapView view)
    {
        Census = view.Census();
        Reached = Census.Reachable();
        Bytes = [.. Census.Objects.Select(entry => view.Shadow.CellAt(entry.CellStart)?.Bytes ?? 0)];
        for (var i = 0; i < Bytes.Length; i++)
        {
            byNumber[Census.Objects[i].Number] = i;
            if (Reached[i])
                Kept += Bytes[i];
            else
                Garbage += Bytes[i];
        }

        var (begin, end) = (Address.Null, Address.Null);
        foreach (var cell in view.Shadow.Cells().Where(c => view.Space.IsMapped(c.Start)))
        {
            if (cell.State != CellState.Freed)
            {
                end = Address.Null;
                continue;
            }

            Free += cell.Bytes;
            FreeCells++;
            // What an allocator keeps between two cells is less than a page.
            if (end.IsNull || cell.Start - end > AddressSpace.PageBytes)
                begin = cell.Start;
            end = cell.End;
            LargestFree = Math.Max(LargestFree, (ulong)(end - begin));
        }
    }

    public Census Census { get; }

    /// <summary>By index in the census, whether the program can reach the object, or something keeps it for good.</summary>
    public bool[] Reached { get; }

    /// <summary>By index in the census.</summary>
    public ulong[] Bytes { get; }

    /// <summary>Bytes of objects that the program can reach.</summary>
    public ulong Kept { get; }

    /// <summary>Bytes of objects that live and that nothing keeps.</summary>
    public ulong Garbage { get; }

    /// <summary>Bytes of cells that were freed, lie in mapped pages and have not been handed out again.</summary>
    public ulong Free { get; }

    public int FreeCells { get; }

    /// <summary>The longest stretch without a living cell, in bytes.</summary>
    public ulong LargestFree { get; }

    /// <summary>Of the state that a view shows.</summary>
    public static HeldMemory Of(HeapView view) => new(view);

    /// <summary>Index in the census of an object that lives; -1 when it does not.</summary>
    public int IndexOf(ulong number) => byNumber.GetValueOrDefault(number, -1);

    /// <summary>Objects that nothing keeps, by ascending number.</summary>
    public IEnumerable<int> Dead => Enumerable.Range(0, Reached.Length).Where(i => !Reached[i]);

    /// <summary>The position before an event that tells who has the memory: not within a collection, which may be moving objects.</summary>
    public static long PositionBefore(Inquiry inquiry, long number)
    {
        var timeline = inquiry.At(number);
        var begins = Enumerable.Range(0, timeline.Source.Header.Threads.Length).SelectMany(timeline.Shadow.OpenSpans).ToList();
        var collection = begins.Where(b => b > timeline.Start && timeline.EventAt(b).Kind == Heaps.Events.EventKind.CollectionBegin).DefaultIfEmpty(number).Min();
        return Math.Max(collection - 1, timeline.Start);
    }

    /// <summary><c>1234 bytes</c>, <c>56 kB</c>.</summary>
    public static string Text(ulong bytes) => bytes < 10_000 ? $"{bytes} bytes" : bytes < 10_000_000 ? $"{bytes / 1000} kB" : $"{bytes / 1_000_000} MB";
}
