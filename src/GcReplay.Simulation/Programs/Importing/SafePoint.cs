namespace GcReplay.Simulation.Programs.Importing;

/// <param name="Target">The object it holds from now on, or none.</param>
internal readonly record struct SlotChange(int Slot, int Target);

internal readonly record struct RootChange(int Subject, int Count);

/// <summary>What differs between a safe point and the one before: the recording's slot and root lines in a row, without those that
/// change nothing.</summary>
/// <param name="Line">Index of its first line.</param>
/// <param name="End">Index of the line after its last.</param>
internal sealed record SafePoint(int Line, int End, List<SlotChange> Slots, List<RootChange> Roots)
{
    public static SafePoint Read(Recording recording, RecordedHeap heap, int line)
    {
        var slots = new List<SlotChange>();
        var roots = new List<RootChange>();
        var places = new Dictionary<int, int>();
        var end = line;
        for (; end < recording.Lines.Count && IsPart(recording.Lines[end].Kind); end++)
        {
            var part = recording.Lines[end];
            if (part.Kind == RecordedKind.Roots)
            {
                roots.Add(new RootChange(part.Subject, part.Slot));
                continue;
            }
            if (!heap.HasSlot(part.Subject, part.Slot))
                continue;
            var slot = heap.SlotAt(part.Subject, part.Slot);
            var change = new SlotChange(slot, part.Kind == RecordedKind.Slot ? part.Target : RecordedHeap.None);
            if (places.TryAdd(slot, slots.Count))
                slots.Add(change);
            else
                slots[places[slot]] = change;
        }
        slots.RemoveAll(change => heap.Target(change.Slot) == change.Target);
        return new SafePoint(line, end, slots, roots);
    }

    private static bool IsPart(RecordedKind kind) => kind is RecordedKind.Slot or RecordedKind.Empty or RecordedKind.Roots;
}
