using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>A pane whose text is made whole each time: for those with few rows.</summary>
/// <param name="text">Title and all rows; the cursor is where the pane starts, when what it is about has changed.</param>
internal sealed class TextPane(Pane id, Func<PaneRequest, PaneText> text) : IPane
{
    private readonly PaneScroll scroll = new();
    private PaneText whole = PaneText.Empty;

    public Pane Id => id;

    public IReadOnlyList<PaneKey> Keys(PaneRequest request) => [];

    public PaneText Build(PaneRequest request)
    {
        var before = whole;
        whole = text(request);
        if (whole.Title != before.Title)
            scroll.Select(Math.Max(0, whole.Cursor));
        scroll.Fit(whole.Lines.Length, request.Size.Height);
        var rows = whole.Lines.Skip((int)scroll.First).Take(request.Size.Height).Select(l => l.From(scroll.Column));
        return whole with
        {
            Lines = rows.ToImmutableArray(),
            Cursor = (int)(scroll.Selected - scroll.First),
            First = scroll.First,
            Total = whole.Lines.Length,
        };
    }

    public bool Press(string key, PaneRequest request)
    {
        if (scroll.Press(key, whole.Lines.Length, request.Size.Height))
            return true;
        if (key != "Enter" || scroll.Selected >= whole.Lines.Length)
            return false;
        return request.Session.Follow(whole.Lines[(int)scroll.Selected]);
    }

    public bool Click(int row, int column, PaneRequest request)
    {
        scroll.Select(Math.Min(scroll.First + row, Math.Max(0, whole.Lines.Length - 1)));
        return true;
    }

    public bool Find(string searched, bool forward, PaneRequest request)
    {
        for (var i = 1; i <= whole.Lines.Length; i++)
        {
            var row = (int)((scroll.Selected + (forward ? i : -i) + whole.Lines.Length) % whole.Lines.Length);
            if (!whole.Lines[row].Text.Contains(searched, StringComparison.OrdinalIgnoreCase))
                continue;
            scroll.Select(row);
            return true;
        }

        return false;
    }
}
