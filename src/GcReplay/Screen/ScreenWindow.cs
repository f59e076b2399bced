using System.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace GcReplay.Screen;

/// <summary>The whole terminal: places the views for its size, and gives keys to the controller.</summary>
internal sealed class ScreenWindow : Runnable
{
    private readonly ScreenController controller;
    private readonly LinesView status;
    private readonly LinesView bottom;
    private readonly LinesView separator;
    private readonly LinesView help;
    private readonly LinesView[] panes;
    private readonly View colon = new() { Text = ":", Width = 1, Height = 1 };
    private readonly TextField input = new() { Height = 1, Visible = false };
    private ScreenLayout layout = ScreenLayout.Of(0, 0, Pane.Events);

    public ScreenWindow(ScreenController controller, Palette palette)
    {
        this.controller = controller;
        SetScheme(palette.Scheme);
        Width = Dim.Fill();
        Height = Dim.Fill();
        CanFocus = true;
        status = new LinesView(palette, Status);
        bottom = new LinesView(palette, _ => [controller.Bottom(layout.Shows(Pane.Output))]);
        separator = new LinesView(palette, size => Enumerable.Repeat(Line.Of("│", Ink.Dim), size.Height));
        help = new LinesView(palette, size => PaneRows.Of(controller.Help, controller.HelpCursor, size.Height, isActive: true, marksCursor: false));
        panes = [.. Enum.GetValues<Pane>().Select(p => new LinesView(palette, size => Rows(p, size)))];
        Add(status, bottom, separator, colon, input);
        Add(panes);
        Add(help);
        FrameChanged += (_, _) => Place();
    }

    /// <summary>Takes a key before any view does.</summary>
    /// <returns>False when the line being typed should have it.</returns>
    public bool Take(Key key)
    {
        var name = KeyNames.Of(key);
        if (!controller.IsTyping || name == "Ctrl+C")
        {
            controller.Press(name);
            return true;
        }

        switch (name)
        {
            case "Enter": controller.Submit(input.Text); return true;
            case "Esc": controller.LeaveLine(); return true;
            case "Up": SetInput(controller.History.Before() ?? input.Text); return true;
            case "Down": SetInput(controller.History.After()); return true;
            case "Tab" or "Shift+Tab" or "F6": return true;
            default: return false;
        }
    }

    /// <summary>Shows what the controller holds now.</summary>
    public void Refresh()
    {
        if (controller.IsTyping && !input.Visible)
            SetInput("");
        Place();
        if (controller.IsTyping)
            input.SetFocus();
        SetNeedsDraw();
        foreach (var view in SubViews)
            view.SetNeedsDraw();
    }

    private void SetInput(string text)
    {
        input.Text = text;
        input.InsertionPoint = text.Length;
    }

    private void Place()
    {
        layout = ScreenLayout.Of(Frame.Width, Frame.Height, controller.Active);
        Show(status, new Rectangle(0, 0, layout.Width, layout.IsTooSmall ? layout.Height : ScreenLayout.StatusRows));
        foreach (var pane in Enum.GetValues<Pane>())
        {
            var area = layout.Panes.FirstOrDefault(p => p.Pane == pane).Area;
            Show(panes[(int)pane], controller.ShowsHelp ? default : area);
        }

        Show(help, controller.ShowsHelp && !layout.IsTooSmall ? layout.Middle : default);
        var events = layout.Panes.FirstOrDefault(p => p.Pane == Pane.Events).Area;
        Show(separator, layout.Separator < 0 || controller.ShowsHelp ? default : new Rectangle(layout.Separator, events.Y, 1, events.Height));
        var last = layout.IsTooSmall ? default : new Rectangle(0, layout.Height - 1, layout.Width, 1);
        Show(bottom, controller.IsTyping ? default : last);
        Show(colon, controller.IsTyping ? last with { Width = Math.Min(1, last.Width) } : default);
        Show(input, controller.IsTyping && last.Width > 1 ? last with { X = 1, Width = last.Width - 1 } : default);
        var active = layout.Panes.FirstOrDefault(p => p.Pane == controller.Active).Area;
        controller.Page = Math.Max(1, (controller.ShowsHelp ? layout.Middle.Height : active.Height) - 2);
    }

    private static void Show(View view, Rectangle area)
    {
        view.Visible = area is { Width: > 0, Height: > 0 };
        if (view.Visible)
            view.Frame = area;
    }

    private IEnumerable<Line> Status(Size size) =>
        layout.IsTooSmall ? [Line.Of(layout.TooSmallText)] : [controller.Run, controller.Place];

    private IEnumerable<Line> Rows(Pane pane, Size size)
    {
        var (text, cursor) = (controller.Text(pane), controller.CursorOf(pane));
        (text, cursor) = pane == Pane.Output
            ? PaneRows.Wrapped(text, cursor, size.Width)
            : (PaneRows.From(text, controller.ColumnOf(pane)), cursor);
        return PaneRows.Of(text, cursor, size.Height, pane == controller.Active, marksCursor: pane != Pane.Output);
    }
}
