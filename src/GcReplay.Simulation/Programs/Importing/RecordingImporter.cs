using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs.Importing;

/// <summary>Turns a recording of a real process into a heap program that makes, links and ends the same objects.</summary>
/// <remarks>
/// Invariants between two lines: the slots of the program's objects are those the recording shows; an object has a global when the
/// recording counts roots of it, when no slot holds it, or when the program will need it (or what it reaches) and could not get at it
/// otherwise. README.md says why. Cost: linear in the lines, plus a walk over the living objects at each safe point.
/// </remarks>
public sealed class RecordingImporter
{
    private readonly Recording recording;
    private readonly RecordedHeap heap;
    private readonly Reach reach;
    private readonly Holds holds;
    private readonly int[] lastUses;
    private readonly int[] births;
    private readonly int[] deaths;
    private readonly int[] reachableUntil;

    /// <summary>Objects whose global stays after the safe point or death at hand.</summary>
    private readonly bool[] stays;

    /// <summary>Objects with a global only because something is still to happen to them or what they reach; by the last such line.</summary>
    private readonly PriorityQueue<int, int> kept = new();
    private readonly int[] keptUntil;
    private readonly bool[] wasKept;

    /// <summary>Objects that got a global for the safe point or death at hand.</summary>
    private readonly List<int> acquired = [];

    private RecordingImporter(Recording recording)
    {
        this.recording = recording;
        var objects = recording.TypeOf.Count;
        heap = new RecordedHeap(recording);
        reach = new Reach(heap, objects);
        holds = new Holds(objects, linesBefore: recording.Types.Count + 2);
        lastUses = LastUses.Of(recording);
        births = new int[objects];
        deaths = new int[objects];
        reachableUntil = new int[objects];
        stays = new bool[objects];
        keptUntil = new int[objects];
        wasKept = new bool[objects];
    }

    /// <param name="name">The recording's file name, for errors and for the program's name.</param>
    /// <exception cref="GcReplayException">A line is malformed or impossible: <c>FILE:LINE: expected …, found …</c>.</exception>
    public static ImportedProgram Import(string name, TextReader ops) => new RecordingImporter(Recording.Read(name, ops)).Import(name);

    private ImportedProgram Import(string name)
    {
        for (var line = 0; line < recording.Lines.Count;)
            line = Follow(line);
        for (var one = 0; one < births.Length; one++)
        {
            if (deaths[one] > 0)
                reachableUntil[one] = deaths[one] - 1;
            else if (stays[one])
                reachableUntil[one] = holds.Count;
        }
        return new ImportedProgram(
            Program(name),
            [.. births.Select((birth, one) => new ImportedObject(one + 1, birth, reachableUntil[one], deaths[one]))],
            wasKept.Count(isTrue => isTrue));
    }

    private HeapProgram Program(string name) => new()
    {
        Name = name.EndsWith(".gz", StringComparison.Ordinal) ? Path.ChangeExtension(name[..^3], "heap") : Path.ChangeExtension(name, "heap"),
        Types = [.. ObjectKinds.Types, .. recording.Types.Select((type, i) => new TypeDeclaration(TypeName(type), ObjectKinds.Plain, i + 1))],
        Globals = [],
        GlobalCount = holds.GlobalCount,
        Interpreters = [ProgramNames.Main],
        Threads = [new Block(ProgramNames.Main, holds.Statements, recording.Types.Count + 2)],
    };

    /// <summary>A kind's name is a type already, and not always one with slots.</summary>
    private static string TypeName(string recorded) => ObjectKinds.All.Contains(recorded) ? $"{recorded} (recorded)" : recorded;

    /// <summary>Writes what a line says; returns the index of the line after.</summary>
    private int Follow(int line)
    {
        var (kind, subject, _, _) = recording.Lines[line];
        switch (kind)
        {
            case RecordedKind.Born:
                Birth(subject);
                return line + 1;
            case RecordedKind.Died:
                Death(subject, line);
                LetGo(line);
                return line + 1;
            case RecordedKind.Collection:
                return line + 1;
            default:
                var safePoint = SafePoint.Read(recording, heap, line);
                Change(safePoint);
                LetGo(line);
                return safePoint.End;
        }
    }

    private void Birth(int one)
    {
        heap.Bear(one);
        holds.New(one, ObjectKinds.Types.Length + recording.TypeOf[one], recording.Slots[one]);
        stays[one] = true;
        births[one] = holds.Count;
    }

    /// <summary>Empties the slots that hold the object, and drops the last reference to it.</summary>
    private void Death(int one, int line)
    {
        var holders = heap.HoldersOf(one);
        Acquire(one);
        foreach (var slot in holders)
            Acquire(heap.Owner(slot));
        foreach (var target in heap.TargetsOf(one).ToList())
            Rescue(target, one, line);
        foreach (var slot in holders)
            holds.Clear(heap.Owner(slot), heap.IndexOf(slot));
        heap.Remove(one);
        stays[one] = true;
        DropAcquired();
        stays[one] = false;
        holds.Drop(one);
        deaths[one] = holds.Count;
    }

    /// <summary>Gives a global to an object that would die with its holder, or that the program could not reach any more.</summary>
    private void Rescue(int one, int dying, int line)
    {
        if (one == dying || stays[one])
            return;
        var isHeldElsewhere = heap.HoldersOf(one).Exists(slot => heap.Owner(slot) != dying);
        if (isHeldElsewhere)
        {
            if (reach.PathTo(one, held => stays[held], without: dying) is not null || LastUseFrom(one, without: dying) is var last && last <= line)
                return;
            Keep(one, last);
        }
        Acquire(one);
        stays[one] = true;
    }

    /// <summary>When something is last to happen to an object or to what it reaches.</summary>
    private int LastUseFrom(int one, int without = RecordedHeap.None)
    {
        var last = RecordedHeap.None;
        var seen = new HashSet<int> { without };
        reach.Forward(one, seen.Contains, found =>
        {
            seen.Add(found);
            last = Math.Max(last, lastUses[found]);
        });
        return last;
    }

    private void Change(SafePoint safePoint)
    {
        var start = holds.Count;
        foreach (var (slot, target) in safePoint.Slots)
        {
            Acquire(heap.Owner(slot));
            if (target != RecordedHeap.None)
                Acquire(target);
        }
        foreach (var (subject, count) in safePoint.Roots.Where(root => root.Count > 0))
            Acquire(subject);

        // Who is to be held afterwards is seen in the heap as it will be; the way to it leads through the heap as it is.
        var before = safePoint.Slots.ConvertAll(change => new SlotChange(change.Slot, heap.Target(change.Slot)));
        Fill(safePoint.Slots);
        safePoint.Roots.ForEach(root => heap.SetRoots(root.Subject, root.Count));
        var staying = Staying(safePoint.Line, out var reached);
        Fill(before);
        staying.ForEach(Acquire);

        foreach (var (slot, _) in before.Where(change => change.Target != RecordedHeap.None))
            holds.Clear(heap.Owner(slot), heap.IndexOf(slot));
        foreach (var (slot, target) in safePoint.Slots.Where(change => change.Target != RecordedHeap.None))
            holds.Store(heap.Owner(slot), heap.IndexOf(slot), target);
        Fill(safePoint.Slots);

        Array.Clear(stays);
        staying.ForEach(one => stays[one] = true);
        acquired.Clear();
        acquired.AddRange(Enumerable.Range(0, heap.Born).Where(holds.Has));
        DropAcquired();
        NoteReached(reached, start);
    }

    private void Fill(List<SlotChange> changes) => changes.ForEach(change => heap.Fill(change.Slot, change.Target));

    /// <summary>The objects that have a global after a safe point, and what they reach.</summary>
    private List<int> Staying(int line, out bool[] reached)
    {
        var living = Enumerable.Range(0, heap.Born).Where(heap.IsAlive).ToList();
        var staying = living.FindAll(heap.NeedsGlobal);
        var seen = new bool[births.Length];
        staying.ForEach(one => reach.Forward(one, found => seen[found], found => seen[found] = true));
        kept.Clear();
        Array.Clear(keptUntil);
        var order = reach.FinishOrder(living.Where(one => !seen[one] && lastUses[one] > line), one => seen[one]);
        foreach (var one in order.AsEnumerable().Reverse().Where(one => !seen[one]))
        {
            var last = RecordedHeap.None;
            reach.Forward(one, found => seen[found], found =>
            {
                seen[found] = true;
                last = Math.Max(last, lastUses[found]);
            });
            Check.That(last > line, $"object {one + 1} is kept for nothing");
            Keep(one, last);
            staying.Add(one);
        }
        reached = seen;
        return staying;
    }

    private void Keep(int one, int until)
    {
        kept.Enqueue(one, until);
        keptUntil[one] = until;
        wasKept[one] = true;
    }

    /// <summary>Drops what was kept for this line.</summary>
    private void LetGo(int line)
    {
        while (kept.TryPeek(out var one, out var until) && until <= line)
        {
            kept.Dequeue();
            if (keptUntil[one] != until || !heap.IsAlive(one) || heap.NeedsGlobal(one))
                continue;
            // What another object reached as well when this one was kept may by now be reached from here alone.
            if (LastUseFrom(one) is var last && last > line)
            {
                Keep(one, last);
                continue;
            }
            stays[one] = false;
            holds.Drop(one);
        }
    }

    private void NoteReached(bool[] reached, int start)
    {
        for (var one = 0; one < heap.Born; one++)
        {
            if (reached[one])
                reachableUntil[one] = holds.Count;
            else if (reachableUntil[one] == 0)
                reachableUntil[one] = start;
        }
    }

    /// <summary>Loads a reference to an object along recorded slots, from the nearest that is held.</summary>
    private void Acquire(int one)
    {
        var path = reach.PathTo(one, holds.Has);
        Check.That(path is not null, $"the program has no way to object {one + 1}");
        foreach (var slot in path)
        {
            holds.Load(heap.Owner(slot), heap.IndexOf(slot), heap.Target(slot));
            acquired.Add(heap.Target(slot));
        }
    }

    private void DropAcquired()
    {
        foreach (var one in acquired.Where(one => !stays[one]))
            holds.Drop(one);
        acquired.Clear();
    }
}
