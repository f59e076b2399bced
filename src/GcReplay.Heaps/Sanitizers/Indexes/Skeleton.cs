using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>The structs of the runtime, their lists and phases: found again only when a word changed that they were found by.</summary>
internal sealed class Skeleton(HeapView view, WordNotes notes)
{
    private Dictionary<ulong, ulong?> words = [];
    private Dictionary<ulong, ulong?> phaseWords = [];
    private HashSet<ulong> pages = [];
    private HashSet<ulong> groups = [];
    private ulong[] starts = [];

    /// <summary>Counts how often it was found again: what depends on phases and lists may mean something else then.</summary>
    public long Version { get; private set; }

    public bool IsStale { get; set; } = true;

    /// <summary>Whether only phases and epochs may be others: structs and lists are where they were.</summary>
    public bool HasOtherPhases { get; private set; }

    /// <summary>The structs that have not ended.</summary>
    public IReadOnlyList<StructInstance> Structs { get; private set; } = [];

    /// <summary>The lists that have not ended.</summary>
    public IReadOnlyList<ListInstance> Lists { get; private set; } = [];

    /// <summary>Whether every prev word is a link at present.</summary>
    public bool PrevIsValid { get; private set; }

    /// <summary>Phase of the struct that speaks for the whole heap; null when there is none.</summary>
    public int? WholePhase { get; private set; }

    /// <summary>Whether that is the phase of every object: no list has one of its own.</summary>
    public bool KnowsPhase { get; } = view.Families.Length == 0;

    public bool IsMarking { get; private set; }

    public bool IsSweeping { get; private set; }

    public void WordChanged(Address word)
    {
        if (Differs(words, word))
            IsStale = true;
        else if (Differs(phaseWords, word))
            HasOtherPhases = true;
    }

    private bool Differs(Dictionary<ulong, ulong?> read, Address word) =>
        read.TryGetValue(word.Value, out var known) && known != (view.TryRead(word, out var now) ? now : null);

    public void CellChanged(Cell cell)
    {
        var at = Array.BinarySearch(starts, cell.Start.Value);
        at = at < 0 ? ~at : at;
        if (cell.IsRuntime || at < starts.Length && (starts[at] == cell.Start.Value || starts[at] < cell.End.Value))
            IsStale = true;
    }

    /// <summary>Whether it depends on a page of a group.</summary>
    public bool Touches(ulong group) => groups.Contains(group);

    public void PageFlipped(ulong page) => IsStale |= pages.Contains(page);

    /// <summary>Finds it again, and remembers by which words.</summary>
    public void Find(RootRanges roots)
    {
        // order: each word on its own.
        foreach (var word in words.Keys.Concat(phaseWords.Keys))
        {
            notes.At(new Address(word)).Flags &= ~NoteFlags.Skeleton;
            notes.Tidy(new Address(word));
        }

        words = view.PinSkeleton(Read).Words;
        FindPhases();
        roots.Set(Structs);
        starts = [.. view.Instances().Select(i => i.Address.Value).Concat(roots.Firsts.Select(f => f.Value)).Order()];
        // order: a set is made of them.
        pages = [.. words.Keys.Concat(phaseWords.Keys).Concat(starts).Select(w => w >> AddressSpace.PageShift)];
        // order: as above.
        groups = [.. pages.Select(PageGroup.Of)];
        // order: each word on its own.
        foreach (var word in words.Keys.Concat(phaseWords.Keys))
            notes.At(new Address(word)).Flags |= NoteFlags.Skeleton;
        IsStale = false;
    }

    /// <summary>Reads phases and epochs again; they lie where they did.</summary>
    public void FindPhases()
    {
        phaseWords = KnowsPhase ? view.LogReads(ReadPhases).Words : [];
        Version++;
        HasOtherPhases = false;
    }

    private void Read()
    {
        Structs = [.. view.Instances().Where(i => !i.HasEnded)];
        Lists = [.. view.Lists().Where(l => !l.Holder.HasEnded)];
        // Where lists have phases of their own, what the words of lists mean depends on them.
        if (!KnowsPhase)
            ReadPhases();
    }

    private void ReadPhases()
    {
        var phases = Structs.Select(view.PhaseOf).OfType<int>().ToList();
        WholePhase = view.WholePhase;
        IsMarking = phases.Any(view.IsMarking);
        IsSweeping = phases.Any(view.IsSweeping);
        PrevIsValid = true;
        foreach (var list in Lists)
            PrevIsValid &= list.Container.PrevOffset < 0 || list.PrevIsValid;
        foreach (var epoch in view.Layout.Colours.Select(r => r.When.Epoch).Where(e => e.Length > 0))
        {
            foreach (var instance in Structs)
                view.Read(instance, epoch);
        }
    }
}
