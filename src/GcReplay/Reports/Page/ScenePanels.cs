using System.Text;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>One piece of markup of a panel, and what it is about: the same key in two scenes is the same thing.</summary>
internal sealed record Piece(string Key, string Markup);

/// <summary>A scene as the pieces of five panels: the moment, who is at work, lists, the graph, the objects.</summary>
internal sealed class ScenePanels
{
    private readonly GraphPicture graph;
    private readonly long events;

    /// <summary>Which columns of the table of objects have something in them: a collector with one heap knows no owners.</summary>
    private readonly bool hasColours, hasOwners, hasLists, hasReferences, hasWords;

    /// <param name="scenes">All that will be shown, the one that matters most first.</param>
    /// <param name="events">Number of the trace's last event.</param>
    public ScenePanels(IReadOnlyList<Scene> scenes, long events)
    {
        graph = new GraphPicture(scenes);
        this.events = events;
        var objects = scenes.SelectMany(s => s.Objects).ToList();
        hasColours = objects.Any(o => o.Colour != Colour.None);
        hasOwners = objects.Any(o => o.Owner.Length > 0);
        hasLists = objects.Any(o => o.List.Length > 0);
        hasReferences = objects.Any(o => o.References.Length > 0);
        hasWords = objects.Any(o => o.Words.Length > 0);
    }

    /// <summary>Signs of a label in a picture.</summary>
    public const int LabelMax = 26;

    /// <summary>Names of the panels, in the order of <see cref="Of"/>.</summary>
    public static readonly string[] Names = ["moment", "states", "lists", "graph", "objects"];

    public IReadOnlyList<IReadOnlyList<Piece>> Of(Scene scene) => [[Moment(scene)], States(scene), Lists(scene), [new Piece("graph", graph.Of(scene))], Objects(scene)];

    public string ObjectsHead() => $"<thead><tr>{string.Concat(Columns().Select(c => $"<th scope=\"col\">{c}</th>"))}</tr></thead>";

    /// <summary>A square with the letter of a colour; nothing for none.</summary>
    public static string Chip(Colour colour, double x, double y) => colour == Colour.None ? "" :
        $"<g class=\"chip {ClassOf(colour)}\"><rect x=\"{Html.Number(x)}\" y=\"{Html.Number(y)}\" width=\"16\" height=\"16\" rx=\"3\"/><text x=\"{Html.Number(x + 8)}\" y=\"{Html.Number(y + 12)}\">{LetterOf(colour)}</text></g>";

    /// <summary>The attribute by which the player finds what is drawn of an object; nothing for none.</summary>
    public static string About(ulong number) => number == 0 ? "" : $" data-object=\"{ObjectNumber.Text(number)}\"";

    private Piece Moment(Scene scene)
    {
        var actor = scene.Actor.Length > 0 ? $" · run by {Html.Text(scene.Actor, 60)}" : "";
        return new Piece("moment", $"<p class=\"moment\"><b>event {scene.Position}</b> of {events}{actor}<br><code>{Html.Text(scene.What, 600)}</code><br><span class=\"where\">{Html.Text(scene.Where, 300)}</span></p>");
    }

    private static List<Piece> States(Scene scene) => [.. scene.States.Select((s, i) => new Piece($"{i}", $"<li>{Html.Text(s, 200)}</li>"))];

    private static List<Piece> Lists(Scene scene)
    {
        var pieces = scene.Lists.Select(l => new Piece(l.Name, ListPicture.Of(l))).ToList();
        if (scene.EmptyLists.Count > 0)
            pieces.Add(new Piece("", $"<p class=\"dim\">Without members: {Html.Text(string.Join(", ", scene.EmptyLists), 600)}</p>"));
        if (pieces.Count == 0)
            pieces.Add(new Piece("", "<p class=\"dim\">No list or other container of the runtime holds objects here.</p>"));
        return pieces;
    }

    private List<Piece> Objects(Scene scene)
    {
        var pieces = scene.Objects.Select(o => new Piece($"#{ObjectNumber.Text(o.Number)}", Row(o))).ToList();
        var others = scene.Others switch { 0 => "", null => "More than 1000 other objects live and are not shown.", 1 => "1 other object lives and is not shown.", var n => $"{n} other objects live and are not shown." };
        if (others.Length > 0)
            pieces.Add(new Piece("", $"<tr><td class=\"dim\" colspan=\"{Columns().Count()}\">{others}</td></tr>"));
        return pieces;
    }

    private string Row(SceneObject o)
    {
        var row = new StringBuilder($"<tr{(o.State == ObjectState.Live ? "" : " class=\"lost\"")}{About(o.Number)}>");
        row.Append($"<th scope=\"row\">{Html.Text(o.Label, 80)}{(o.State == ObjectState.Live ? "" : o.State == ObjectState.Freed ? " <i>freed</i>" : " <i>freed, unmapped</i>")}</th>");
        if (hasColours)
            row.Append(o.Colour == Colour.None ? "<td></td>" : $"<td><span class=\"tag {ClassOf(o.Colour)}\">{o.Colour.ToString().ToLowerInvariant()}</span></td>");
        row.Append($"<td>{Html.Text(o.Birthplace, 60)}</td>");
        if (hasOwners)
            row.Append($"<td>{Html.Text(o.Owner, 60)}{(o.IsOwnerDestroyed ? " <i>destroyed</i>" : "")}</td>");
        if (hasLists)
            row.Append($"<td>{Html.Text(o.List, 80)}</td>");
        if (hasReferences)
            row.Append($"<td>{Html.Text(o.References, 400)}</td>");
        if (hasWords)
            row.Append($"<td>{Html.Text(o.Words, 300)}</td>");
        return row.Append("</tr>").ToString();
    }

    private IEnumerable<string> Columns()
    {
        yield return "Object";
        if (hasColours)
            yield return "Colour";
        yield return "Birthplace";
        if (hasOwners)
            yield return "Owner";
        if (hasLists)
            yield return "On list";
        if (hasReferences)
            yield return "Refers to";
        if (hasWords)
            yield return "Header";
    }

    private static string ClassOf(Colour colour) => colour switch { Colour.Black => "black", Colour.Grey => "grey", _ => "white" };

    private static char LetterOf(Colour colour) => colour switch { Colour.Black => 'B', Colour.Grey => 'G', _ => 'W' };
}
