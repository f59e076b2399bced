using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs.Importing;

/// <summary>Who holds whom at a moment of the recording.</summary>
/// <remarks>
/// A slot is an index into arrays over all slots of all objects, and the slots that hold an object are a linked list through these arrays:
/// filling, emptying and listing holders take no search, and their order is that of the recording. Objects and slots are numbers; none is -1.
/// </remarks>
internal sealed class RecordedHeap
{
    public const int None = -1;

    private readonly int[] firstSlot;
    private readonly int[] owner;
    private readonly int[] target;
    private readonly int[] next;
    private readonly int[] previous;
    private readonly int[] firstHolder;
    private readonly int[] holders;
    private readonly int[] roots;
    private readonly bool[] dead;

    public RecordedHeap(Recording recording)
    {
        var objects = recording.Slots.Count;
        firstSlot = new int[objects + 1];
        for (var one = 0; one < objects; one++)
            firstSlot[one + 1] = firstSlot[one] + recording.Slots[one];
        owner = new int[firstSlot[objects]];
        for (var one = 0; one < objects; one++)
            Array.Fill(owner, one, firstSlot[one], recording.Slots[one]);
        target = Filled(owner.Length);
        next = Filled(owner.Length);
        previous = Filled(owner.Length);
        firstHolder = Filled(objects);
        holders = new int[objects];
        roots = new int[objects];
        dead = new bool[objects];
    }

    /// <summary>Objects that are born, dead ones too.</summary>
    public int Born { get; private set; }

    public void Bear(int one)
    {
        Check.That(one == Born, $"object {one + 1} is born after {Born} others");
        Born++;
    }

    public bool IsAlive(int one) => one < Born && !dead[one];

    public int Target(int slot) => target[slot];

    public int Owner(int slot) => owner[slot];

    public int IndexOf(int slot) => slot - firstSlot[owner[slot]];

    /// <summary>Whether the recording ever fills a slot of this index.</summary>
    public bool HasSlot(int one, int index) => index < firstSlot[one + 1] - firstSlot[one];

    public int SlotAt(int one, int index) => firstSlot[one] + index;

    /// <summary>Objects that an object's slots hold, in order of slots; one held twice comes twice.</summary>
    public IEnumerable<int> TargetsOf(int one)
    {
        for (var slot = firstSlot[one]; slot < firstSlot[one + 1]; slot++)
        {
            if (target[slot] != None)
                yield return target[slot];
        }
    }

    public int FirstSlotOf(int one) => firstSlot[one];

    public int EndOfSlots(int one) => firstSlot[one + 1];

    /// <summary>Whether something other than slots keeps an object: roots from outside, or nothing that was recorded.</summary>
    public bool NeedsGlobal(int one) => IsAlive(one) && (roots[one] > 0 || holders[one] == 0);

    public int FirstHolder(int one) => firstHolder[one];

    public int NextHolder(int slot) => next[slot];

    public void SetRoots(int one, int count) => roots[one] = count;

    public void Fill(int slot, int one)
    {
        Empty(slot);
        if (one == None)
            return;
        target[slot] = one;
        next[slot] = firstHolder[one];
        if (firstHolder[one] != None)
            previous[firstHolder[one]] = slot;
        firstHolder[one] = slot;
        holders[one]++;
    }

    public void Empty(int slot)
    {
        var one = target[slot];
        if (one == None)
            return;
        if (previous[slot] == None)
            firstHolder[one] = next[slot];
        else
            next[previous[slot]] = next[slot];
        if (next[slot] != None)
            previous[next[slot]] = previous[slot];
        target[slot] = next[slot] = previous[slot] = None;
        holders[one]--;
    }

    /// <summary>The slots that hold an object, newest first.</summary>
    public List<int> HoldersOf(int one)
    {
        var list = new List<int>(holders[one]);
        for (var slot = firstHolder[one]; slot != None; slot = next[slot])
            list.Add(slot);
        return list;
    }

    /// <summary>An object's slots and roots, and those that hold it, are empty.</summary>
    public void Remove(int one)
    {
        Check.That(IsAlive(one), $"object {one + 1} dies without living");
        for (var slot = firstSlot[one]; slot < firstSlot[one + 1]; slot++)
            Empty(slot);
        while (firstHolder[one] != None)
            Empty(firstHolder[one]);
        roots[one] = 0;
        dead[one] = true;
    }

    private static int[] Filled(int length)
    {
        var array = new int[length];
        Array.Fill(array, None);
        return array;
    }
}
