using System.Collections.Immutable;
using System.Drawing;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;

namespace GcReplay.Screen;

/// <summary>Which panes are to be seen and which one has the focus; what is typed, searched and said over them.</summary>
internal sealed class Desk
{
    private readonly ScreenSession session;
    private readonly ImmutableArray<IPane> panes;

    /// <summary>The panes in the order in which they last had the focus, the active one first.</summary>
    private readonly List<Pane> recent;
    private readonly Dictionary<Pane, PaneText> texts = [];
    private ScreenLayout layout = ScreenLayout.Of(default, 0, null);

    public Desk(ScreenSession session, IReadOnlyList<IPane> panes)
    {
        this.session = session;
        this.panes = [.. panes];
        recent = [Pane.Events, Pane.Object, Pane.Lists, .. Enum.GetValues<Pane>().Where(p => p is not (Pane.Events or Pane.Object or Pane.Lists))];
    }

    /// <summary>Of the terminal.</summary>
    public Size Size { get; set; }

    public Pane Active => recent[0];

    public int PaneCount => panes.Length;

    public bool IsMaximised { get; set; }

    /// <summary>The line being typed; null when none is.</summary>
    public TypedLine? Typed { get; set; }

    public Overlay? Overlay { get; set; }

    /// <summary>What is searched in the active pane; empty outside the mode of searching.</summary>
    public string Search { get; set; } = "";

    /// <summary>What the last press has to say, in the last row; empty for nothing.</summary>
    public string Message { get => session.Refusal; set => session.Refusal = value; }

    public Selection Selection => new(session, texts.GetValueOrDefault(Active)?.Selected);

    public void Activate(Pane pane)
    {
        recent.Remove(pane);
        recent.Insert(0, pane);
        Search = "";
    }

    public void ShowHelp() => Overlay = HelpText.Of(session, this[Active], RequestOf(Active));

    public void ShowOutput() => Overlay = new Overlay("output", [.. session.Output.SelectMany(l => l.Wrapped(Size.Width))]);

    /// <summary>Shows an answer that is too long for the room it has.</summary>
    public void ShowLongOutput()
    {
        if (OutputRows().Length > Size.Height / 3)
            ShowOutput();
    }

    /// <summary>A key for the active pane; one that can not work now says why.</summary>
    /// <returns>False when the key means nothing to the pane.</returns>
    public bool Press(string key)
    {
        if (KeysOf(Active).FirstOrDefault(k => k.Key == key) is not { Refusal.Length: > 0 } refused)
            return this[Active].Press(key, RequestOf(Active));
        session.Refuse(key, refused.Refusal);
        return true;
    }

    /// <summary>Goes to so many matches of what is searched, as far as there are some.</summary>
    public void Find(bool forward, int count)
    {
        for (var i = 0; i < count && Search.Length > 0; i++)
        {
            if (this[Active].Find(Search, forward, RequestOf(Active)))
                continue;
            Message = $"'{Search}' is not {(forward ? "after" : "before")} the selected row of {Active.ToString().ToLowerInvariant()}";
            return;
        }
    }

    /// <summary>Closes what is open, the innermost first; then the focus follows events again.</summary>
    public void Leave()
    {
        if (Search.Length > 0)
            Search = "";
        else if (session.Output.Count > 0)
            session.ClearOutput();
        else if (IsMaximised)
            IsMaximised = false;
        else
            session.FollowEvents();
    }

    /// <summary>Lets panes do what can wait; false when nothing is left.</summary>
    public bool Work(Progress progress)
    {
        var isMore = false;
        foreach (var pane in panes)
            isMore |= pane.Work(progress);
        return isMore;
    }

    public void Mouse(Press press, int count)
    {
        if (Overlay is { } overlay)
        {
            for (var i = 0; i < count * 3; i++)
                overlay.Press(press.Key switch { "WheelUp" => "Up", "WheelDown" => "Down", _ => "" }, Size.Height);
            return;
        }

        if (layout.Regions.FirstOrDefault(r => r.Area.Contains(press.Column, press.Row)) is not { } region)
            return;
        var (row, column) = (press.Row - region.Area.Y - 1, press.Column - region.Area.X);
        var pane = Front(region);
        if (press.Key is "WheelUp" or "WheelDown")
        {
            for (var i = 0; i < count; i++)
                this[pane].Press(press.Key, RequestOf(pane));
            return;
        }

        if (row < 0)
        {
            Activate(TitleRow.PaneAt(column, region, pane, Active) ?? pane);
            return;
        }

        Activate(pane);
        this[pane].Click(row, column, RequestOf(pane));
        if (press.Key == "DoubleClick")
            Press("Enter");
    }

    /// <summary>Makes everything that is to be seen.</summary>
    /// <param name="prompt">What stands in the last row instead of keys; empty for none.</param>
    public ScreenContent Compose(string prompt)
    {
        var output = OutputRows();
        layout = ScreenLayout.Of(Size, output.Length, IsMaximised ? Active : null);
        if (layout.IsTooSmall)
            return new ScreenContent(Size, [new Block(new Rectangle(default, Size), [Line.Of(layout.TooSmallText)])]);
        var blocks = ImmutableArray.CreateBuilder<Block>();
        blocks.Add(new Block(new Rectangle(0, 0, Size.Width, layout.StatusRows), StatusText.Of(session)));
        if (Overlay is { } overlay)
        {
            var area = new Rectangle(0, layout.StatusRows, Size.Width, Size.Height - layout.StatusRows - 1);
            blocks.Add(new Block(area, overlay.Show(area.Height)));
        }
        else
        {
            blocks.AddRange(layout.Regions.Select(RegionBlock));
            blocks.AddRange(layout.Separators.Select(s => new Block(s, [.. Enumerable.Repeat(Line.Of("│", Ink.Dim), s.Height)])));
            if (layout.Output.Height > 0)
                blocks.Add(new Block(layout.Output, Fitting(output, layout.Output.Height)));
        }

        blocks.Add(new Block(new Rectangle(0, Size.Height - 1, Size.Width, 1), [Bottom(prompt)]));
        return new ScreenContent(Size, blocks.ToImmutable());
    }

    private IPane this[Pane pane] => panes.First(p => p.Id == pane);

    private Pane Front(Region region) => recent.First(p => region.Panes.Contains(p));

    private PaneRequest RequestOf(Pane pane)
    {
        var region = layout.Regions.FirstOrDefault(r => r.Panes.Contains(pane));
        var area = region?.Area ?? new Rectangle(default, Size);
        return new PaneRequest(session, new Size(Math.Max(1, area.Width), Math.Max(1, area.Height - 1)), pane == Active);
    }

    /// <summary>The pane's own keys; none where the trace is damaged.</summary>
    private IReadOnlyList<PaneKey> KeysOf(Pane pane)
    {
        try
        {
            return this[pane].Keys(RequestOf(pane));
        }
        catch (GcReplayException)
        {
            return [];
        }
    }

    private Block RegionBlock(Region region)
    {
        var pane = Front(region);
        var text = texts[pane] = TextOf(pane);
        var rows = ImmutableArray.CreateBuilder<Line>(region.Area.Height);
        rows.Add(TitleRow.Of(region, pane, Active, text));
        for (var i = 0; i < Math.Min(text.Lines.Length, region.Area.Height - 1); i++)
        {
            var line = text.Lines[i];
            var isSelected = pane == Active && i == text.Cursor && !(line.Spans.Length > 0 && line.Spans[0].Ink == Ink.Present);
            rows.Add(isSelected ? Line.Of(line.Text, Ink.Selected) : line);
        }

        return new Block(region.Area, rows.ToImmutable());
    }

    /// <summary>A trace can be damaged where a pane must look: then the pane says so, and the others are shown.</summary>
    private PaneText TextOf(Pane pane)
    {
        try
        {
            return this[pane].Build(RequestOf(pane));
        }
        catch (GcReplayException e)
        {
            return new PaneText("can not be shown", [.. Line.Of(e.Message, Ink.Failure).Wrapped(Math.Max(10, RequestOf(pane).Size.Width))]);
        }
    }

    private ImmutableArray<Line> OutputRows() =>
        Size.Width <= 0 ? [] : [.. Candidates(), .. session.Output.SelectMany(l => l.Wrapped(Size.Width))];

    private IEnumerable<Line> Candidates() =>
        Typed is { Offered.Count: > 0 } typed ? Line.Of(string.Join("  ", typed.Offered), Ink.Key).Wrapped(Size.Width) : [];

    private static ImmutableArray<Line> Fitting(ImmutableArray<Line> output, int height) =>
        output.Length <= height ? output : [.. output.Take(height - 1), Line.Of($"… {output.Length - height + 1} more rows: o shows them", Ink.Key)];

    private Line Bottom(string prompt)
    {
        if (Typed is { } typed)
            return typed.Show(Size.Width);
        if (prompt.Length > 0)
            return Line.Of(new Span(prompt, Ink.Key), new Span(prompt.EndsWith('_') ? "  Enter: to that event  %: of the trace  n s c …: so many times" : "  Esc leaves", Ink.Dim));
        if (Message.Length > 0)
            return Line.Of(Message, Ink.Failure);
        return Search.Length > 0
            ? Line.Of(new Span($"/{Search}", Ink.Key), new Span("  n next match  N the one before  Esc leaves the search", Ink.Dim))
            : BottomKeys.Of(session, KeysOf(Active), Size.Width);
    }
}
