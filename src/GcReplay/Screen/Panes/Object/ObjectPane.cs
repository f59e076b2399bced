using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes;

/// <summary>The object in focus: its words, what refers to it, the way to it, its life.</summary>
internal sealed class ObjectPane() : VirtualPane(Pane.Object)
{
    /// <summary>A fault so many bytes behind what a field names is a fault through that field: at a link word or in a header.</summary>
    private const long FaultNear = 32;

    private readonly ObjectContext context = new();

    protected override PaneScroll Scroll => context.Scroll;

    public override IReadOnlyList<PaneKey> Keys(PaneRequest request)
    {
        var none = request.Focus.Number == 0 ? "no object is in focus here" : "";
        return
        [
            new("Enter", "follow", "follows the reference, or goes to the event, of the row", Shown.Selected is { Object: 0, Event: < 0, Address: 0 } or null ? "the selected row leads nowhere" : ""),
            new("Backspace", "back", "to the object before"),
            new("d", "words", "its words, decoded bit by bit", none),
            new("r", "referrers", "what refers to it, and the links of lists that name it: looks through the heap", none),
            new("p", "path", "a shortest way from a root to it: looks through the heap", none),
            new("B", "life", "its biography: looks through the trace", none),
            new("t", "next side", "the next of these four"),
        ];
    }

    public override bool Press(string key, PaneRequest request)
    {
        ObjectTab? tab = key switch
        {
            "d" => ObjectTab.Fields,
            "r" => ObjectTab.In,
            "p" => ObjectTab.Path,
            "B" => ObjectTab.Life,
            "t" => (ObjectTab)(((int)context.Tab + 1) % 4),
            _ => null,
        };
        if (tab is { } chosen)
            (context.Tab, context.IsAsked) = (chosen, true);
        else if (!base.Press(key, request))
            return false;
        context.Field = "";
        return true;
    }

    public override bool Click(int row, int column, PaneRequest request) => row > 0 && base.Click(row - 1, column, request);

    public override bool Find(string text, bool forward, PaneRequest request)
    {
        var rows = ObjectPresentation.Rows(request.Debugger, request.Focus, request.Marks, context, request.Size.Width).Select(l => l.Text)
            .Concat(ObjectPresentation.Items(request.View, request.Focus, context).Select(i => $"{i.Name} {ListCommand.ItemText(request.View, i)}")).ToList();
        for (var i = 1; i <= rows.Count; i++)
        {
            var at = (int)((Scroll.Selected + (forward ? i : rows.Count - i)) % rows.Count);
            if (!rows[at].Contains(text, StringComparison.OrdinalIgnoreCase))
                continue;
            Scroll.Select(at);
            context.Field = "";
            return true;
        }

        return false;
    }

    protected override PaneText Make(PaneRequest request)
    {
        var rows = ObjectPresentation.Rows(request.Debugger, request.Focus, request.Marks, context, request.Size.Width);
        var items = ObjectPresentation.Items(request.View, request.Focus, context).LongCount();
        Body = ObjectPresentation.Height(request.Size);
        if (context.IsNew(request.Focus.Number))
            Place(rows, items, request);
        else if (context.Field.Length > 0 && rows.ToList().FindIndex(l => l.Field == context.Field) is var same and >= 0)
            Scroll.Select(same);
        Scroll.Fit(rows.Count + items, Body);
        var text = ObjectPresentation.Of(request.Debugger, request.Focus, request.Marks, context, rows, items, request.Size);
        context.Field = text.Selected?.Field ?? "";
        context.IsAsked = false;
        return text;
    }

    /// <summary>Where the present event faulted; null when it did not.</summary>
    private static Address? FaultAddress(Timeline timeline) =>
        timeline.Position > timeline.Start && timeline.EventAt(timeline.Position).Event is { Kind: EventKind.Crash or EventKind.Hazard } e ? new Address(e.A) : null;

    /// <summary>Selects the word that a finding is about, or through which a fault came, or the field that was selected before, or what is wrong, or the first row.</summary>
    private void Place(IReadOnlyList<Line> rows, long items, PaneRequest request)
    {
        var found = ObjectFacts.Findings(request.Marks, request.Timeline.Position, request.Focus.Number).Select(v => v.About.Value).ToHashSet();
        var at = context.Tab != ObjectTab.Fields ? -1 : (long)Index(l => l.Address > 0 && found.Contains(l.Address));
        if (at < 0 && items > 0 && found.Count > 0)
            at = Item(i => found.Contains(i.Slot.Value));
        if (at < 0 && FaultAddress(request.Timeline) is { } fault && request.View.Object(request.Focus.Number) is { } o)
            at = Index(l => l.Field.Length > 0 && o.Read(l.Field) is { Role: FieldRole.Link or FieldRole.Owned or FieldRole.Borrowed } f && fault >= f.Target && fault - f.Target < FaultNear);
        if (at < 0 && context.Field.Length > 0)
            at = Index(l => l.Field == context.Field);
        if (at < 0 && context.Tab == ObjectTab.Fields)
            at = Index(l => l.Field.Length > 0 && l.Spans.Any(s => s.Ink == Ink.Failure));
        if (at < 0 && context.Tab == ObjectTab.Life)
            at = Index(l => l.Spans[0].Text == ">");
        Scroll.Show(0);
        Scroll.Select(Math.Max(0, at));

        int Index(Func<Line, bool> test) => rows.ToList().FindIndex(l => test(l));
        long Item(Func<Heaps.Views.ContainerItem, bool> test) =>
            ObjectPresentation.Items(request.View, request.Focus, context).ToList().FindIndex(i => test(i)) is var index and >= 0 ? rows.Count + index : -1;
    }
}
