namespace GcReplay.Simulation.Programs.Importing;

/// <summary>Walks over the recorded heap: what can be reached from where. Without recursion.</summary>
internal sealed class Reach(RecordedHeap heap, int objects)
{
    private readonly int[] seen = new int[objects];
    private readonly int[] via = new int[objects];
    private int walk;

    /// <summary>Slots to load, one after the other, to come from an object that <paramref name="isStart"/> accepts to
    /// <paramref name="one"/>; the fewest there are. Null when there is no way. Leaves out the way over <paramref name="without"/>.</summary>
    public List<int>? PathTo(int one, Func<int, bool> isStart, int without = RecordedHeap.None)
    {
        walk++;
        var queue = new Queue<int>([one]);
        seen[one] = walk;
        if (without != RecordedHeap.None)
            seen[without] = walk;
        while (queue.TryDequeue(out var held))
        {
            if (isStart(held))
                return Path(held, one);
            for (var slot = heap.FirstHolder(held); slot != RecordedHeap.None; slot = heap.NextHolder(slot))
            {
                var holder = heap.Owner(slot);
                if (seen[holder] == walk)
                    continue;
                seen[holder] = walk;
                via[holder] = slot;
                queue.Enqueue(holder);
            }
        }
        return null;
    }

    /// <summary>Everything an object reaches, itself first, but nothing over what <paramref name="isSeen"/> accepts; what it finds
    /// is given to <paramref name="see"/>.</summary>
    public void Forward(int one, Func<int, bool> isSeen, Action<int> see)
    {
        if (isSeen(one))
            return;
        var open = new Stack<int>([one]);
        see(one);
        while (open.TryPop(out var holder))
        {
            foreach (var target in heap.TargetsOf(holder))
            {
                if (isSeen(target))
                    continue;
                see(target);
                open.Push(target);
            }
        }
    }

    /// <summary>Of some objects and what they reach short of <paramref name="isSeen"/>, the objects in the order in which a depth-first
    /// walk leaves them: one that reaches another, but not the other way round, comes later.</summary>
    public List<int> FinishOrder(IEnumerable<int> starts, Func<int, bool> isSeen)
    {
        walk++;
        var order = new List<int>();
        var open = new Stack<(int Object, int Slot)>();
        foreach (var start in starts)
        {
            Enter(start);
            while (open.TryPop(out var place))
            {
                if (place.Slot == heap.EndOfSlots(place.Object))
                {
                    order.Add(place.Object);
                    continue;
                }
                open.Push((place.Object, place.Slot + 1));
                if (heap.Target(place.Slot) is not RecordedHeap.None and var target)
                    Enter(target);
            }
        }
        return order;

        void Enter(int one)
        {
            if (seen[one] == walk || isSeen(one))
                return;
            seen[one] = walk;
            open.Push((one, heap.FirstSlotOf(one)));
        }
    }

    private List<int> Path(int from, int to)
    {
        var path = new List<int>();
        for (var at = from; at != to; at = heap.Target(via[at]))
            path.Add(via[at]);
        return path;
    }
}
