using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>A thread: whether it has the GIL, what it waits for, what it is in, and its roots.</summary>
internal static class ThreadRows
{
    public static IEnumerable<Line> Of(Debugger debugger, int thread, int rootsShown)
    {
        var timeline = debugger.Timeline;
        var view = timeline.View;
        var name = EventText.ThreadName(timeline.Source.Header, thread);
        var state = ThreadView.Of(view, thread);
        var stage = ThreadView.StageOf(view, thread);
        if (stage != ThreadStage.Running)
        {
            yield return Line.Of(new Span("  - ", Ink.Dim), new Span($"thread {name}: {(stage == ThreadStage.Ended ? "ended" : "not started")}", Ink.Dim));
            yield break;
        }

        var hasGil = InterpreterView.HasGil(view) ? state is not null && InterpreterView.GilHolder(view)?.Address == state.Address : thread == timeline.Shadow.CurrentThread;
        var facts = new List<string>();
        if (state is { HasEnded: false } living)
        {
            if (ThreadView.IsDaemon(view, living))
                facts.Add("daemon");
            if (ThreadView.IsSuspended(view, living))
                facts.Add("interrupted in a script");
            if (ThreadView.WaitsFor(view, living) is { } other)
                facts.Add($"waits for {EventText.ThreadName(timeline.Source.Header, other)}");
        }

        yield return Line.Of(
            new Span(hasGil ? "  ▶ " : "  ‖ ", hasGil ? Ink.Good : Ink.Dim), new Span($"thread {name}"), new Span(hasGil ? InterpreterView.HasGil(view) ? "  has the GIL" : "  runs" : "", Ink.Good),
            new Span(facts.Count > 0 ? $"  {string.Join(", ", facts)}" : "", Ink.Dim)) with { Address = state?.Address.Value ?? 0 };
        var stack = SpanText.Stack(timeline, thread);
        if (stack.Count == 0)
            yield return Line.Of("      between statements", Ink.Dim);
        foreach (var frame in stack)
            yield return Line.Of(new Span($"      {frame.Text}"), new Span($"  event {frame.Event}", Ink.Dim)) with { Event = frame.Event };
        foreach (var root in state is { HasEnded: false } own ? Roots(view, own, rootsShown) : [])
            yield return root;
    }

    /// <summary>Owned references in a struct of the runtime.</summary>
    public static IEnumerable<Line> Roots(HeapView view, StructInstance instance, int most)
    {
        var count = 0;
        foreach (var reference in view.ReferencesIn(instance).Where(r => r.IsOwned))
        {
            if (count++ < most)
                yield return Line.Of(new Span($"      {(reference.Struct.Length > 0 ? reference.Name[(reference.Struct.Length + 1)..] : reference.Name),-9} ", Ink.Dim), LinkText.To(view, reference.Target))
                    with { Object = LinkText.ObjectOf(view, reference.Target), Address = reference.Slot.Value };
        }

        if (count > most)
            yield return Line.Of($"      … {count - most} more", Ink.Dim);
    }
}
