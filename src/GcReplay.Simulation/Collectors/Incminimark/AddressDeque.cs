using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A queue of addresses in words: the oldest and the newest chunk, the index of the first item in the one and behind the last
/// in the other.</summary>
/// <remarks>Source: rpython/memory/support.py, AddressDeque. An empty queue has no chunk. Upstream's queues of objects with finalizers
/// hold a pair for each, with the number of a finalizer queue, which here is always 0 and left out.</remarks>
internal sealed class AddressDeque(Journal journal, ChunkPool chunks, Address at)
{
    public const int Bytes = 32;

    private Address NewestWord => at + 8;

    private Address FirstWord => at + 16;

    private Address EndWord => at + 24;

    public Address Address => at;

    public bool IsEmpty => journal.ReadOwn(at) == 0;

    /// <summary>Adds an address at the end, as an event of its own that stays open.</summary>
    public void Append(Address item, int site = 0)
    {
        var end = journal.ReadOwn(EndWord);
        var newest = new Address(journal.ReadOwn(NewestWord));
        var isFull = newest.IsNull || end == ChunkPool.ItemsPerChunk;
        if (isFull)
            chunks.Prepare();
        journal.Event(EventKind.Push, at.Value, item.Value, 0, 0, site);
        if (isFull)
        {
            var older = newest;
            newest = chunks.Take();
            journal.WriteOwn(newest, 0);
            journal.WriteOwn(older.IsNull ? at : older, newest.Value);
            journal.WriteOwn(NewestWord, newest.Value);
            end = 0;
        }

        journal.WriteOwn(Item(newest, end), item.Value);
        journal.WriteOwn(EndWord, end + 1);
    }

    /// <summary>Takes the oldest address, as an event of its own that stays open. The queue is not empty.</summary>
    public Address PopLeft(int site = 0)
    {
        var oldest = new Address(journal.ReadOwn(at));
        var first = journal.ReadOwn(FirstWord);
        var item = new Address(journal.ReadOwn(Item(oldest, first)));
        journal.Event(EventKind.Pop, at.Value, item.Value, 0, 0, site);
        journal.WriteOwn(FirstWord, first + 1);
        var isNewest = oldest.Value == journal.ReadOwn(NewestWord);
        if (first + 1 == (isNewest ? journal.ReadOwn(EndWord) : ChunkPool.ItemsPerChunk))
            DropOldest();
        return item;
    }

    /// <summary>Gives all chunks back, in the open event.</summary>
    public void Delete()
    {
        while (!IsEmpty)
            DropOldest();
    }

    /// <summary>Exchanges the contents of two queues, in the open event.</summary>
    public void Swap(Address other)
    {
        for (var offset = 0; offset < Bytes; offset += 8)
        {
            var mine = journal.ReadOwn(at + offset);
            journal.WriteOwn(at + offset, journal.ReadOwn(other + offset));
            journal.WriteOwn(other + offset, mine);
        }
    }

    /// <summary>The addresses from the oldest to the newest. Nothing may be added or taken meanwhile.</summary>
    public Enumerator GetEnumerator() => new(journal, at);

    private static Address Item(Address chunk, ulong index) => chunk + 8 + (long)index * 8;

    private void DropOldest()
    {
        var oldest = new Address(journal.ReadOwn(at));
        var next = journal.ReadOwn(oldest);
        journal.WriteOwn(at, next);
        journal.WriteOwn(FirstWord, 0);
        if (next == 0)
        {
            journal.WriteOwn(NewestWord, 0);
            journal.WriteOwn(EndWord, 0);
        }

        chunks.GiveBack(oldest);
    }

    public struct Enumerator(Journal journal, Address at)
    {
        private readonly ulong newest = journal.ReadOwn(at + 8);
        private readonly ulong end = journal.ReadOwn(at + 24);
        private Address chunk = new(journal.ReadOwn(at));
        private ulong next = journal.ReadOwn(at + 16);

        public Address Current { get; private set; }

        public bool MoveNext()
        {
            if (chunk.IsNull)
                return false;
            Current = new Address(journal.ReadOwn(Item(chunk, next++)));
            if (next == (chunk.Value == newest ? end : ChunkPool.ItemsPerChunk))
            {
                chunk = chunk.Value == newest ? Address.Null : new Address(journal.ReadOwn(chunk));
                next = 0;
            }

            return true;
        }
    }
}
