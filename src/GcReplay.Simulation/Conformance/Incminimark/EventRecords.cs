using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>What happened in an operation: collections begun and done, objects freed, shadows that their objects moved into.</summary>
internal sealed class EventRecords(HeapView view, Identities identities, Func<int> phase)
{
    private const ulong Minor = 0;
    private const string FinalizerTrigger = "finalizer-trigger";

    private readonly List<string> events = [];
    private readonly List<long> freed = [];
    private readonly List<long> merged = [];
    private readonly Stack<int?> phases = [];

    /// <summary>Whether a minor collection is under way.</summary>
    public bool IsInMinor => phases.TryPeek(out var before) && before is null;

    public void AfterEvent(in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.CollectionBegin:
                phases.Push(e.A == Minor ? null : phase());
                if (e.A == Minor)
                    events.Add("\"m\"");
                break;
            case EventKind.CollectionEnd when phases.TryPop(out var before) && before is not null:
                events.Add(string.Create(CultureInfo.InvariantCulture, $"[{before},{phase()}]"));
                break;
            case EventKind.Counters when view.Layout.Sites[e.Site].Name == FinalizerTrigger:
                events.Add("\"t\"");
                break;
            case EventKind.Free when (e.C & Shadow.RuntimeFlag) != 0:
                if (identities.OfShadow(e.C) is { } shadow)
                    ((FreeKind)e.D == FreeKind.Kept ? merged : freed).Add(shadow);
                break;
            case EventKind.Free when (FreeKind)e.D == FreeKind.Freed && e.C != 0:
                freed.Add(Identities.Of(e.C));
                break;
            default:
                break;
        }
    }

    /// <summary>The records since the last call. Merged shadows are sorted as text.</summary>
    public (string[] Events, long[] Freed, long[] Merged) Take()
    {
        var taken = (events.ToArray(), freed.ToArray(), merged.OrderBy(Identity.Text, StringComparer.Ordinal).ToArray());
        events.Clear();
        freed.Clear();
        merged.Clear();
        return taken;
    }
}
