namespace GcReplay.Screen.Panes;

/// <summary>A pane that makes only the rows that are seen, of any number.</summary>
internal abstract class VirtualPane(Pane id) : IPane
{
    public Pane Id => id;

    /// <summary>What was made last.</summary>
    protected PaneText Shown { get; private set; } = PaneText.Empty;

    protected abstract PaneScroll Scroll { get; }

    /// <summary>Rows that scroll: those above what stands below them.</summary>
    protected int Body { get; set; } = 1;

    public virtual IReadOnlyList<PaneKey> Keys(PaneRequest request) => [];

    public PaneText Build(PaneRequest request) => Shown = Make(request);

    public virtual bool Press(string key, PaneRequest request)
    {
        if (key == "Enter")
            return Shown.Selected is { } line && Follow(line, request);
        return Scroll.Press(key, Shown.Total, Body);
    }

    public virtual bool Click(int row, int column, PaneRequest request)
    {
        if (row < Body)
            Scroll.Select(Math.Min(Shown.First + row, Math.Max(0, Shown.Total - 1)));
        return true;
    }

    public virtual bool Find(string text, bool forward, PaneRequest request) => false;

    protected abstract PaneText Make(PaneRequest request);

    /// <summary>Goes where a row leads: to an event, an object, a place.</summary>
    protected virtual bool Follow(Line line, PaneRequest request) => request.Session.Follow(line);
}
