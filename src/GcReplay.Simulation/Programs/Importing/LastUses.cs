namespace GcReplay.Simulation.Programs.Importing;

/// <summary>Until when something is still to happen to an object, so that the program must be able to reach it.</summary>
internal static class LastUses
{
    /// <summary>By object, the index of the last line that changes one of its slots, puts it into a slot, counts roots of it, or ends
    /// an object that it holds; -1 when there is none.</summary>
    public static int[] Of(Recording recording)
    {
        var uses = new int[recording.Slots.Count];
        Array.Fill(uses, RecordedHeap.None);
        var heap = new RecordedHeap(recording);
        for (var line = 0; line < recording.Lines.Count; line++)
        {
            var (kind, subject, _, _) = recording.Lines[line];
            switch (kind)
            {
                case RecordedKind.Born:
                    heap.Bear(subject);
                    break;
                case RecordedKind.Died:
                    foreach (var slot in heap.HoldersOf(subject))
                        uses[heap.Owner(slot)] = line;
                    heap.Remove(subject);
                    break;
                case RecordedKind.Collection:
                    break;
                default:
                    var safePoint = SafePoint.Read(recording, heap, line);
                    Use(uses, heap, safePoint);
                    line = safePoint.End - 1;
                    break;
            }
        }
        return uses;
    }

    private static void Use(int[] uses, RecordedHeap heap, SafePoint safePoint)
    {
        foreach (var (slot, target) in safePoint.Slots)
        {
            uses[heap.Owner(slot)] = safePoint.Line;
            if (target != RecordedHeap.None)
                uses[target] = safePoint.Line;
            heap.Fill(slot, target);
        }
        foreach (var (subject, count) in safePoint.Roots)
        {
            if (count > 0)
                uses[subject] = safePoint.Line;
            heap.SetRoots(subject, count);
        }
    }
}
