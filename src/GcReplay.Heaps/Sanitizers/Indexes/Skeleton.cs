using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>The structs of the runtime, their lists and phases: found again only when a word changed that they were found by.</summary>
internal sealed class Skeleton(HeapView view, WordNotes notes)
{
    private readonly Dictionary<ulong, StructLayout> turns = [];
    private readonly Dictionary<ulong, StructLayout> runtimeObjects = [];
    private Dictionary<ulong, ulong?> words = [];
    private Dictionary<ulong, ulong?> phaseWords = [];
    private HashSet<ulong> pages = [];
    private HashSet<ulong> groups = [];
    private ulong[] starts = [];

    public bool IsStale { get; private set; } = true;

    /// <summary>Whether the same structs may be found in another order: one thread took another's turn. Nothing but names depends on it.</summary>
    public bool HasOtherOrder { get; private set; }

    /// <summary>Whether only phases, epochs and who holds which list may be others: structs and lists are where they were.</summary>
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
        var now = view.TryRead(word, out var value) ? value : (ulong?)null;
        if (words.TryGetValue(word.Value, out var known) && known != now)
        {
            if (IsTurn(word, known) && IsTurn(word, now))
            {
                words[word.Value] = now;
                HasOtherOrder = true;
            }
            else
            {
                IsStale = true;
            }
        }

        HasOtherPhases |= phaseWords.TryGetValue(word.Value, out known) && known != now;
    }

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

    /// <summary>A row of a runtime object changed.</summary>
    public void RowChanged() => IsStale = true;

    /// <summary>Finds it again, and remembers by which words.</summary>
    public void Find(RootRanges roots)
    {
        // order: each word on its own.
        Forget(words.Keys.Concat(phaseWords.Keys));
        words = view.PinStructs().Words;
        Structs = [.. view.Instances().Where(i => !i.HasEnded)];
        Lists = [.. view.Lists().Where(l => !l.Holder.HasEnded)];
        phaseWords = view.PinHolders(ReadPhases).Words;
        roots.Set(Structs);
        starts = [.. view.Instances().Select(i => i.Address.Value).Concat(roots.Firsts.Select(f => f.Value)).Order()];
        // order: a set is made of them.
        pages = [.. words.Keys.Concat(phaseWords.Keys).Concat(starts).Select(w => w >> AddressSpace.PageShift)];
        // order: as above.
        groups = [.. pages.Select(PageGroup.Of)];
        FindTurns();
        // order: each word on its own.
        Note(words.Keys.Concat(phaseWords.Keys));
        IsStale = HasOtherPhases = HasOtherOrder = false;
    }

    /// <summary>Reads phases, epochs and holders of lists again; structs and lists are where they were.</summary>
    public void FindPhases()
    {
        // order: each word on its own.
        Forget(phaseWords.Keys.Where(word => !words.ContainsKey(word)));
        phaseWords = view.PinHolders(ReadPhases).Words;
        // order: as above.
        Note(phaseWords.Keys);
        HasOtherPhases = false;
    }

    private void Forget(IEnumerable<ulong> read)
    {
        foreach (var word in read)
        {
            notes.At(new Address(word)).Flags &= ~NoteFlags.Skeleton;
            notes.Tidy(new Address(word));
        }
    }

    private void Note(IEnumerable<ulong> read)
    {
        foreach (var word in read)
            notes.At(new Address(word)).Flags |= NoteFlags.Skeleton;
    }

    /// <summary>Finds the words of the root that say whose turn it is, among structs that are found anyway since the shadow knows them. While there are
    /// collection records, whose order tells which of two holds a list, there are none.</summary>
    private void FindTurns()
    {
        turns.Clear();
        runtimeObjects.Clear();
        if (Structs.Any(s => s.Role == StructRole.CollectionRecord))
            return;
        foreach (var instance in Structs)
        {
            if (view.Shadow.CellAt(instance.Address) is { IsRuntime: true, State: CellState.Live } cell && cell.Start == instance.Address)
                runtimeObjects.TryAdd(instance.Address.Value, instance.Layout);
            foreach (var field in instance.Role == StructRole.Root ? instance.Plan.PointerFields : [])
            {
                if (field is { Width: 64, Meanings: [{ Role: FieldRole.Pointer, When: var when } pointer] } && ReferenceEquals(when, Condition.Always)
                    && view.Target(pointer.Target) is { Role: StructRole.Thread } target)
                    turns.Add((instance.Address + field.Offset).Value, target);
            }
        }
    }

    private bool IsTurn(Address word, ulong? value) =>
        value is { } named && turns.TryGetValue(word.Value, out var target) && runtimeObjects.TryGetValue(named, out var layout) && ReferenceEquals(layout, target);

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
