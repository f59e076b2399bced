using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Screen;

/// <summary>The events around one, which need not be the present one. Texts are kept: an event's never changes.</summary>
internal sealed class EventPane(Debugger debugger)
{
    /// <summary>Events shown before and after the middle one: more than a page of any terminal.</summary>
    private const int Around = 60;

    private const int TextsKept = 4096;
    private const int IndentMax = 8;

    private readonly Dictionary<long, (string Text, bool IsFailure)> texts = [];

    public PaneText Build(PaneRequest request)
    {
        var (marks, progress) = (request.Marks, request.Session.Progress);
        var timeline = debugger.Timeline;
        var middle = timeline.Position;
        var first = Math.Max(timeline.Start, middle - Around);
        var last = Math.Min(timeline.EventCount, middle + Around);
        var width = last.ToString().Length;
        var lines = new Line[last - first + 1];
        for (var number = first; number <= last; number++)
        {
            var (text, isFailure) = TextOf(number, progress);
            var isPresent = number == timeline.Position;
            var ink = isPresent ? Ink.Present : number == marks.Corrupt && number > 0 ? Ink.Corrupt : isFailure ? Ink.Failure : Ink.Normal;
            var mark = number > 0 && number == marks.Corrupt ? '*' : isFailure ? '!' : ' ';
            lines[number - first] = Line.Of(new Span($"{(isPresent ? '>' : ' ')}{mark}{number.ToString().PadLeft(width)} ", ink), new Span(text, ink))
                with { Event = number };
        }

        return new PaneText($"{timeline.Position}", [.. lines]) { Cursor = (int)(middle - first) };
    }

    private (string Text, bool IsFailure) TextOf(long number, Progress progress)
    {
        if (number == debugger.Timeline.Start)
            return ("start", false);
        if (texts.TryGetValue(number, out var known))
            return known;
        if (texts.Count >= TextsKept)
            texts.Clear();
        progress.Cancel.ThrowIfCancellationRequested();
        var there = debugger.At(number);
        var e = there.EventAt(number);
        var depth = there.Shadow.Depth(e.Thread) - (e.Kind.BeginsSpan() ? 1 : 0);
        var what = e.Kind is EventKind.OperationBegin or EventKind.OperationEnd && EventText.OperationOf(there) is { } operation
            ? Statement(e, operation.Line, operation.Text)
            : EventText.What(there);
        var text = new string(' ', Math.Clamp(depth, 0, IndentMax)) + what;
        texts.Add(number, (text, e.Kind.IsFailure()));
        return texts[number];
    }

    private static string Statement(RecordedEvent e, int line, string text) =>
        e.Kind == EventKind.OperationBegin ? $"line {line}: {text}" : $"end of line {line}: {text}";
}
