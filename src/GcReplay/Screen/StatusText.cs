using System.Collections.Immutable;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;

namespace GcReplay.Screen;

/// <summary>The two rows at the top: which run this is, where in it and which way it went last, then who does what.</summary>
internal static class StatusText
{
    public static ImmutableArray<Line> Of(ScreenSession session) =>
        [Run(session.Debugger, session.Marks, session.Travelled), Place(session.Debugger)];

    private static Line Run(Debugger debugger, ScreenMarks marks, long travelled)
    {
        var (timeline, header) = (debugger.Timeline, debugger.Timeline.Source.Header);
        var spans = new List<Span> { new($"event {timeline.Position} of {timeline.EventCount}", Ink.Present) };
        if (travelled != 0)
            spans.Add(new Span(travelled > 0 ? $" >> {travelled}" : $" << {-travelled}", Ink.Key));
        if (marks.Failure > 0)
            spans.Add(Mark(marks.FailureKind, marks.Failure, timeline.Position, Ink.Failure));
        if (marks.Corrupt > 0)
            spans.Add(Mark("first corrupt", marks.Corrupt, timeline.Position, Ink.Corrupt));
        spans.Add(new Span($"  {header.ProgramName}  {header.Collector}@{header.Revision}  {header.Allocator}"));
        if (timeline.Source.Damage is { } damage)
            spans.Add(new Span($"  ! {damage}", Ink.Failure));
        return new Line([.. spans]);
    }

    private static Line Place(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        if (timeline.Position == 0)
            return Line.Of("before the first event", Ink.Dim);
        var view = timeline.View;
        var thread = EventText.ThreadName(timeline.Source.Header, timeline.Thread);
        var interpreter = ThreadView.InterpreterOf(view, timeline.Thread) ?? -1;
        return Line.Of(
            EventText.OperationOf(timeline) is { } operation ? new Span($"line {operation.Line}: {operation.Text}") : new Span("between statements", Ink.Dim),
            new Span("  thread ", Ink.Dim), new Span(thread),
            new Span("  interpreter ", Ink.Dim), new Span(interpreter < 0 ? "none" : view.InterpreterName(interpreter)),
            new Span("  phase ", Ink.Dim), new Span(SpanText.PhaseOf(timeline, timeline.Thread) is { } phase ? view.PhaseName(phase) : "none"));
    }

    private static Span Mark(string what, long at, long position, Ink ink) =>
        new(at == position ? $"  {what} here" : $"  {what} at {at}", ink);
}
