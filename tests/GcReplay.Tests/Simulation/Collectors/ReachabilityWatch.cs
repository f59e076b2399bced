using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>Watches a run of a collector that traces and stops the program for it, and holds each death against plain reachability. Knows
/// nothing of the collector: it reads words through the layout.</summary>
/// <param name="fullGeneration">The number of a collection that must leave no garbage.</param>
internal sealed class ReachabilityWatch(ulong fullGeneration) : IRunObserver
{
    private readonly SortedSet<ulong> reachable = [];
    private HeapView view = null!;
    private bool isFull;

    /// <summary>What was wrong first; null as long as all is well.</summary>
    public string? Complaint { get; private set; }

    public int Deaths { get; private set; }

    public int Moves { get; private set; }

    /// <summary>Collections that must leave no garbage.</summary>
    public int FullCollections { get; private set; }

    public void Start(AddressSpace space, Shadow shadow, Layout layout) => view = new HeapView(space, shadow, layout);

    public bool AfterEvent(long number, in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.CollectionBegin:
                isFull = e.A == fullGeneration;
                FindReachable();
                break;
            case EventKind.Move:
                Moves++;
                break;
            case EventKind.Free when e.C is not 0 and < Shadow.RuntimeFlag && e.D == (ulong)FreeKind.Freed:
                Deaths++;
                if (reachable.Contains(e.C))
                    Complaint ??= $"after event {number}: #{e.C} was freed and could be reached when the collection began";
                break;
            case EventKind.CollectionEnd:
                FullCollections += isFull ? 1 : 0;
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
        var reached = census.Reachable();
        for (var i = 0; i < reached.Length; i++)
        {
            if (reached[i])
                reachable.Add(census.Objects[i].Number);
        }
    }

    private string? Survivors(long number)
    {
        var living = view.LiveObjects().Where(o => !o.IsRuntime).Select(o => o.Number).ToHashSet();
        if (reachable.FirstOrDefault(one => !living.Contains(one)) is var lost and not 0)
            return $"after event {number}: #{lost} could be reached when the collection began, and does not live";
        if (isFull && living.Order().FirstOrDefault(one => !reachable.Contains(one)) is var left and not 0)
            return $"after event {number}: #{left} could not be reached when the collection began, and lives";
        return null;
    }
}
