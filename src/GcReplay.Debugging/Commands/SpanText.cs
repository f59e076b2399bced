using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>A span that a thread is in.</summary>
/// <param name="Event">Number of the event that opened it.</param>
public readonly record struct StackFrame(long Event, string Text);

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
            EventKind.ScriptBegin => $"{ScriptKind(view.Layout, e)} of {EventText.ObjectAt(view, new Address(e.A))}{Called(view, new Address(e.A))}",
            _ => e.Kind.ToString(),
        };
    }

    /// <summary>The spans of a thread, innermost first.</summary>
    public static IReadOnlyList<StackFrame> Stack(Timeline timeline, int thread) =>
        [.. timeline.Shadow.OpenSpans(thread).Reverse().Select(begin => new StackFrame(begin, Of(timeline, begin)))];

    /// <summary>The innermost phase that a thread is in, as an index of the layout's phases; null when it is in none.</summary>
    public static int? PhaseOf(Timeline timeline, int thread) => timeline.Shadow.OpenSpans(thread).Reverse().Select(begin => timeline.EventAt(begin).Event)
        .Where(e => e.Kind == EventKind.PhaseBegin).Select(e => (int?)Math.Min(e.A, int.MaxValue)).FirstOrDefault();

    /// <summary>As <see cref="Stack"/>, without statements.</summary>
    public static IEnumerable<string> Inner(Timeline timeline, int thread) =>
        Stack(timeline, thread).Where(frame => timeline.EventAt(frame.Event).Kind != EventKind.OperationBegin).Select(frame => frame.Text);

    public static JsonArray Json(IEnumerable<StackFrame> frames) =>
        new([.. frames.Select(frame => (JsonNode)new JsonObject { ["event"] = frame.Event, ["text"] = frame.Text })]);

    /// <summary>The script that an object calls, behind a comma; nothing when its words name none.</summary>
    private static string Called(HeapView view, Address self) => ScriptOf(view, self) is { } script ? $", {view.Describe(script)}" : "";

    /// <summary>The field of an object that names the script it calls; null when it has none, or names none.</summary>
    internal static FieldValue? ScriptOf(HeapView view, Address self)
    {
        foreach (var field in view.ObjectAt(self)?.Fields ?? [])
        {
            if (field is { Role: FieldRole.Script, IsMapped: true, Value: > 0 })
                return field;
        }

        return null;
    }

    private static string ScriptKind(Layout layout, in Event e) => e.Site > 0 && e.Site < layout.Sites.Length ? layout.Sites[e.Site].Name : "script";
}
