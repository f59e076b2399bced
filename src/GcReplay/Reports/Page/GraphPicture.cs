using System.Text;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>Objects and the references between them. An object keeps its place in all pictures of a report, so that what differs between two
/// of them changed in the heap.</summary>
internal sealed class GraphPicture
{
    private const int RootsMax = 16;
    private const int RowHeight = 42;
    private const int BoxHeight = 28;
    private const int Gap = 44;
    private const int ColumnsMax = 6;

    private readonly Dictionary<string, Place> places = [];
    private readonly double width = 1;
    private readonly double height = 1;

    /// <param name="scenes">All that will be drawn, the one that matters most first: what it shows stands as far from the roots as it is there.</param>
    public GraphPicture(IReadOnlyList<Scene> scenes)
    {
        var columns = Columns(scenes);
        var shown = Shown(scenes);
        for (var column = 0; column < columns.Count; column++)
        {
            var (widest, taken) = (0.0, new List<List<(long First, long Last)>>());
            foreach (var (key, label) in columns[column])
            {
                var boxWidth = Html.LabelWidth(label, ScenePanels.LabelMax) + (column == 0 ? 16 : 36);
                places[key] = new Place(width, 1 + RowFor(shown[key], taken) * RowHeight, boxWidth);
                widest = Math.Max(widest, boxWidth);
            }

            height = Math.Max(height, taken.Count * RowHeight);
            width += widest > 0 ? widest + Gap : 0;
        }

        // Room for curves around the last column.
        width = Math.Max(40, width - Gap + 48);
    }

    public string Of(Scene scene)
    {
        var svg = new StringBuilder();
        foreach (var edges in scene.Edges.GroupBy(e => (From: KeyOf(e), To: KeyOf(e.To))))
        {
            if (places.TryGetValue(edges.Key.From, out var from) && places.TryGetValue(edges.Key.To, out var to))
                Edge(svg, from, to, edges.ToList());
        }

        foreach (var root in scene.Edges.Where(e => e.From == 0).Select(e => e.Place).Distinct())
        {
            if (places.TryGetValue(root, out var place))
                Box(svg, place, root, "root", Colour.None);
        }

        foreach (var o in scene.Objects)
        {
            if (places.TryGetValue(KeyOf(o.Number), out var place))
                Box(svg, place, o.Label, o.State == ObjectState.Live ? "node" : "node lost", o.Colour, o.Number);
        }

        var described = $"{scene.Objects.Count} objects and {scene.Edges.Count} references after event {scene.Position}; the table of objects says the same in words";
        var (w, h) = (Html.Number(width), Html.Number(height));
        return $"<svg class=\"graph\" role=\"img\" aria-label=\"{described}\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">{svg}</svg>";
    }

    /// <summary>Roots, then what they refer to, then what those refer to.</summary>
    private static List<List<(string Key, string Label)>> Columns(IReadOnlyList<Scene> scenes)
    {
        var labels = new SortedDictionary<ulong, string>();
        foreach (var o in scenes.SelectMany(s => s.Objects))
            labels[o.Number] = labels.TryGetValue(o.Number, out var known) && known.Length >= o.Label.Length ? known : o.Label;
        var roots = scenes.SelectMany(s => s.Edges).Where(e => e.From == 0).Select(e => e.Place).Distinct().Take(RootsMax).ToList();
        var depths = roots.ToDictionary(r => r, _ => 0);
        AddDepths(depths, scenes[0].Edges);
        AddDepths(depths, scenes.SelectMany(s => s.Edges).Select(e => e with { IsDead = false, IsOwned = true }).Distinct().ToList());
        var columns = new List<List<(string Key, string Label)>> { roots.ConvertAll(r => (r, r)) };
        foreach (var (number, label) in labels)
        {
            var depth = Math.Min(depths.GetValueOrDefault(KeyOf(number), 1), ColumnsMax);
            while (columns.Count <= depth)
                columns.Add([]);
            columns[depth].Add((KeyOf(number), label));
        }

        for (var column = 1; column < columns.Count; column++)
            columns[column] = Ordered(columns[column], columns[column - 1], scenes);
        return columns;
    }

    /// <summary>A column in the order of what refers to it from the column before, so that few arrows cross; what nothing there refers to comes last.</summary>
    private static List<(string Key, string Label)> Ordered(List<(string Key, string Label)> column, List<(string Key, string Label)> before, IReadOnlyList<Scene> scenes)
    {
        var rows = before.Select((node, row) => (node.Key, Row: row)).ToDictionary(n => n.Key, n => n.Row);
        var firsts = new Dictionary<string, int>();
        // The scene that matters most comes first: what it says of a node holds.
        foreach (var scene in scenes)
        {
            foreach (var group in scene.Edges.Where(e => rows.ContainsKey(KeyOf(e))).GroupBy(e => KeyOf(e.To)))
                firsts.TryAdd(group.Key, group.Min(e => rows[KeyOf(e)]));
        }

        return [.. column.OrderBy(node => firsts.GetValueOrDefault(node.Key, int.MaxValue))];
    }

    /// <summary>From which position to which each node is to be seen.</summary>
    private static Dictionary<string, (long First, long Last)> Shown(IReadOnlyList<Scene> scenes)
    {
        var shown = new Dictionary<string, (long First, long Last)>();
        foreach (var scene in scenes)
        {
            foreach (var key in scene.Objects.Select(o => KeyOf(o.Number)).Concat(scene.Edges.Where(e => e.From == 0).Select(e => e.Place)))
            {
                var known = shown.GetValueOrDefault(key, (First: scene.Position, Last: scene.Position));
                shown[key] = (Math.Min(known.First, scene.Position), Math.Max(known.Last, scene.Position));
            }
        }

        return shown;
    }

    /// <summary>The first row in which nothing else is to be seen at the same time.</summary>
    private static int RowFor((long First, long Last) shown, List<List<(long First, long Last)>> taken)
    {
        var row = taken.FindIndex(others => others.TrueForAll(o => o.Last < shown.First || o.First > shown.Last));
        if (row < 0)
        {
            row = taken.Count;
            taken.Add([]);
        }

        taken[row].Add(shown);
        return row;
    }

    /// <summary>The distance from the roots of what has none yet.</summary>
    private static void AddDepths(Dictionary<string, int> depths, IReadOnlyList<SceneEdge> edges)
    {
        for (var depth = 0; depth < edges.Count; depth++)
        {
            var next = edges.Where(e => depths.TryGetValue(KeyOf(e), out var from) && from == depth && !depths.ContainsKey(KeyOf(e.To))).Select(e => KeyOf(e.To)).Distinct().ToList();
            foreach (var key in next)
                depths[key] = depth + 1;
            if (next.Count == 0 && !depths.ContainsValue(depth + 1))
                return;
        }
    }

    private static void Edge(StringBuilder svg, Place from, Place to, List<SceneEdge> edges)
    {
        var kind = edges.Any(e => e.IsDead) ? "link broken" : edges.All(e => !e.IsOwned) ? "link weak" : "link";
        var title = Html.Text(string.Join(", ", edges.Select(e => e.Place)), 200);
        svg.Append($"<path class=\"{kind}\" d=\"{Curve(from, to)}\"><title>{title}</title></path>");
    }

    /// <summary>From the right side to the left one of what stands further right; within a column around its right side; back from left to right.</summary>
    private static string Curve(Place from, Place to)
    {
        var (y1, y2) = (from.Y + BoxHeight / 2.0, to.Y + BoxHeight / 2.0);
        var forward = to.X > from.X + from.Width;
        var back = to.X + to.Width < from.X;
        var (x1, x2) = (back ? from.X : from.X + from.Width, forward ? to.X : to.X + to.Width);
        var bend = forward || back ? Math.Abs(x2 - x1) / 2 : 28 + Math.Abs(y2 - y1) / 12;
        var (out1, in2) = (back ? -bend : bend, forward ? -bend : bend);
        if (x1 == x2 && y1 == y2)
            (y1, y2) = (y1 - 7, y2 + 7);
        var side = forward ? -1 : 1;
        return $"M{Html.Number(x1)} {Html.Number(y1)}C{Html.Number(x1 + out1)} {Html.Number(y1)} {Html.Number(x2 + in2)} {Html.Number(y2)} {Html.Number(x2 + side)} {Html.Number(y2)}"
            + $"M{Html.Number(x2 + side * 6)} {Html.Number(y2 - 3.5)}l{-5 * side} 3.5l{5 * side} 3.5";
    }

    private static void Box(StringBuilder svg, Place place, string label, string kind, Colour colour, ulong number = 0)
    {
        var chip = colour == Colour.None ? 0 : 20;
        svg.Append($"<g class=\"{kind}\"{ScenePanels.About(number)}><rect x=\"{Html.Number(place.X)}\" y=\"{Html.Number(place.Y)}\" width=\"{Html.Number(place.Width)}\" height=\"{BoxHeight}\" rx=\"{(kind == "root" ? 14 : 4)}\"/>")
            .Append(ScenePanels.Chip(colour, place.X + 6, place.Y + 6))
            .Append(Html.LabelText(label, ScenePanels.LabelMax, place.X + 8 + chip, place.Y + 18)).Append("</g>");
    }

    private static string KeyOf(SceneEdge edge) => edge.From == 0 ? edge.Place : KeyOf(edge.From);

    private static string KeyOf(ulong number) => $"#{number}";

    private readonly record struct Place(double X, double Y, double Width);
}
