using System.Diagnostics;
using GcReplay.Debugging.Timelines;

namespace GcReplay.Screen.Panes;

/// <summary>The whole trace, or a stretch of it, in one strip to travel on.</summary>
internal sealed class TimelinePane(ScreenSession session) : IPane
{
    /// <summary>Read at once when a stretch is first shown; the rest follows while nothing else is to be done.</summary>
    private const long EventsAtOnce = 100_000;

    private const long EventsPerTurn = 50_000;
    private const int ZoomFactor = 4;
    private const int ShownMin = 16;

    /// <summary>How long idle work may keep a key waiting.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(15);

    private readonly TimelineContext context = new();

    public Pane Id => Pane.Timeline;

    private Timeline Timeline => session.Debugger.Timeline;

    public IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("Left", "travel", "goes one column back", Timeline.Position <= Timeline.Start ? "this is the start of the trace" : ""),
        new("Right", "travel", "goes one column on", Timeline.Position >= Timeline.EventCount ? "this is the end of the trace" : ""),
        new("+", "zoom", "shows a quarter of the stretch, around the position; Up, too", Timeline.EventCount - Timeline.Start <= ShownMin ? "the trace is short" : ""),
        new("-", "zoom", "shows more; Down, too", context.Zoomed is null ? "this is the whole trace" : ""),
        new("PageUp", "", "a quarter of the strip back; PageDown: on; Home and End: its ends", ""),
    ];

    public PaneText Build(PaneRequest request)
    {
        Show();
        var overview = context.Shown;
        if (overview.Read == 0 || !context.Whole!.IsComplete && context.Whole.Read == 0)
            overview.Work(EventsAtOnce, session.Progress);
        var scale = TimelineScale.Of(overview, request.Size.Width);
        var rows = TimelinePresentation.Rows(
            scale, context.Whole!.Interpreters, request.View, Timeline.Position, request.Marks, request.Debugger.Notebook, request.Size.Height);
        return new PaneText(Title(scale), rows);
    }

    /// <summary>Reads on while nothing else is to be done; false when all was read.</summary>
    public bool Work(Progress progress)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Turn)
        {
            var next = context.Zoomed is { IsComplete: false } zoomed ? zoomed : context.Whole;
            if (next is null or { IsComplete: true })
                return false;
            next.Work(EventsPerTurn, progress);
        }

        return true;
    }

    public bool Press(string key, PaneRequest request)
    {
        // On a terminal that is too small for any pane, nothing was built.
        Show();
        var scale = TimelineScale.Of(context.Shown, request.Size.Width);
        var quarter = Math.Max(1, scale.Columns / 4);
        switch (key)
        {
            case "Left" or "WheelUp": Travel(scale, -1); return true;
            case "Right" or "WheelDown": Travel(scale, 1); return true;
            case "PageUp": Travel(scale, -quarter); return true;
            case "PageDown": Travel(scale, quarter); return true;
            case "Home": Go(context.Shown.First - 1); return true;
            case "End": Go(context.Shown.Last); return true;
            case "+" or "=" or "Up": Zoom(1, ZoomFactor); return true;
            case "-" or "Down": Zoom(ZoomFactor, 1); return true;
            default: return false;
        }
    }

    public bool Click(int row, int column, PaneRequest request)
    {
        Show();
        var scale = TimelineScale.Of(context.Shown, request.Size.Width);
        if (column >= scale.Left)
            Go(EventAt(scale, Math.Min(column - scale.Left, scale.Columns - 1)));
        return true;
    }

    /// <summary>What a column is clicked for: the finding, failure or mark that it shows, else its first event.</summary>
    private long EventAt(TimelineScale scale, int column)
    {
        var first = scale.FirstOf(column);
        var end = column + 1 < scale.Columns ? Math.Max(first + 1, scale.FirstOf(column + 1)) : scale.Overview.Last + 1;
        var marks = session.Marks;
        var candidates = new List<long> { marks.Corrupt, marks.Failure };
        candidates.AddRange(marks.Findings.Select(f => f.Event));
        candidates.AddRange(session.Debugger.Notebook.Marks().Select(m => m.Position));
        candidates.AddRange(session.Debugger.Notebook.Notes().Select(n => n.Position));
        var (firstCell, endCell) = scale.CellsOf(column);
        foreach (var cell in scale.Overview.Cells[firstCell..endCell])
            candidates.Add(cell.Failure);
        var found = candidates.Find(c => c >= first && c < end);
        return found > 0 ? found : first;
    }

    private void Travel(TimelineScale scale, int columns)
    {
        var count = scale.Overview.Last - scale.Overview.First + 1;
        var target = count <= scale.Columns
            ? Timeline.Position + columns
            : scale.FirstOf(Math.Clamp(scale.ColumnOf(Timeline.Position) + columns, 0, scale.Columns - 1));
        if (target == Timeline.Position || count > scale.Columns && scale.ColumnOf(target) == scale.ColumnOf(Timeline.Position))
            target = Timeline.Position + (columns < 0 ? -Math.Max(1, count / scale.Columns) : Math.Max(1, count / scale.Columns));
        Go(target);
    }

    private void Go(long target)
    {
        target = Math.Clamp(target, Timeline.Start, Timeline.EventCount);
        if (target != Timeline.Position)
            session.Execute($"goto {target}");
    }

    private void Zoom(int times, int by)
    {
        var shown = context.Shown.Last - context.Shown.First + 1;
        if (times == 1 && shown <= ShownMin)
            session.Refuse("+", $"this is as near as it goes: {shown} events");
        else if (times > 1 && context.Zoomed is null)
            session.Refuse("-", "this is the whole trace");
        else
            Show(Math.Max(ShownMin, shown / by * times));
    }

    /// <summary>Makes sure that something is shown in which the position lies.</summary>
    private void Show()
    {
        context.Whole ??= new TraceOverview(session.Debugger.At(Timeline.Start), Timeline.Start + 1, Math.Max(Timeline.Start + 1, Timeline.EventCount), TimelineContext.CellsMax);
        if (context.Zoomed is { } zoomed && (Timeline.Position < zoomed.First - 1 || Timeline.Position > zoomed.Last))
            Show(zoomed.Last - zoomed.First + 1);
    }

    /// <summary>Shows so many events around the position.</summary>
    private void Show(long events)
    {
        if (events >= Timeline.EventCount - Timeline.Start)
        {
            context.Zoomed = null;
            return;
        }

        var first = Math.Clamp(Timeline.Position - events / 2, Timeline.Start + 1, Timeline.EventCount - events + 1);
        context.Zoomed = new TraceOverview(session.Debugger.At(first - 1), first, first + events - 1, TimelineContext.CellsMax);
    }

    private string Title(TimelineScale scale)
    {
        var count = scale.Overview.Last - scale.Overview.First + 1;
        var stretch = context.Zoomed is null ? $"all {count} events" : $"events {scale.Overview.First} to {scale.Overview.Last} of {Timeline.EventCount}";
        var column = count > scale.Columns ? $", {(count + scale.Columns - 1) / scale.Columns} a column" : "";
        return stretch + column + (scale.Overview.IsComplete ? "" : $", read {scale.Overview.Read * 100 / count}%");
    }
}
