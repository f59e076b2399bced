namespace GcReplay.Tests.Simulation.Collectors.Incminimark.Arenas;

/// <summary>What small objects must do, without a word of memory: lists of pages and arenas as they are told of in prose.</summary>
internal abstract class SmallObjectModel
{
    public long Used { get; protected set; }

    public int Arenas { get; protected set; }

    public abstract void Malloc(ulong number, int words);

    public abstract void Prepare();

    /// <param name="freed">Takes the numbers of blocks that die, in order.</param>
    public abstract bool Sweep(long limit, Func<ulong, bool> dies, List<ulong> freed);
}

internal sealed class SimpleModel : SmallObjectModel
{
    private List<(ulong Number, int Words)> old = [];
    private List<(ulong Number, int Words)> all = [];

    public override void Malloc(ulong number, int words)
    {
        all.Add((number, words));
        Used += words * 8;
    }

    public override void Prepare()
    {
        old = all;
        all = [];
        Used = 0;
    }

    public override bool Sweep(long limit, Func<ulong, bool> dies, List<ulong> freed)
    {
        var left = (double)limit;
        while (old.Count > 0)
        {
            var block = old[^1];
            old.RemoveAt(old.Count - 1);
            if (dies(block.Number))
                freed.Add(block.Number);
            else
                Malloc(block.Number, block.Words);
            left -= 0.1;
            if (left <= 0)
                return false;
        }

        return true;
    }
}

/// <param name="recountsInSweep">The accounting up to 96a224bd967.</param>
internal sealed class PagedModel(int threshold, int pageWords, int arenaWords, bool recountsInSweep) : SmallObjectModel
{
    private sealed class Arena
    {
        public int Free;
    }

    private sealed class Page(Arena arena, int words)
    {
        public readonly Arena Arena = arena;
        public readonly int Words = words;

        /// <summary>Used blocks by index; a page has room while one is missing.</summary>
        public readonly SortedDictionary<int, ulong> Blocks = [];
    }

    private readonly List<List<Arena>> parked = [.. Enumerable.Range(0, arenaWords / pageWords).Select(_ => new List<Arena>())];

    // Chains by size, the first page first.
    private readonly List<Page>[] room = Chains(threshold);
    private readonly List<Page>[] full = Chains(threshold);
    private readonly List<Page>[] oldRoom = Chains(threshold);
    private readonly List<Page>[] oldFull = Chains(threshold);
    private Arena? current;
    private int sweeping = -1;

    private int PagesInArena => (arenaWords - 1) / pageWords;

    /// <summary>For each page the size of its blocks, and those in use by their place in it.</summary>
    public IEnumerable<(int Words, IReadOnlyDictionary<int, ulong> Blocks)> Pages =>
        new[] { room, full, oldRoom, oldFull }.SelectMany(chains => chains).SelectMany(chain => chain)
            .Select(page => (page.Words, (IReadOnlyDictionary<int, ulong>)page.Blocks));

    public override void Malloc(ulong number, int words)
    {
        if (room[words].Count == 0)
            room[words].Add(NewPage(words));
        var page = room[words][0];
        var lowest = Enumerable.Range(0, InPage(words)).First(i => !page.Blocks.ContainsKey(i));
        page.Blocks.Add(lowest, number);
        Used += words * 8;
        if (page.Blocks.Count < InPage(words))
            return;
        room[words].RemoveAt(0);
        full[words].Insert(0, page);
    }

    public override void Prepare()
    {
        for (var words = 1; words <= threshold; words++)
        {
            oldRoom[words].AddRange(room[words]);
            oldFull[words].AddRange(full[words]);
            room[words].Clear();
            full[words].Clear();
        }

        sweeping = threshold;
        if (recountsInSweep)
            Used = 0;
    }

    public override bool Sweep(long limit, Func<ulong, bool> dies, List<ulong> freed)
    {
        if (sweeping < 0)
            return true;
        for (; sweeping > 0; sweeping--)
        {
            foreach (var chain in new[] { oldFull[sweeping], oldRoom[sweeping] })
            {
                while (chain.Count > 0)
                {
                    var page = chain[0];
                    chain.RemoveAt(0);
                    SweepPage(page, dies, freed);
                    if (--limit == 0)
                        return false;
                }
            }
        }

        Rehash();
        sweeping = -1;
        return true;
    }

    private static List<Page>[] Chains(int threshold) => [.. Enumerable.Range(0, threshold + 1).Select(_ => new List<Page>())];

    private int InPage(int words) => (pageWords - 4) / words;

    private void SweepPage(Page page, Func<ulong, bool> dies, List<ulong> freed)
    {
        foreach (var (index, number) in page.Blocks.ToArray())
        {
            if (!dies(number))
            {
                Used += recountsInSweep ? page.Words * 8 : 0;
                continue;
            }

            page.Blocks.Remove(index);
            freed.Add(number);
            Used -= recountsInSweep ? 0 : page.Words * 8;
        }

        if (page.Blocks.Count == 0)
            page.Arena.Free++;
        else
            (page.Blocks.Count == InPage(page.Words) ? full : room)[page.Words].Insert(0, page);
    }

    private Page NewPage(int words)
    {
        current ??= Pick();
        if (current is null)
        {
            Rehash();
            current = Pick();
        }

        if (current is null)
        {
            current = new Arena { Free = PagesInArena };
            Arenas++;
        }

        var arena = current;
        if (--arena.Free == 0)
        {
            parked[0].Insert(0, arena);
            current = null;
        }

        return new Page(arena, words);
    }

    private Arena? Pick()
    {
        var list = parked.Skip(1).FirstOrDefault(l => l.Count > 0);
        var arena = list?[0];
        list?.RemoveAt(0);
        return arena;
    }

    private void Rehash()
    {
        var before = parked.SelectMany(list => list).ToArray();
        foreach (var list in parked)
            list.Clear();
        foreach (var arena in before)
        {
            if (arena.Free == PagesInArena)
                Arenas--;
            else
                parked[arena.Free].Insert(0, arena);
        }
    }
}
