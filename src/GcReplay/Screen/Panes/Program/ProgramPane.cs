using GcReplay.Debugging.Commands;

namespace GcReplay.Screen.Panes;

/// <summary>The heap program with the current line of every thread.</summary>
internal sealed class ProgramPane(ScreenSession session) : IPane
{
    private readonly ProgramContext context = new();
    private readonly string[] text = session.Debugger.Timeline.Source.Header.ProgramText.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public Pane Id => Pane.Program;

    public IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("Enter", "run to line", "on to where the selected line runs next", Refusal(request)),
        new("r", "back to line", "back to where the selected line ran last", Refusal(request)),
    ];

    public PaneText Build(PaneRequest request)
    {
        var (timeline, height) = (request.Timeline, request.Size.Height);
        var places = ProgramPlaces.Of(timeline, request.Session.Progress);
        if (context.Shown != timeline.Position)
        {
            context.Shown = timeline.Position;
            if (places.FirstOrDefault(p => p.Thread == timeline.Thread && p.IsInner) is { Line: > 0 } here)
                context.Scroll.Select(here.Line - 1);
            else if (timeline.Position == timeline.Start)
                context.Scroll.Select(0);
            context.Scroll.Centre(text.Length, height);
        }

        context.Scroll.Fit(text.Length, height);
        var first = (int)context.Scroll.First;
        var rows = ProgramPresentation.Rows(text, timeline.Source.Header, places, request.Debugger.Stops.All, timeline.Thread, first, height);
        return new PaneText(timeline.Source.Header.ProgramName, [.. rows.Select(r => r.From(context.Scroll.Column))])
        {
            Cursor = (int)context.Scroll.Selected - first,
            First = first,
            Total = text.Length,
        };
    }

    public bool Press(string key, PaneRequest request)
    {
        if (key is "Enter" or "r")
        {
            request.Session.Execute($"{(key == "Enter" ? "until" : "reverse-until")} line {Line}");
            return true;
        }

        return context.Scroll.Press(key, text.Length, request.Size.Height);
    }

    public bool Click(int row, int column, PaneRequest request)
    {
        context.Scroll.Select(Math.Min(context.Scroll.First + row, text.Length - 1));
        return true;
    }

    public bool Find(string searched, bool forward, PaneRequest request)
    {
        var step = forward ? 1 : -1;
        for (var line = context.Scroll.Selected + step; line >= 0 && line < text.Length; line += step)
        {
            if (!text[line].Contains(searched, StringComparison.OrdinalIgnoreCase))
                continue;
            context.Scroll.Select(line);
            return true;
        }

        return false;
    }

    private long Line => context.Scroll.Selected + 1;

    private string Refusal(PaneRequest request)
    {
        foreach (var operation in request.Timeline.Source.Header.Operations)
        {
            if (operation.Line == Line)
                return "";
        }

        return $"no statement stands on line {Line}";
    }
}
