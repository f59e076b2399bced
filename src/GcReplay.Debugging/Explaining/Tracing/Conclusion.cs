using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>Makes a chain and its two sentences of a verdict.</summary>
internal static class Conclusion
{
    /// <summary>A cause in front of a window is none that could be gone to: the chain ends with the corrupt event then.</summary>
    public static void Add(Inquiry inquiry, Violation violation, Verdict verdict, IReadOnlyList<ulong> objects)
    {
        foreach (var link in verdict.Before.Where(link => Telling.IsKnown(inquiry, link.Event)))
            inquiry.Add(link);
        if (!Telling.IsKnown(inquiry, verdict.Event))
        {
            inquiry.Summary = Telling.Sentences(inquiry, $"{violation.Message}; what led to it lies in front of this window");
            return;
        }

        inquiry.End(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What) { Objects = objects });
        inquiry.Summary = Telling.Sentences(inquiry, $"{violation.Message}; the cause is event {verdict.Event}: {verdict.Why}");
    }
}
