using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>A stack of chunks, bottom first. Source: rpython/memory/support.py, AddressStack.</summary>
public sealed class ChunkedStackView(HeapView view, StructLayout structure, Address start, ChunkedStack stack)
    : ContainerView(view, structure, start)
{
    public override Container Container => stack;

    public override IEnumerable<ContainerItem> Items()
    {
        var chunks = Chunks();
        var index = 0L;
        for (var i = chunks.Count - 1; i >= 0; i--)
        {
            var count = i == 0 ? (long)Math.Min(Number(stack.CountField), (ulong)stack.ItemsPerChunk) : stack.ItemsPerChunk;
            foreach (var item in Words(chunks[i] + 8, 0, count, index, FieldRole.Borrowed))
                yield return item;
            index += count;
        }
    }

    /// <summary>Newest first.</summary>
    private List<Address> Chunks()
    {
        var chunks = new List<Address>();
        var seen = new HashSet<ulong>();
        var chunk = new Address(Word(Place));
        while (!chunk.IsNull && View.TryRead(chunk, out var before) && seen.Add(chunk.Value))
        {
            chunks.Add(chunk);
            chunk = new Address(before);
        }

        return chunks;
    }
}

/// <summary>A deque of chunks, oldest first. Source: rpython/memory/support.py, AddressDeque.</summary>
public sealed class ChunkedDequeView(HeapView view, StructLayout structure, Address start, ChunkedDeque deque)
    : ContainerView(view, structure, start)
{
    public override Container Container => deque;

    public override IEnumerable<ContainerItem> Items()
    {
        var seen = new HashSet<ulong>();
        var newest = new Address(Word(Place + 8));
        var first = (long)Math.Min(Number(deque.FirstField), (ulong)deque.ItemsPerChunk);
        var end = (long)Math.Min(Number(deque.EndField), (ulong)deque.ItemsPerChunk);
        var index = 0L;
        var chunk = new Address(Word(Place));
        while (!chunk.IsNull && View.TryRead(chunk, out var next) && seen.Add(chunk.Value))
        {
            var isNewest = chunk == newest;
            var count = (isNewest ? end : deque.ItemsPerChunk) - first;
            foreach (var item in Words(chunk + 8, first, count, index, FieldRole.Borrowed))
                yield return item;
            if (isNewest)
                yield break;
            index += count;
            first = 0;
            chunk = new Address(next);
        }
    }
}
