using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Holds each death of a run against plain reachability, from roots, prebuilt objects and the queues of objects with finalizers,
/// and after each full collection what lives.</summary>
internal sealed class IncminimarkWatch : IRunObserver
{
    private static readonly ImmutableArray<string> Queues =
        ["probably_young_objects_with_finalizers", "old_objects_with_finalizers", "run_finalizers"];

    private readonly SortedSet<ulong> reachable = [];
    private ImmutableArray<OperationText> operations;
    private HeapView view = null!;
    private bool isFull;

    /// <summary>What was wrong first; null as long as all is well.</summary>
    public string? Complaint { get; private set; }

    public int Deaths { get; private set; }

    public int Moves { get; private set; }

    public int FullCollections { get; private set; }

    /// <param name="run">The run that will be executed.</param>
    public void Follow(PreparedRun run) => operations = run.Header.Operations;

    public void Start(AddressSpace space, Shadow shadow, Layout layout) => view = new HeapView(space, shadow, layout);

    public bool AfterEvent(long number, in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.OperationBegin:
                isFull = operations[(int)e.A].Text is "collect" or "collect full";
                break;
            case EventKind.CollectionBegin:
                FindReachable();
                break;
            case EventKind.Move:
                Moves++;
                break;
            case EventKind.Free when e.C is not 0 and < Shadow.RuntimeFlag && e.D == (ulong)FreeKind.Freed:
                Deaths++;
                if (reachable.Contains(e.C))
                    Complaint ??= $"after event {number}: #{ObjectNumber.Text(e.C)} was freed and could be reached when the collection began";
                break;
            case EventKind.OperationEnd when isFull:
                FullCollections++;
                FindReachable();
                Complaint ??= Survivors(number);
                break;
            default:
                break;
        }

        return Complaint is null;
    }

    private void FindReachable()
    {
        reachable.Clear();
        var census = view.Census();
        var targets = census.OwnedReferences.ToLookup(reference => reference.Holder, reference => reference.Target);
        var open = new Stack<Address>(targets[-1].Concat(Queued()).Concat(census.Objects.Where(o => ObjectNumber.Head(o.Number) == 0).Select(o => o.Address)));
        while (open.TryPop(out var address))
        {
            var index = census.IndexOf(address);
            if (index < 0)
            {
                Complaint ??= $"{address} is referred to, and there is no living object";
                return;
            }

            if (!reachable.Add(census.Objects[index].Number))
                continue;
            foreach (var target in targets[index])
                open.Push(target);
        }
    }

    private IEnumerable<Address> Queued()
    {
        var collector = view.Instances("IncrementalMiniMarkGC").Single();
        return collector.Layout.Containers.Where(c => Queues.Contains(c.Name))
            .SelectMany(c => ContainerView.Of(view, collector.Layout, collector.Address, c).Members());
    }

    private string? Survivors(long number)
    {
        var left = view.LiveObjects().Where(o => !o.IsRuntime && !reachable.Contains(o.Number)).Select(o => o.Number).Order().FirstOrDefault();
        return left == 0 ? null : $"after event {number}: #{ObjectNumber.Text(left)} can not be reached, and lives after a full collection";
    }
}
