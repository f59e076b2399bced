using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Finds where the visit of a root is missing: between those of the roots beside it, the last time that roots were visited.</summary>
internal sealed class RootGap(Witness witness)
{
    /// <summary>Kinds of event that begin something else than what follows from a visit.</summary>
    private static readonly EventKind[] Beginnings =
    [
        EventKind.Visit, EventKind.Pop, EventKind.Scan, EventKind.Mark, EventKind.PhaseBegin, EventKind.PhaseEnd, EventKind.CollectionEnd, EventKind.Splice,
        EventKind.Sweep, EventKind.OperationEnd, EventKind.CollectionBegin,
    ];

    public Verdict NotVisited(Edge edge, long from, long to)
    {
        var visits = witness.AllOf(from, to, EventKind.Visit).Where(n => witness.Event(n).Event.A == 0).ToList();
        var at = visits.Count == 0 ? Nowhere(from, to) : Gap(edge, visits, from, to);
        if (at == 0)
            at = Math.Max(from, 1);
        return new Verdict(
            at, $"{witness.What(at)}: the collector goes on here, and {edge.Name} was not visited", $"the root {edge.Name} was not visited");
    }

    /// <summary>No root was visited at all: with the first phase, or before something dies or is looked at.</summary>
    private long Nowhere(long from, long to) =>
        witness.FirstOf(from, to, EventKind.PhaseBegin) is var phase and > 0 ? phase : witness.FirstOf(from + 1, to, [.. Beginnings, EventKind.Free]);

    private long Gap(Edge edge, List<long> visits, long from, long to)
    {
        var root = edge.Root;
        // The last round in which roots beside it were visited.
        var rounds = Rounds(visits);
        var holder = witness.ViewAt(to).InstanceAt(root)?.Address;
        var round = rounds.FindLast(r => r.Exists(n => witness.ViewAt(n).InstanceAt(SlotOf(n))?.Address == holder)) ?? rounds[^1];
        var before = round.LastOrDefault(n => SlotOf(n) < root);
        var after = round.FirstOrDefault(n => n > before);
        var next = after > 0 ? after : witness.FirstOf(before + 1, to, Beginnings);
        // What else is done about the root comes behind its visit, unless the root before it names the same and that follows from its visit.
        if (before > 0 && witness.Dealings.Names(new Address(witness.Event(before).Event.C), edge.Target, before))
            return next;
        var begin = before > 0 ? before : Math.Max(from, witness.Around(next, EventKind.PhaseBegin));
        return witness.Dealings.With(edge.Target, begin + 1, next - 1) is [var other, ..] ? other.Number : next;
    }

    /// <summary>In the order of time. What is between two visits of one round follows from the first.</summary>
    private List<List<long>> Rounds(List<long> visits)
    {
        var rounds = new List<List<long>>();
        for (var i = 0; i < visits.Count; i++)
        {
            if (i == 0 || SlotOf(visits[i - 1]) >= SlotOf(visits[i]) || IsInterrupted(visits[i - 1], visits[i]))
                rounds.Add([]);
            rounds[^1].Add(visits[i]);
        }

        return rounds;
    }

    private Address SlotOf(long visit) => new(witness.Event(visit).Event.B);

    private bool IsInterrupted(long visit, long next) =>
        witness.FirstOf(visit + 1, next - 1, EventKind.Pop, EventKind.Scan, EventKind.PhaseEnd, EventKind.CollectionEnd, EventKind.CollectionBegin) > 0;
}
