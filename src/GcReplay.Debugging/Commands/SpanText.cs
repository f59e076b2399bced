using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

/// <summary>What a thread is in, in words: statements, scripts, collections, phases.</summary>
public static class SpanText
{
    /// <summary>What a span is, as it can be said at the timeline's position: objects may have died since it was opened.</summary>
    /// <param name="begin">Number of the event that opened it.</param>
    public static string Of(Timeline timeline, long begin)
    {
        var e = timeline.EventAt(begin).Event;
        var view = timeline.View;
        return e.Kind switch
        {
            EventKind.OperationBegin when EventText.OperationBegunBy(timeline, begin) is { } o => $"{o.Block}, line {o.Line}: {o.Text}",
            EventKind.CollectionBegin =>
                $"{(e.D == 0 ? "" : "automatic ")}collection of generation {e.A} in {view.InterpreterName((int)Math.Min(e.B, int.MaxValue))}",
            EventKind.PhaseBegin => $"phase {view.PhaseName((int)Math.Min(e.A, int.MaxValue))}",
            EventKind.ScriptBegin => $"{ScriptKind(view.Layout, e)} of {EventText.ObjectAt(view, new Address(e.A))}",
            _ => e.Kind.ToString(),
        };
    }

    /// <summary>The spans of a thread, innermost first, without the statements of the thread itself.</summary>
    public static IEnumerable<string> Inner(Timeline timeline, int thread) => timeline.Shadow.OpenSpans(thread).Reverse()
        .Where(begin => timeline.EventAt(begin).Kind is not EventKind.OperationBegin).Select(begin => Of(timeline, begin));

    private static string ScriptKind(Layout layout, in Event e) => e.Site > 0 && e.Site < layout.Sites.Length ? layout.Sites[e.Site].Name : "script";
}
