using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>Watches a run of <c>cpython39</c> and holds its words against what reference counting and reachability promise. Knows nothing
/// of how the collector works but its kinds: it reads words through the layout.</summary>
public sealed class HeapWatch(bool usesSanitizers) : IRunObserver
{
    private readonly HashSet<ulong> untracked = [];
    private readonly HashSet<ulong> leaked = [];
    private HeapView view = null!;
    private SanitizerRun? sanitizers;
    private readonly Dictionary<ulong, long> fullCollections = [];
    private long scripts;
    private long checkedScripts;
    private long operations;

    /// <summary>A full collection of main ended here in which no script ran and nothing died: what is garbage now was garbage when it looked.
    /// A death may make garbage of what an opaque object held.</summary>
    private long quietCollectionEnd;

    /// <summary>Address of a tuple for weak references that is allocated and not tracked yet; 0 for none.</summary>
    private ulong unlinkedTuple;

    /// <summary>What was wrong first; null as long as all is well.</summary>
    public string? Complaint { get; private set; }

    /// <summary>A collection ran while the tuple of several weak references was allocated: upstream walks the list of weak references with a
    /// pointer from before, and may crash (seen on the real 3.9, 3.10 and 3.11). The run was stopped.</summary>
    public bool CollectedBeforeClearing { get; private set; }

    /// <summary>An interpreter ended while a thread was in it, which only a thread that a finalizer spawns then can be. What it does
    /// afterwards is undefined: the run was stopped.</summary>
    public bool ThreadOutlivedInterpreter { get; private set; }

    /// <summary>How often garbage was looked for.</summary>
    public int GarbageChecks { get; private set; }

    /// <summary>Program objects that died.</summary>
    public int Deaths { get; private set; }

    public void Start(AddressSpace space, Shadow shadow, Layout layout)
    {
        view = new HeapView(space, shadow, layout);
        sanitizers = usesSanitizers ? new SanitizerRun(view) : null;
    }

    public bool AfterEvent(long number, in Event e)
    {
        Follow(number, e);
        var ended = e.B;
        if (sanitizers?.After(number, e) is [var violation, ..])
            Complain(number, violation.Message);
        switch (e.Kind)
        {
            case EventKind.Free when e.C != 0 && (e.C & Shadow.RuntimeFlag) == 0 && e.D != (ulong)FreeKind.Released:
                Deaths++;
                Check(number, NobodyOwns(e.C));
                break;
            case EventKind.PhaseBegin when view.Layout.Phases[(int)e.A] == "delete_garbage":
                Check(number, NoneIsReachable(new Address(e.B)));
                break;
            case EventKind.OperationEnd when view.IsIdle():
                // Every operation in which a script ran, and some of the others: each check looks at the whole heap.
                if (scripts != checkedScripts || ++operations % 4 == 0)
                {
                    Check(number, CountsAreExact());
                    Check(number, IsTrackedAsItShould());
                    Check(number, NoCounterIsNegative());
                }

                checkedScripts = scripts;
                if (number == quietCollectionEnd + 1)
                {
                    GarbageChecks++;
                    Check(number, NoGarbageIsLeft());
                }

                break;
            case EventKind.InterpreterEnd:
                var present = e.Thread;
                ThreadOutlivedInterpreter = view.Instances("PyThreadState").Any(thread =>
                    !thread.HasEnded && view.Read(thread, "interp")!.Value.Value == ended && view.Read(thread, "id")!.Value.Value != (ulong)present);
                break;
            default:
                break;
        }

        return Complaint is null && !ThreadOutlivedInterpreter && !CollectedBeforeClearing;
    }

    private void Check(long number, string? complaint)
    {
        if (complaint is not null)
            Complain(number, complaint);
    }

    private void Complain(long number, string complaint) => Complaint ??= $"after event {number}: {complaint}";

    private void Follow(long number, in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.CollectionBegin:
                if (e is { A: 2, B: 0 })
                    fullCollections[(ulong)number] = scripts + Deaths;
                CollectedBeforeClearing |= unlinkedTuple != 0;
                break;
            case EventKind.ScriptBegin:
                scripts++;
                break;
            case EventKind.CollectionEnd when fullCollections.TryGetValue(e.A, out var before) && before == scripts + Deaths:
                quietCollectionEnd = number;
                break;
            case EventKind.Allocate when view.Object(e.C) is { Name: "(weakrefs)" } tuple:
                unlinkedTuple = tuple.Address.Value;
                break;
            case EventKind.Link:
                if (e.B == unlinkedTuple)
                    unlinkedTuple = 0;
                untracked.Remove(NumberAt(e.B));
                break;
            case EventKind.Unlink when view.Layout.Sites[e.Site].Name is "untrack-by-program" or "untrack-at-end":
                untracked.Add(NumberAt(e.A));
                if (view.Layout is { Revision: "gh-92036" } layout && layout.Sites[e.Site].Name == "untrack-at-end")
                    leaked.Add(NumberAt(e.A));
                break;
            default:
                break;
        }
    }

    private ulong NumberAt(ulong address) => view.Shadow.OccupantAt(new Address(address))?.Number ?? 0;

    private string? NobodyOwns(ulong number)
    {
        var dead = view.Object(number)!;
        var holder = view.ReferrersOf(dead.Address).FirstOrDefault(reference => reference.IsOwned);
        return holder.Place is null ? null : $"{dead} was freed, and {holder.Name} of {holder.Holder?.ToString() ?? holder.Struct} holds it";
    }

    private string? NoneIsReachable(Address record)
    {
        var final = view.Lists().First(list => list.Container.Name == "final_unreachable" && list.Holder.Address == record);
        var census = view.Census();
        var reached = census.Reachable();
        var alive = final.Walk().Members.FirstOrDefault(member => reached[census.IndexOf(member)]);
        return alive.IsNull ? null : $"{view.ObjectAt(alive)} is reachable, and is to be cleared as garbage";
    }

    private string? CountsAreExact()
    {
        var census = view.Census();
        for (var i = 0; i < census.Objects.Count; i++)
        {
            var entry = census.Objects[i];
            var count = Word(entry.Address);
            var expected = (ulong)census.OwnedReferencesTo(i) + (leaked.Contains(entry.Number) ? 1UL : 0);
            if (count != expected)
                return $"{view.ObjectAt(entry.Address)} has reference count {count}, and {expected} references hold it";
        }

        return null;
    }

    private string? IsTrackedAsItShould()
    {
        foreach (var live in view.LiveObjects())
        {
            var kind = KindOf(live);
            if (kind == "leaf" || Word(live.Address - 16) != 0 || untracked.Contains(live.Number))
                continue;
            if (kind is not ("tuple" or "dict"))
                return $"{live} is not tracked, and nobody untracked it";
            if (live.References.FirstOrDefault(reference => reference.IsOwned && MayBeTracked(reference.Target)) is { Place: not null } content)
                return $"{live} is not tracked, and its {content.Name} may be part of a cycle";
        }

        return null;
    }

    private string? NoCounterIsNegative()
    {
        foreach (var interpreter in view.Instances().Where(instance => !instance.HasEnded))
        {
            for (var generation = 0; generation < 3; generation++)
            {
                if (view.Read(interpreter, $"count{generation}") is { Value: > int.MaxValue } count)
                    return $"count{generation} of {interpreter.Name} is {count.Value}";
            }
        }

        return null;
    }

    private string? NoGarbageIsLeft()
    {
        var census = view.Census();
        var reached = census.Reachable();
        var excused = new bool[census.Objects.Count];
        var targets = census.OwnedReferences.ToLookup(reference => reference.Holder, reference => census.IndexOf(reference.Target));
        var open = new Stack<int>(Enumerable.Range(0, excused.Length).Where(i => !reached[i] && IsExcused(i)));
        while (open.TryPop(out var i))
        {
            if (excused[i])
                continue;
            excused[i] = true;
            foreach (var target in targets[i].Where(target => target >= 0))
                open.Push(target);
        }

        for (var i = 0; i < excused.Length; i++)
        {
            if (!reached[i] && !excused[i])
                return $"{view.ObjectAt(census.Objects[i].Address)} can not be reached, and a full collection left it alive";
        }

        return null;

        bool IsExcused(int index)
        {
            var live = view.ObjectAt(census.Objects[index].Address)!;
            var kind = KindOf(live);
            if (kind is "leaf" or "opaque")
                return true;
            if (kind is "noclear" or "tuple" && IsOnCycleWithoutClear(index))
                return true;
            if (Word(live.Address - 16) == 0)
                return untracked.Contains(live.Number);
            // Frozen, of another interpreter, or of one that ended.
            return live.List is not { Holder: { HasEnded: false, Interpreter: null or 0 } } list || !list.Container.Name.StartsWith("generation", StringComparison.Ordinal);
        }

        bool IsOnCycleWithoutClear(int start)
        {
            var seen = new HashSet<int>();
            var next = new Stack<int>([start]);
            while (next.TryPop(out var i))
            {
                foreach (var target in targets[i].Where(target => target >= 0 && KindOf(view.ObjectAt(census.Objects[target].Address)!) is "noclear" or "tuple"))
                {
                    if (target == start)
                        return true;
                    if (seen.Add(target))
                        next.Push(target);
                }
            }

            return false;
        }
    }

    private bool MayBeTracked(Address reference) =>
        view.ObjectAt(reference) is { } target && KindOf(target) is var kind && kind != "leaf" && (kind != "tuple" || Word(reference - 16) != 0);

    /// <summary>Generated programs declare no types: a type's name is its kind's.</summary>
    private static string KindOf(ObjectView live) => live.Type.Name;

    private ulong Word(Address address) => view.TryRead(address, out var word) ? word : 0;
}
