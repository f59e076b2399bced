using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>Which reference counts may be below the number of owned references: those that changed, or whose number did.</summary>
internal sealed class CountIndex(HeapView view, WordNotes notes, TrackedObjects objects, TypeShape[] shapes)
{
    private readonly List<int> waiting = [];

    public void LookAt(int unit)
    {
        ref var o = ref objects[unit];
        if (o.CountWaits)
            return;
        o.CountWaits = true;
        waiting.Add(unit);
    }

    /// <summary>Whether a reference count may be below the number of references.</summary>
    public bool MayBeTooFew()
    {
        var (kept, low) = (0, false);
        for (var i = 0; i < waiting.Count; i++)
        {
            var unit = waiting[i];
            ref var o = ref objects[unit];
            o.CountWaits = false;
            if (!o.IsLive || shapes[o.TypeId].Plan.ReferenceCount is not { } field)
                continue;
            var isLow = IsLow(o, shapes[o.TypeId], field);
            low |= isLow;
            if (!isLow && shapes[o.TypeId].CountIsPlain)
                continue;
            o.CountWaits = true;
            waiting[kept++] = unit;
        }

        waiting.RemoveRange(kept, waiting.Count - kept);
        return low;
    }

    private bool IsLow(in TrackedObject o, TypeShape shape, Field field)
    {
        var owned = notes.Peek(o.Address).Owned;
        if (owned == 0)
            return false;
        if (shape.CountIsPlain)
        {
            view.TryRead(o.Address + field.Offset, out var word);
            return field.Extract(word, FieldRole.ReferenceCount) < (ulong)owned;
        }

        var count = view.Read(shape.Plan, o.Address, field, view.Shadow.Object(o.Number));
        return count.Role == FieldRole.ReferenceCount && count.Value < (ulong)owned;
    }
}
