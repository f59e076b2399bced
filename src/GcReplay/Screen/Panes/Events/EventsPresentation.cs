using System.Collections.Immutable;
using System.Drawing;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes;

/// <summary>Events and folded spans as rows. Texts are kept: an event's never changes.</summary>
internal sealed class EventsPresentation(Debugger debugger)
{
    private const int TextsKept = 8192;
    private const int IndentMax = 10;
    private const int ThreadWidth = 6;

    /// <summary>Kinds worth naming in the summary of a folded span, and how.</summary>
    private static readonly (EventKind Kind, string One, string Many)[] Notable =
    [
        (EventKind.CollectionBegin, "collection", "collections"),
        (EventKind.Free, "free", "frees"),
        (EventKind.Move, "move", "moves"),
        (EventKind.Resurrect, "resurrection", "resurrections"),
        (EventKind.ThreadSwitch, "switch", "switches"),
        (EventKind.Hazard, "HAZARD", "HAZARDS"),
        (EventKind.Crash, "CRASH", "CRASHES"),
        (EventKind.Assertion, "ASSERTION", "ASSERTIONS"),
        (EventKind.Hang, "HANG", "HANGS"),
    ];

    private readonly Dictionary<long, string> texts = [];

    private Timeline Timeline => debugger.Timeline;

    public Line Row(OutlineRow row, ScreenMarks marks, Progress progress)
    {
        var isPresent = row.Holds(Timeline.Position, Timeline.Thread) && Timeline.Position > Timeline.Start;
        var isFailure = row.Kind.IsFailure() || row.Folded is { } f && (f.Count(EventKind.Hazard) + f.Count(EventKind.Crash) + f.Count(EventKind.Assertion) + f.Count(EventKind.Hang)) > 0;
        var finding = Finding(row, marks);
        var mark = finding == marks.Corrupt && finding > 0 ? '*' : isFailure || finding > 0 ? '!' : IsMarked(row) ? 'm' : ' ';
        var ink = isPresent ? Ink.Present : mark == '*' ? Ink.Corrupt : mark == '!' ? Ink.Failure : InkOf(row);
        var width = Timeline.EventCount.ToString().Length;
        var fold = row.Folded is not null ? '+' : row.IsOpen ? '-' : ' ';
        var indent = new string(' ', Math.Min(row.Depth, IndentMax));
        return Line.Of(
            new Span($"{(isPresent ? '>' : ' ')}{mark}{row.Number.ToString().PadLeft(width)} ", ink),
            new Span(Thread(row.Thread), Ink.Dim),
            new Span($"{indent}{fold}{Text(row.Number, progress)}", ink),
            new Span(row.Folded is null ? "" : $"  {Summary(row.Number, row.Folded)}", isPresent ? ink : Ink.Dim))
            with { Event = row.Number };
    }

    /// <summary>What the selected row is and what it changed, for the last rows of the pane; none where there is no room.</summary>
    public ImmutableArray<Line> Footer(OutlineRow? row, Size size)
    {
        var height = size.Height < 9 ? 0 : Math.Min(8, size.Height / 3);
        if (row is null || height == 0)
            return [];
        var lines = new List<Line> { Line.Of(new string('─', size.Width), Ink.Dim) };
        lines.AddRange(Line.Of(Text(row.Number, default)).Wrapped(size.Width).Take(2));
        lines.AddRange(row.Folded is { } folded ? Line.Of(Kinds(folded), Ink.Dim).Wrapped(size.Width) : Changes(row.Number));
        if (lines.Count > height)
            lines[height - 1] = Line.Of($"… {lines.Count - height + 1} more changed", Ink.Dim);
        return [.. lines.Take(height)];
    }

    /// <summary>The next event (or the last before) whose text has some words; 0 for none.</summary>
    public long Find(string text, long from, bool forward, int thread, Progress progress)
    {
        var step = forward ? 1 : -1;
        for (var number = from + step; number > Timeline.Start && number <= Timeline.EventCount; number += step)
        {
            if ((number & 0xFF) == 0)
                progress.At(number);
            if ((thread < 0 || Timeline.EventAt(number).Thread == thread) && Text(number, progress).Contains(text, StringComparison.OrdinalIgnoreCase))
                return number;
        }

        return 0;
    }

    private static Ink InkOf(OutlineRow row) => row.Kind switch
    {
        EventKind.OperationBegin => Ink.Normal,
        _ when row.Kind.BeginsSpan() => Ink.Key,
        _ when row.Kind.EndsSpan() => Ink.Dim,
        _ => Ink.Normal,
    };

    private static string Kinds(SpanSummary folded) => folded.Events == 0 ? "nothing inside" : string.Join(", ", folded.KindCounts
        .Select((count, kind) => (count, Kind: (EventKind)kind)).Where(k => k.count > 0 && !k.Kind.EndsSpan()).OrderByDescending(k => k.count).Select(k => $"{k.count} {k.Kind}"));

    private string Summary(long begin, SpanSummary folded)
    {
        var parts = new List<string> { folded.Events == 1 ? "1 event" : $"{folded.Events} events" };
        if (folded.End > 0 && Timeline.EventAt(folded.End).Event is { Kind: EventKind.CollectionEnd } end)
            parts.Add($"collected {end.B}");
        else if (folded.End == 0)
            parts.Add("never ends");
        foreach (var (kind, one, many) in Notable)
        {
            if (folded.Count(kind) is var count and > 0)
                parts.Add(count == 1 ? $"1 {one}" : $"{count} {many}");
        }

        return $"({string.Join(", ", parts)})";
    }

    private IEnumerable<Line> Changes(long number)
    {
        var there = debugger.At(number);
        var changes = there.EventAt(number).NetChanges().Where(c => Windows.IsProcess(c.Address)).ToList();
        if (changes.Count == 0)
            yield return Line.Of("changed no word", Ink.Dim);
        foreach (var change in changes)
        {
            var now = there.Space.Peek(change.Address);
            var what = Place(there, change.Address);
            yield return change.Xor == 0
                ? Line.Of(new Span($"{what} "), new Span($"{Word(there, now)}, as before", Ink.Dim)) with { Address = change.Address.Value }
                : Line.Of(new Span($"{what} "), new Span($"{Word(there, now ^ change.Xor)} -> {Word(there, now)}", Ink.Changed)) with { Address = change.Address.Value };
        }
    }

    /// <summary>The first field of an object stands at the object's own address: it is meant, and not the object.</summary>
    private static string Place(Timeline there, Address address) =>
        there.View.ObjectAt(address) is { } o && o.Address == address && o.Layout.Fields.FirstOrDefault(f => f.Offset == 0) is { } field
            ? $"{o}.{field.Name}"
            : there.View.Describe(address);

    private static string Word(Timeline there, ulong word) =>
        word < 4096 ? word.ToString()
        : there.View.ObjectAt(new Address(word)) is { } o ? o.ToString()
        : new Address(word).ToString();

    /// <summary>The earliest finding that a row holds; 0 for none.</summary>
    private static long Finding(OutlineRow row, ScreenMarks marks)
    {
        foreach (var violation in marks.Findings)
        {
            if (violation.Event > 0 && (violation.Event == row.Number || row.Folded is { } f && violation.Event > row.Number && (f.End == 0 || violation.Event <= f.End)))
                return violation.Event;
        }

        return 0;
    }

    private bool IsMarked(OutlineRow row) =>
        debugger.Notebook.Marks().Any(m => row.Holds(m.Position, row.Thread)) || debugger.Notebook.Notes().Any(n => row.Holds(n.Position, row.Thread));

    private string Thread(int thread)
    {
        if (Timeline.Source.Header.Threads.Length < 2)
            return "";
        var name = EventText.ThreadName(Timeline.Source.Header, thread);
        return TextColumns.Fit(name, ThreadWidth) + " ";
    }

    private string Text(long number, Progress progress)
    {
        if (texts.TryGetValue(number, out var known))
            return known;
        if (texts.Count >= TextsKept)
            texts.Clear();
        progress.Cancel.ThrowIfCancellationRequested();
        return texts[number] = Make(number);
    }

    /// <summary>What opens and closes spans is told from the events alone; of others the names are those just after the event.</summary>
    private string Make(long number)
    {
        var e = Timeline.EventAt(number);
        if (e.Kind == EventKind.OperationBegin && EventText.OperationBegunBy(Timeline, number) is { } operation)
            return $"line {operation.Line}: {operation.Text}{(e.Event.B > 0 ? $"  (iteration {e.Event.B + 1})" : "")}";
        if (e.Kind.BeginsSpan())
            return SpanText.Of(e.Kind == EventKind.ScriptBegin ? debugger.At(number) : Timeline, number);
        if (!e.Kind.EndsSpan())
            return EventText.What(debugger.At(number));
        var begin = (long)Math.Min(e.Event.A, long.MaxValue);
        if (begin < 1 || begin >= number || Timeline.EventAt(begin).Kind == EventKind.Elided)
            return $"{e.Kind} of event {begin}";
        var result = e.Kind == EventKind.CollectionEnd ? $", collected {e.Event.B}{(e.Event.C > 0 ? $", uncollectable {e.Event.C}" : "")}" : "";
        return $"end of {Text(begin, default)}{result}";
    }
}
