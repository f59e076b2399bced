using System.Drawing;
using GcReplay.Screen;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Screen;

/// <summary>One pane and the session it is about, without any terminal.</summary>
internal sealed class OnePane
{
    private readonly IPane pane;
    private readonly Size size;

    public OnePane(ITraceSource trace, Pane id, int width = 80, int height = 40)
        : this(new ScreenSession(trace), id, width, height)
    {
        Session.Open();
        Session.ClearOutput();
        Build();
    }

    public OnePane(ScreenSession session, Pane id, int width = 80, int height = 40)
    {
        Session = session;
        size = new Size(width, height);
        pane = PaneTable.Of(session).First(p => p.Id == id);
        Build();
    }

    public ScreenSession Session { get; }

    /// <summary>A pane about a trace of the gallery.</summary>
    /// <param name="name">Folder and name: <c>bpo-46070/crash</c>.</param>
    public static OnePane OfGallery(string name, Pane id, int width = 80, int height = 40) =>
        new(TraceReader.Open(Repository.PathOf($"traces/{name}.gctrace")), id, width, height);

    /// <summary>What the pane shows now.</summary>
    public PaneText Shown { get; private set; } = PaneText.Empty;

    public string Title => Shown.Title;

    public string[] Rows => [.. Shown.Lines.Select(l => l.Text.TrimEnd())];

    /// <summary>The selected row.</summary>
    public string Selected => Shown.Selected?.Text.TrimEnd() ?? "";

    public IReadOnlyList<PaneKey> Keys => pane.Keys(Request);

    private PaneRequest Request => new(Session, size, true);

    /// <summary>Runs a debugger command.</summary>
    public OnePane Run(string command)
    {
        Session.Execute(command);
        return Build();
    }

    public OnePane Press(params string[] keys)
    {
        foreach (var key in keys)
        {
            pane.Press(key, Request);
            Build();
        }

        return this;
    }

    public OnePane Click(int row, int column)
    {
        pane.Click(row, column, Request);
        return Build();
    }

    public bool Find(string text, bool forward = true)
    {
        var found = pane.Find(text, forward, Request);
        Build();
        return found;
    }

    public OnePane Build()
    {
        Shown = pane.Build(Request);
        return this;
    }
}
