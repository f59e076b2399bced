using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Which owned references may name freed or unmapped memory, and which of them are excused: without reference counts, in a
/// sweeping phase, those of garbage.</summary>
internal sealed class DanglingIndex(HeapView view, WordNotes notes, TrackedObjects objects)
{
    private readonly List<ulong> dangling = [];
    private readonly List<ulong> excused = [];
    private readonly Unreached unreached = new(view, notes, objects);

    /// <summary>The memory at an address that is named was freed or unmapped.</summary>
    public void Gone(Address target) => dangling.Add(target.Value);

    /// <summary>An owned reference more names an address.</summary>
    public void Named(Address target)
    {
        if (IsGone(target))
            Gone(target);
    }

    /// <summary>A word that holds an owned reference has another value now.</summary>
    /// <param name="holder">The object that it lies in; <see cref="Note.Root"/> for a root.</param>
    public void SlotChanged(int holder, ulong before, ulong target)
    {
        if (!unreached.IsKnown)
            return;
        if (before != 0 && unreached.Lose(holder, before))
            Named(new Address(before));
        if (target != 0 && !unreached.Gain(holder, target))
            ForgetUnreached();
    }

    /// <summary>Whether an owned reference may name freed or unmapped memory without an excuse.</summary>
    public bool MayDangle(Skeleton skeleton)
    {
        if (!skeleton.IsSweeping)
            ForgetUnreached();
        if (!AnyDangles())
            return false;
        if (!skeleton.IsSweeping || view.CountsReferences)
            return true;
        ForgetUnreached();
        unreached.Find();
        return AnyDangles();
    }

    /// <summary>Whether an owned reference, excused or not, may name freed or unmapped memory of a kind.</summary>
    /// <remarks>Cost: what dangles. Unlike <see cref="MayDangle"/> it stays cheap in a heap that is corrupt already, where something dangles for ever.</remarks>
    public bool MayName(Predicate<Address> isMeant)
    {
        if (dangling.Count > 0)
            AnyDangles();
        return Contains(dangling, isMeant) || Contains(excused, isMeant);
    }

    /// <summary>An excused object moved to another list: what excused its references may not hold there.</summary>
    /// <param name="targets">What they name.</param>
    public void Relinked(int unit, IEnumerable<ulong> targets)
    {
        foreach (var target in targets)
        {
            unreached.Lose(unit, target);
            dangling.Add(target);
        }

        objects[unit].IsExcused = false;
    }

    /// <summary>Finds out which objects are garbage, unless that is known: in a sweeping phase those are excused.</summary>
    public void KnowGarbage()
    {
        if (!unreached.IsKnown)
            unreached.Find();
    }

    /// <summary>What was garbage may be kept now.</summary>
    public void ForgetUnreached()
    {
        unreached.Forget();
        dangling.AddRange(excused);
        excused.Clear();
    }

    private static bool Contains(List<ulong> targets, Predicate<Address> isMeant) => targets.Exists(target => isMeant(new Address(target)));

    private bool IsGone(Address address) => !view.Space.TryPeek(address, out _, out var isFreed) || isFreed;

    /// <summary>Drops from the list what is named no more or not gone, and sets apart what is excused.</summary>
    private bool AnyDangles()
    {
        var kept = 0;
        for (var i = 0; i < dangling.Count; i++)
        {
            var address = new Address(dangling[i]);
            var count = notes.Peek(address).Owned;
            if (count == 0 || !IsGone(address))
                continue;
            if (count <= unreached.ReferencesTo(dangling[i]))
                excused.Add(dangling[i]);
            else
                dangling[kept++] = dangling[i];
        }

        dangling.RemoveRange(kept, dangling.Count - kept);
        return kept > 0;
    }
}
