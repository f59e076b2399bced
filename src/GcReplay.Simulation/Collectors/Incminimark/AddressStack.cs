using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>A stack of addresses in words: the newest chunk and how many of its items are used; older chunks are full.</summary>
/// <remarks>Source: rpython/memory/support.py, AddressStack. An empty stack has no chunk.</remarks>
internal sealed class AddressStack(Journal journal, ChunkPool chunks, Address at)
{
    public const int Bytes = 16;

    private Address UsedWord => at + 8;

    public bool IsEmpty => journal.ReadOwn(at) == 0;

    private Address Chunk => new(journal.ReadOwn(at));

    /// <summary>Pushes an address, as an event of its own that stays open.</summary>
    public void Append(Address item, int site = 0)
    {
        var used = journal.ReadOwn(UsedWord);
        var chunk = Chunk;
        var isFull = chunk.IsNull || used == ChunkPool.ItemsPerChunk;
        if (isFull)
            chunks.Prepare();
        journal.Event(EventKind.Push, at.Value, item.Value, 0, 0, site);
        if (isFull)
        {
            var older = chunk;
            chunk = chunks.Take();
            journal.WriteOwn(chunk, older.Value);
            journal.WriteOwn(at, chunk.Value);
            used = 0;
        }

        journal.WriteOwn(Item(chunk, used), item.Value);
        journal.WriteOwn(UsedWord, used + 1);
    }

    /// <summary>Pops the newest address, as an event of its own that stays open. The stack is not empty.</summary>
    public Address Pop(int site = 0)
    {
        var used = journal.ReadOwn(UsedWord) - 1;
        var chunk = Chunk;
        var item = new Address(journal.ReadOwn(Item(chunk, used)));
        journal.Event(EventKind.Pop, at.Value, item.Value, 0, 0, site);
        journal.WriteOwn(UsedWord, used);
        if (used == 0)
            DropChunk(chunk);
        return item;
    }

    /// <summary>Gives all chunks back, in the open event.</summary>
    public void Delete()
    {
        while (!IsEmpty)
            DropChunk(Chunk);
    }

    /// <summary>Exchanges the contents of two stacks, in the open event.</summary>
    public void Swap(Address other)
    {
        for (var offset = 0; offset < Bytes; offset += 8)
        {
            var mine = journal.ReadOwn(at + offset);
            journal.WriteOwn(at + offset, journal.ReadOwn(other + offset));
            journal.WriteOwn(other + offset, mine);
        }
    }

    public Address Address => at;

    /// <summary>The addresses from the newest to the oldest: upstream's foreach. Nothing may be pushed or popped meanwhile.</summary>
    public Enumerator GetEnumerator() => new(journal, at);

    /// <summary>The addresses from the oldest to the newest.</summary>
    public List<Address> OldestFirst()
    {
        var items = new List<Address>();
        foreach (var item in this)
            items.Add(item);
        items.Reverse();
        return items;
    }

    private static Address Item(Address chunk, ulong index) => chunk + 8 + (long)index * 8;

    private void DropChunk(Address chunk)
    {
        var older = journal.ReadOwn(chunk);
        journal.WriteOwn(at, older);
        journal.WriteOwn(UsedWord, older == 0 ? 0UL : ChunkPool.ItemsPerChunk);
        chunks.GiveBack(chunk);
    }

    public struct Enumerator(Journal journal, Address at)
    {
        private Address chunk = new(journal.ReadOwn(at));
        private ulong left = journal.ReadOwn(at + 8);

        public Address Current { get; private set; }

        public bool MoveNext()
        {
            if (chunk.IsNull)
                return false;
            Current = new Address(journal.ReadOwn(Item(chunk, --left)));
            if (left == 0)
            {
                chunk = new Address(journal.ReadOwn(chunk));
                left = ChunkPool.ItemsPerChunk;
            }

            return true;
        }
    }
}
