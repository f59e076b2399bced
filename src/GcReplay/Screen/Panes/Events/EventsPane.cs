using System.Collections.Immutable;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Screen.Panes;

/// <summary>The events around the position as an outline: operations, collections, phases, actions. Spans that the position is not in
/// are folded into one row.</summary>
internal sealed class EventsPane(ScreenSession session) : IPane
{
    private const int ColumnStep = 8;
    private const int ColumnMax = 400;
    private const int WheelRows = 3;

    private readonly EventsContext context = new();
    private readonly EventsPresentation presentation = new(session.Debugger);
    private readonly SpanSummaries summaries = new(session.Debugger.Timeline.Blocks);

    /// <summary>Spans that the position is in, on any thread.</summary>
    private readonly HashSet<long> around = [];

    public Pane Id => Pane.Events;

    private Timeline Timeline => session.Debugger.Timeline;

    private Progress Progress => session.Progress;

    private OutlineRow? Selected => context.Outline?.Row(context.Selected, Progress);

    public IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("Enter", "go there", "goes to the selected event", Selected is null ? "no event is selected" : ""),
        new("Right", "unfold", "unfolds the selected span, or shows more of a long row", ""),
        new("Left", "fold", "folds the selected span, or goes to the one around it", ""),
        new("e", "", "unfolds all spans; again folds those that the position is not in", ""),
        new("t", "", "shows one thread after the other, then all", Timeline.Source.Header.Threads.Length > 1 ? "" : "the program has one thread"),
    ];

    public PaneText Build(PaneRequest request)
    {
        if (context.Outline is null || context.Position != Timeline.Position)
            StartAt(Timeline.Position, Timeline.Position);
        var footer = presentation.Footer(Selected, request.Size);
        var height = Math.Max(1, request.Size.Height - footer.Length);
        Fit(height);
        var outline = context.Outline!;
        var rows = ImmutableArray.CreateBuilder<Line>();
        for (var i = context.First; rows.Count < height && outline.Row(i, Progress) is { } row; i++)
            rows.Add(presentation.Row(row, request.Marks, Progress).From(context.Column));
        var cursor = context.Selected - context.First;
        while (footer.Length > 0 && rows.Count < height)
            rows.Add(Line.Of(""));
        rows.AddRange(footer);
        var thread = context.Thread < 0 ? "" : $" of {EventText.ThreadName(Timeline.Source.Header, context.Thread)}";
        return new PaneText(context.AllOpen ? $"all{thread}" : thread.Trim(), rows.ToImmutable()) { Cursor = cursor };
    }

    public bool Press(string key, PaneRequest request)
    {
        var page = Math.Max(1, request.Size.Height - 4);
        switch (key)
        {
            case "Up": Move(-1); return true;
            case "Down": Move(1); return true;
            case "PageUp": Move(-page); return true;
            case "PageDown": Move(page); return true;
            case "WheelUp": Wheel(-WheelRows); return true;
            case "WheelDown": Wheel(WheelRows); return true;
            case "Home": StartAt(Timeline.Start, Timeline.Start + 1); return true;
            case "End": StartAt(Timeline.EventCount, Timeline.EventCount); return true;
            case "Right": Unfold(); return true;
            case "Left": Fold(); return true;
            case "Enter": Enter(); return true;
            case "e":
                context.AllOpen = !context.AllOpen;
                context.Chosen.Clear();
                StartAgain();
                return true;
            case "t" when Timeline.Source.Header.Threads.Length > 1:
                context.Thread = context.Thread + 1 < Timeline.Source.Header.Threads.Length ? context.Thread + 1 : -1;
                StartAgain();
                return true;
            default: return false;
        }
    }

    public bool Click(int row, int column, PaneRequest request)
    {
        var index = context.First + row;
        if (row >= request.Size.Height - presentation.Footer(Selected, request.Size).Length || context.Outline?.Row(index, Progress) is not { } clicked)
            return true;
        var again = index == context.Selected;
        context.Selected = index;
        if (again && clicked.Kind.BeginsSpan())
            Toggle(clicked);
        return true;
    }

    public bool Find(string text, bool forward, PaneRequest request)
    {
        var from = Selected?.Number ?? Timeline.Position;
        var found = presentation.Find(text, from, forward, context.Thread, Progress);
        if (found == 0)
            return false;
        StartAt(found, found);
        return true;
    }

    private bool IsOpen(long begin) => context.Chosen.TryGetValue(begin, out var chosen) ? chosen : context.AllOpen || around.Contains(begin);

    /// <summary>Counts rows from an event on, and selects one; what is around it is open.</summary>
    private void StartAt(long origin, long selected)
    {
        around.Clear();
        Include(Timeline);
        var there = session.Debugger.At(origin);
        if (origin != Timeline.Position)
        {
            Include(there);
            if (!Timeline.Shadow.OpenSpans(there.Thread).Contains(origin))
                around.Remove(origin);
        }

        (context.Origin, context.Position, context.Column) = (origin, Timeline.Position, 0);
        context.Outline = new EventOutline(there, summaries, IsOpen, context.Thread);
        context.Selected = origin == selected && context.Outline.Row(-1, Progress) is not null ? -1 : 0;
    }

    /// <summary>Makes the outline again after a change of folding, and keeps the selected event.</summary>
    private void StartAgain()
    {
        var number = Selected?.Number ?? Timeline.Position;
        var shown = context.Selected - context.First;
        StartAt(number, number);
        context.First = context.Selected - shown;
    }

    /// <summary>The spans that a timeline stands in, and the one that its present event closes.</summary>
    private void Include(Timeline timeline)
    {
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
            around.UnionWith(timeline.Shadow.OpenSpans(thread));
        if (timeline.Position > timeline.Start && timeline.EventAt(timeline.Position) is var e && e.Kind.EndsSpan())
            around.Add((long)Math.Min(e.Event.A, long.MaxValue));
    }

    /// <summary>Brings the selected row into view, in the middle when it was far, and fills the view.</summary>
    private void Fit(int height)
    {
        var outline = context.Outline!;
        while (outline.Row(context.Selected, Progress) is null && context.Selected != 0)
            context.Selected += context.Selected > 0 ? -1 : 1;
        if (context.Selected < context.First || context.Selected >= context.First + height)
            context.First = context.Selected - height / 2;
        while (context.First < context.Selected && outline.Row(context.First, Progress) is null)
            context.First++;
        while (outline.Row(context.First + height - 1, Progress) is null && outline.Row(context.First - 1, Progress) is not null)
            context.First--;
    }

    private void Move(int by)
    {
        var target = context.Selected + by;
        var step = by > 0 ? -1 : 1;
        while (target != context.Selected && context.Outline?.Row(target, Progress) is null)
            target += step;
        context.Selected = target;
    }

    private void Wheel(int by)
    {
        var (first, offset) = (context.First, context.Selected - context.First);
        Move(by);
        context.First = first + (context.Selected - first - offset);
    }

    private void Enter()
    {
        if (Selected is { } row)
            session.Execute($"goto {row.Number}");
    }

    private void Unfold()
    {
        if (Selected is { Folded: not null } row)
            Toggle(row);
        else
            context.Column = Math.Min(ColumnMax, context.Column + ColumnStep);
    }

    private void Fold()
    {
        if (context.Column > 0)
            context.Column = Math.Max(0, context.Column - ColumnStep);
        else if (Selected is { IsOpen: true } row)
            Toggle(row);
        else
            SelectAround();
    }

    private void Toggle(OutlineRow row)
    {
        context.Chosen[row.Number] = row.Folded is not null;
        var shown = context.Selected - context.First;
        // Counted from the span's beginning, the row stays where it is.
        StartAt(row.Number, row.Number);
        context.First = context.Selected - shown;
    }

    /// <summary>Selects the row that opens the span around the selected one.</summary>
    private void SelectAround()
    {
        if (Selected is not { Depth: > 0 } row)
            return;
        for (var i = context.Selected - 1; context.Outline?.Row(i, Progress) is { } before; i--)
        {
            if (before.Thread != row.Thread || before.Depth >= row.Depth)
                continue;
            context.Selected = i;
            return;
        }
    }
}
