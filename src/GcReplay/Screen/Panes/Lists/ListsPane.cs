using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The list that holds the object in focus, or any other list or container, or the table of all.</summary>
internal sealed class ListsPane() : VirtualPane(Pane.Lists)
{
    private readonly ListsContext context = new();

    protected override PaneScroll Scroll => context.Scroll;

    public override IReadOnlyList<PaneKey> Keys(PaneRequest request)
    {
        var subject = context.Subject(request.Timeline, request.Focus);
        var broken = subject.List is { } list && Rows(request, list).BrokenRows.Any();
        return
        [
            new("Enter", subject == ListSubject.All ? "open" : "focus", "opens the list of the row, or brings the member into focus"),
            new("a", "all lists", "the table of all lists and containers, with what is broken", subject == ListSubject.All ? "this is the table" : ""),
            new("t", "next list", "the next list or container; T: the one before"),
            new("e", "next fault", "the next broken link of the list", broken ? "" : "no link of what is shown is broken"),
            new("v", "follow", "the list that holds the object in focus", context.Chosen.Length > 0 || context.IsTable ? "" : "the pane follows the focus already"),
        ];
    }

    public override bool Press(string key, PaneRequest request)
    {
        switch (key)
        {
            case "a":
                (context.IsTable, context.Chosen) = (true, "");
                return true;
            case "v":
                (context.IsTable, context.Chosen) = (false, "");
                return true;
            case "t" or "T":
                Turn(request, key == "t" ? 1 : -1);
                return true;
            case "e":
                NextFault(request);
                return true;
            case "Enter" when Shown.Selected is { Field.Length: > 0 } row:
                (context.IsTable, context.Chosen) = (false, row.Field);
                return true;
            default:
                return base.Press(key, request);
        }
    }

    public override bool Find(string text, bool forward, PaneRequest request)
    {
        var row = RowTexts(request);
        var (from, total) = (Scroll.Selected, Shown.Total);
        for (var i = 1L; i <= total; i++)
        {
            var at = (from + (forward ? i : total - i)) % total;
            if (!row(at).Contains(text, StringComparison.OrdinalIgnoreCase))
                continue;
            Scroll.Select(at);
            return true;
        }

        return false;
    }

    protected override PaneText Make(PaneRequest request)
    {
        Body = PaneParts.Body(request.Size);
        var subject = context.Subject(request.Timeline, request.Focus);
        var isNew = context.IsNew(subject.Name, request.Focus.Number);
        if (subject.List is { } list)
            return Linked(request, list, isNew);
        if (subject.Container is { } container)
        {
            var total = container.View.Items().LongCount();
            if (isNew)
                Scroll.Select(0);
            Scroll.Fit(total, Body);
            return ListsPresentation.Of(request.Debugger, container, total, Scroll, request.Focus.Number, request.Size);
        }

        var rows = ListsPresentation.Table(request.Timeline, context, request.Focus.Number);
        if (isNew)
            Scroll.Select(0);
        Scroll.Fit(rows.Count, Body);
        return ListsPresentation.OfTable(request.View, rows, request.Focus.Number, Scroll, request.Size);
    }

    private PaneText Linked(PaneRequest request, ListInstance list, bool isNew)
    {
        var rows = Rows(request, list);
        var outline = Outline(request, list);
        if (isNew)
        {
            var index = request.View.Object(request.Focus.Number) is { } o ? outline.IndexOf(o.Address) : -1;
            // What is broken at the object in focus is seen at once.
            Scroll.Select(index >= 0 ? rows.RowOf(index) : rows.BrokenRows.FirstOrDefault());
            Scroll.Centre(rows.Total, Body);
        }

        Scroll.Fit(rows.Total, Body);
        return ListsPresentation.Of(request.Debugger, outline, rows, Scroll, request.Size);
    }

    private LinkedRows Rows(PaneRequest request, ListInstance list) =>
        new(request.View, Outline(request, list), new ChangedWords(request.Timeline), request.Focus.Number);

    private ListOutline Outline(PaneRequest request, ListInstance list) =>
        context.Outline(request.Timeline, list, request.View.Object(request.Focus.Number) is { IsLive: true } o && o.List?.Head == list.Head ? o.Address : default);

    /// <summary>The text of any row of what is shown.</summary>
    private Func<long, string> RowTexts(PaneRequest request)
    {
        var subject = context.Subject(request.Timeline, request.Focus);
        if (subject.List is { } list)
        {
            var rows = Rows(request, list);
            return at => rows.From(at, 1, request.Size.Width).FirstOrDefault()?.Text ?? "";
        }

        var texts = subject.Container is { } container
            ? container.View.Items().Select(i => ListCommand.ItemText(request.View, i)).ToList()
            : [.. ListsPresentation.Table(request.Timeline, context, request.Focus.Number).Select(r => r.Text)];
        return at => texts[(int)at];
    }

    private void Turn(PaneRequest request, int step)
    {
        var all = ListsContext.Subjects(request.View).Select(s => s.Name).ToList();
        if (all.Count == 0)
            return;
        var at = all.IndexOf(context.Subject(request.Timeline, request.Focus).Name);
        (context.IsTable, context.Chosen) = (false, all[(Math.Max(at, step > 0 ? -1 : 0) + step + all.Count) % all.Count]);
    }

    private void NextFault(PaneRequest request)
    {
        if (context.Subject(request.Timeline, request.Focus).List is not { } list)
            return;
        var rows = Rows(request, list).BrokenRows.ToList();
        if (rows.Count > 0)
            Scroll.Select(rows.FirstOrDefault(r => r > Scroll.Selected, rows[0]));
    }
}
