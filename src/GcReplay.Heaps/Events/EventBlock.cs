using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Events;

/// <summary>A changed word: <c>old XOR new</c>, so that applying it twice is applying it not at all.</summary>
public readonly record struct WordChange(Address Address, ulong Xor);

/// <summary>A run of consecutive events and the words each of them changed, as columns. The recorder fills one, the trace file
/// encodes and decodes one, the timeline plays one.</summary>
/// <remarks>Event i of the block has the number FirstEvent + i. Its changes are [ChangeEnds[i-1], ChangeEnds[i]) of the two change
/// columns, in the order they were made. A word written twice in one event has two changes; a store that left a word as it was
/// has a change of 0. What the <see cref="Shadow"/> derives from an event is not among its changes, what it can not derive
/// (cells displaced by an allocation) is.</remarks>
/// <param name="capacity">Events that fit.</param>
/// <param name="changes">Changes that fit before the columns grow; at least 1 when changes are added.</param>
/// <param name="isCleared">False for whoever writes every item of the events' columns anyway: they hold anything at first.</param>
public sealed class EventBlock(int capacity, int changes, bool isCleared = true)
{
    public long FirstEvent;
    public int Count;
    public int ChangeCount;

    public readonly byte[] Kinds = Column<byte>(capacity, isCleared);
    public readonly ushort[] Threads = Column<ushort>(capacity, isCleared);
    public readonly ushort[] Sites = Column<ushort>(capacity, isCleared);
    public readonly ulong[] A = Column<ulong>(capacity, isCleared);
    public readonly ulong[] B = Column<ulong>(capacity, isCleared);
    public readonly ulong[] C = Column<ulong>(capacity, isCleared);
    public readonly ulong[] D = Column<ulong>(capacity, isCleared);
    public readonly int[] ChangeEnds = Column<int>(capacity, isCleared);
    public ulong[] ChangeAddresses = new ulong[changes];
    public ulong[] ChangeXors = new ulong[changes];

    public EventBlock(int capacity)
        : this(capacity, capacity * 2)
    {
    }

    public int Capacity => Kinds.Length;

    public bool IsFull => Count == Capacity;

    public long LastEvent => FirstEvent + Count - 1;

    public Event this[int index] =>
        new((EventKind)Kinds[index], Threads[index], Sites[index], A[index], B[index], C[index], D[index]);

    public int ChangeStart(int index) => index == 0 ? 0 : ChangeEnds[index - 1];

    public WordChange Change(int change) => new(new Address(ChangeAddresses[change]), ChangeXors[change]);

    /// <summary>Opens the next event; the changes added from now on belong to it.</summary>
    public void Add(in Event e)
    {
        var i = Count++;
        Kinds[i] = (byte)e.Kind;
        Threads[i] = (ushort)e.Thread;
        Sites[i] = (ushort)e.Site;
        A[i] = e.A;
        B[i] = e.B;
        C[i] = e.C;
        D[i] = e.D;
        ChangeEnds[i] = ChangeCount;
    }

    /// <summary>Adds a change to the event that was added last.</summary>
    public void AddChange(Address address, ulong xor)
    {
        if (ChangeCount == ChangeAddresses.Length)
        {
            Array.Resize(ref ChangeAddresses, ChangeCount * 2);
            Array.Resize(ref ChangeXors, ChangeCount * 2);
        }

        ChangeAddresses[ChangeCount] = address.Value;
        ChangeXors[ChangeCount] = xor;
        ChangeEnds[Count - 1] = ++ChangeCount;
    }

    public void Clear()
    {
        FirstEvent += Count;
        Count = 0;
        ChangeCount = 0;
    }

    private static T[] Column<T>(int capacity, bool isCleared) => isCleared ? new T[capacity] : GC.AllocateUninitializedArray<T>(capacity);
}
