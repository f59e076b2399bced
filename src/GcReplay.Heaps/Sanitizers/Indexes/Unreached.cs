using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Objects that no root reached when it was looked last, and that a collector which sweeps may free in any order: what
/// they refer to may be freed already. Invariant: nobody but they refers to them, so they are still garbage.</summary>
/// <remarks>The references of one are excused in a sweeping phase only, and as long as it stays where it was linked. When one is
/// referred to from outside, all are forgotten.</remarks>
internal sealed class Unreached(HeapView view, WordNotes notes, TrackedObjects objects)
{
    private readonly Dictionary<ulong, int> references = [];

    public bool IsKnown { get; private set; }

    /// <summary>How many references from such objects name an address.</summary>
    public int ReferencesTo(ulong target) => IsKnown ? references.GetValueOrDefault(target) : 0;

    /// <summary>Looks through the whole heap.</summary>
    public void Find()
    {
        Forget();
        var census = view.Census();
        var reached = census.Reachable();
        var isExcused = new bool[reached.Length];
        for (var i = 0; i < reached.Length; i++)
        {
            var unit = notes.Peek(census.Objects[i].Address).Unit;
            if (reached[i] || unit <= 0 || objects[unit].Number != census.Objects[i].Number)
                continue;
            isExcused[i] = view.PhaseOf(census.Objects[i]) is { } phase && view.IsSweeping(phase);
            objects[unit].IsUnreached = true;
            objects[unit].IsExcused = isExcused[i];
        }

        foreach (var reference in census.OwnedReferences)
        {
            if (reference.Holder >= 0 && isExcused[reference.Holder])
                references[reference.Target.Value] = references.GetValueOrDefault(reference.Target.Value) + 1;
        }

        IsKnown = true;
    }

    public void Forget()
    {
        if (!IsKnown)
            return;
        references.Clear();
        IsKnown = false;
        for (var unit = 1; unit < objects.End; unit++)
        {
            objects[unit].IsUnreached = false;
            objects[unit].IsExcused = false;
        }
    }

    /// <summary>A holder lost a reference. True when that leaves fewer excused references to its target.</summary>
    public bool Lose(int holder, ulong target)
    {
        if (holder <= 0 || !objects[holder].IsExcused)
            return false;
        references[target]--;
        return true;
    }

    /// <summary>A holder got a reference. False when that reaches one of these objects from outside.</summary>
    public bool Gain(int holder, ulong target)
    {
        if (holder > 0 && objects[holder].IsExcused)
            references[target] = references.GetValueOrDefault(target) + 1;
        var unit = notes.Peek(new Address(target)).Unit;
        return holder > 0 && objects[holder].IsUnreached || unit <= 0 || !objects[unit].IsUnreached;
    }
}
