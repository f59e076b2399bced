using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Runs sanitizers along a run or a replay, forwards, and keeps the first violation of each.</summary>
/// <remarks>It follows the words of the space, however they change, so events may be left out. Cost of an event at which something
/// must hold: the words that changed since the one before. Only when they may have broken something, the whole heap.</remarks>
public sealed class SanitizerRun
{
    private readonly HeapView view;
    private readonly IReadOnlyList<ISanitizer> sanitizers;
    private readonly Violation?[] found;
    private readonly List<Violation> violations = [];
    private HeapIndex? index;

    /// <param name="view">Names space, shadow and layout; the run reads them through a view of its own.</param>
    /// <param name="sanitizers">Null for all.</param>
    public SanitizerRun(HeapView view, IReadOnlyList<ISanitizer>? sanitizers = null)
    {
        this.view = new HeapView(view.Space, view.Shadow, view.Layout);
        this.sanitizers = sanitizers ?? Sanitizers.All;
        found = new Violation?[this.sanitizers.Count];
    }

    internal HeapIndex Index => index ??= new HeapIndex(view);

    /// <summary>The first violation of each sanitizer that failed, earliest first.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>The first corrupt event, with what broke there; null as long as all is well.</summary>
    public Violation? FirstCorruption => violations.Count > 0 ? violations[0] : null;

    /// <summary>Whether every sanitizer has failed: nothing more can be found.</summary>
    public bool IsExhausted => violations.Count == sanitizers.Count;

    /// <summary>Checks what must hold after an event; the words must be at the state after it. Returns the violations that are the
    /// first of their sanitizer.</summary>
    public IReadOnlyList<Violation> After(long number, in Event e)
    {
        List<Violation>? fresh = null;
        var isCurrent = false;
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is not null || !sanitizers[i].HoldsAfter(e, view))
                continue;
            if (!isCurrent)
                Index.Follow();
            isCurrent = true;
            if (!sanitizers[i].MayFail(Index, e))
                continue;
            found[i] = sanitizers[i].Check(view, e, number).FirstOrDefault();
            if (found[i] is { } violation)
                (fresh ??= []).Add(violation);
        }

        if (fresh is null)
            return [];
        violations.AddRange(fresh);
        return fresh;
    }
}
