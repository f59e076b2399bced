using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Runs sanitizers along a run or a replay, forwards, and keeps the first violation of each.</summary>
/// <remarks>It follows the words of the space, however they change, so events may be left out. Cost of an event at which something
/// must hold: the words that changed since the one before. Only when they may have broken something, the whole heap; in a heap that is corrupt
/// already, where that is always so, others are looked for less and less often (<see cref="Rare"/>).</remarks>
public sealed class SanitizerRun
{
    private readonly HeapView view;
    private readonly ISanitizer[] sanitizers;

    /// <summary>For each sanitizer a bit for each kind of event after which it is asked; none once it failed.</summary>
    private readonly ulong[] kinds;
    private ulong anyKinds;
    private readonly List<Violation> violations = [];
    private readonly Patience patience;
    private HeapIndex? index;
    private HeapIndex? before;
    private readonly long pagesMax;

    /// <param name="view">Names space, shadow and layout; the run reads them through a view of its own.</param>
    /// <param name="sanitizers">Null for all. Only those are asked whose invariants the layout promises.</param>
    /// <param name="finished">A run that is over: its memory is used again, and it must not be asked any more.</param>
    /// <param name="pagesMax">Pages of objects and roots of a heap that is checked at most; a larger one ends in <see cref="GcReplayException"/>.</param>
    public SanitizerRun(HeapView view, IReadOnlyList<ISanitizer>? sanitizers = null, SanitizerRun? finished = null, long pagesMax = long.MaxValue)
    {
        this.pagesMax = pagesMax;
        before = finished?.index ?? finished?.before;
        this.view = new HeapView(view);
        this.sanitizers = [.. (sanitizers ?? Sanitizers.All).Where(s => s.IsPromised(this.view))];
        kinds = [.. this.sanitizers.Select(s => s.Kinds.Aggregate(0UL, (mask, kind) => mask | 1UL << (int)kind))];
        patience = new Patience(this.sanitizers.Length);
        CombineKinds();
    }

    internal HeapIndex Index => index ??= new HeapIndex(view, before: before, pagesMax: pagesMax);

    /// <summary>The first violation of each sanitizer that failed, earliest first.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>The first corrupt event, with what broke there; null as long as all is well.</summary>
    public Violation? FirstCorruption => violations.Count > 0 ? violations[0] : null;

    /// <summary>Names of sanitizers that, behind the first corrupt event, are asked only now and then, with the event since which. What they find may have been so before.</summary>
    public IEnumerable<(string Name, long Since)> Rare =>
        sanitizers.Select((sanitizer, i) => (sanitizer.Name, Since: patience.RareSince(i))).Where(rare => rare.Since > 0);

    /// <summary>Whether every sanitizer has failed: nothing more can be found.</summary>
    public bool IsExhausted => violations.Count == sanitizers.Length;

    /// <summary>Checks what must hold after an event; the words must be at the state after it. Returns the violations that are the
    /// first of their sanitizer.</summary>
    public IReadOnlyList<Violation> After(long number, in Event e)
    {
        var kind = 1UL << (int)e.Kind;
        return (anyKinds & kind) == 0 ? [] : Check(number, e, kind);
    }

    private Violation[] Check(long number, in Event e, ulong kind)
    {
        List<Violation>? fresh = null;
        var isCurrent = false;
        for (var i = 0; i < sanitizers.Length; i++)
        {
            if ((kinds[i] & kind) == 0 || !sanitizers[i].HoldsAfter(e, view) || patience.Skips(i))
                continue;
            if (!isCurrent)
                Index.Follow();
            isCurrent = true;
            if (!sanitizers[i].MayFail(Index, e))
                continue;
            Index.Reorder();
            if (sanitizers[i].Check(view, e, number).FirstOrDefault() is not { } violation)
            {
                if (violations.Count > 0)
                    patience.LookedInVain(i, number, Index.Objects);
                continue;
            }

            kinds[i] = 0;
            (fresh ??= []).Add(violation with { Phase = PhaseOf(violation), Message = violation.Message + Lateness(i) });
        }

        if (fresh is null)
            return [];
        violations.AddRange(fresh);
        CombineKinds();
        return [.. fresh];
    }

    private string Lateness(int sanitizer) => patience.RareSince(sanitizer) is > 0 and var since ? $" (looked for now and then since event {since})" : "";

    private string PhaseOf(Violation violation)
    {
        var phase = violation.Object != 0 ? view.Object(violation.Object)?.Phase ?? view.WholePhase : view.WholePhase;
        return phase is { } known and > 0 ? view.PhaseName(known) : "";
    }

    private void CombineKinds() => anyKinds = kinds.Aggregate(0UL, (all, one) => all | one);
}
