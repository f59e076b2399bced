
namespace GcReplay.Screen;

/// <summary>The help of one pane: its own keys, those of all panes, what signs mean, and the debugger's commands.</summary>
internal static class HelpText
{
    public static Overlay Of(ScreenSession session, IPane pane, PaneRequest request)
    {
        var lines = new List<Line>();
        var own = pane.Keys(request);
        if (own.Count > 0)
        {
            lines.Add(Line.Of($"in {pane.Id}", Ink.Title));
            lines.AddRange(own.Select(k => Row(k.Key, k.Summary, k.Refusal)));
            lines.Add(Line.Of(""));
        }

        lines.Add(Line.Of("everywhere", Ink.Title));
        lines.AddRange(KeyTable.All.Select(k => Row(k.Key, k.Summary, k.Refusal(session))));
        lines.AddRange(KeyTable.Others.Select(o => Row(o.Key, o.Summary, "")));
        lines.Add(Line.Of(""));
        lines.Add(Line.Of("signs", Ink.Title));
        lines.Add(Row("[W] [G] [B]", "white, grey, black: an object's colour during a collection", ""));
        lines.Add(Row("> ! *", "the present event; a failure, or what is gone; the first corrupt event, or what the event changed", ""));
        lines.Add(Line.Of(""));
        lines.Add(Line.Of("behind the colon", Ink.Title));
        lines.AddRange(session.Debugger.Commands.All.Select(c => Line.Of(new Span($":{c.Usage}", Ink.Key), new Span($"  {c.Summary}"))));
        return new Overlay($"help on {pane.Id}", [.. lines]);
    }

    private static Line Row(string key, string summary, string refusal) => refusal.Length == 0
        ? Line.Of(new Span(key.PadRight(15), Ink.Key), new Span(summary))
        : Line.Of(new Span(key.PadRight(15), Ink.Dim), new Span(summary, Ink.Dim), new Span($" (not now: {refusal})", Ink.Dim));
}
