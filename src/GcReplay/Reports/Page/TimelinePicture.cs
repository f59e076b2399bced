using System.Text;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Views;

namespace GcReplay.Reports.Page;

/// <summary>A stretch of the trace from left to right: phases of collections, lives of interpreters, and where the links of the chain lie.</summary>
internal static class TimelinePicture
{
    private const double Width = 960;
    private const double Left = 90;
    private const int InterpretersMax = 8;

    /// <summary>Room of the name of the lane of marks.</summary>
    private const double LaneWidth = 40;

    /// <summary>Of a figure in the label of a mark.</summary>
    private const double SignWidth = 7.6;

    /// <summary>Labels of marks that are nearer than this become one.</summary>
    private const double MarkGap = 8;

    /// <summary>So many colours for phases the style has: <c>.p0</c> and on.</summary>
    private const int Hues = 12;
    private const string BetweenPhases = "between phases";

    /// <param name="links">Events of the chain, in its order.</param>
    /// <param name="known">Names of phases that earlier pictures of this page show: they keep their hues here. Those that are new are added.</param>
    public static string Of(TraceOverview overview, HeapView view, IReadOnlyList<long> links, List<string> known, string label)
    {
        var svg = new StringBuilder();
        if (links.Count > 0)
            Marks(svg, overview, links);
        var phases = Phases(svg, overview, view, known);
        var y = 62.0;
        foreach (var life in overview.Interpreters.Take(InterpretersMax))
        {
            var from = life.Begin == 0 ? overview.First : life.Begin;
            var to = life.End == 0 ? overview.Last : life.End;
            svg.Append($"<text class=\"lane\" x=\"0\" y=\"{Html.Number(y + 10)}\">{Html.Label(view.InterpreterName(life.Index), 11)}</text>")
                .Append($"<rect class=\"life\" x=\"{Html.Number(X(overview, from))}\" y=\"{Html.Number(y)}\" width=\"{Html.Number(Math.Max(2, X(overview, to + 1) - X(overview, from)))}\" height=\"12\" rx=\"2\"/>");
            y += 20;
        }

        svg.Append($"<text class=\"lane\" x=\"{Left}\" y=\"{Html.Number(y + 12)}\">event {overview.First}</text><text class=\"lane end\" x=\"{Width}\" y=\"{Html.Number(y + 12)}\">event {overview.Last}</text>");
        var height = Html.Number(y + 18);
        var described = Html.Text($"{label}{(links.Count > 0 ? $"; links of the chain at events {string.Join(", ", links)}" : "")}{(phases.Count > 0 ? $"; phases {string.Join(", ", phases)}" : "")}", 600);
        var legend = phases.Count == 0 ? "" : $"<p class=\"legend\">{string.Join(" ", phases.Select(p => $"<span class=\"phase {ClassOf(known, p)}\">{Html.Text(p, 40)}</span>"))}</p>";
        return $"<figure><figcaption>{Html.Text(label)}</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Html.Text(label)}\"><svg class=\"timeline\" role=\"img\" aria-label=\"{described}\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\">{svg}</svg></div>{legend}</figure>";
    }

    private static double X(TraceOverview overview, long number) =>
        Left + (number - overview.First) * (Width - Left) / Math.Max(1, overview.Last - overview.First + 1);

    /// <summary>Numbers as the chain has them, each event with a line of its own; numbers that would lie upon each other stand together.</summary>
    private static void Marks(StringBuilder svg, TraceOverview overview, IReadOnlyList<long> links)
    {
        var groups = new List<List<(double X, int Number)>>();
        foreach (var link in links.Select((number, index) => (Event: number, Number: index + 1)).Where(l => l.Event >= overview.First && l.Event <= overview.Last).OrderBy(l => l.Event))
        {
            groups.Add([(X(overview, link.Event), link.Number)]);
            while (groups.Count > 1 && LabelOf(groups[^2]).Right + MarkGap > LabelOf(groups[^1]).Left)
            {
                groups[^2].AddRange(groups[^1]);
                groups.RemoveAt(groups.Count - 1);
            }
        }

        foreach (var group in groups)
        {
            var (label, left, right) = LabelOf(group);
            svg.Append(string.Concat(group.Select(m => m.X).Distinct().Select(x => $"<path class=\"mark\" d=\"M{Html.Number(x)} 20V56\"/>")))
                .Append($"<text class=\"mark\" x=\"{Html.Number((left + right) / 2)}\" y=\"14\">{label}</text>");
        }

        svg.Append("<text class=\"lane\" x=\"0\" y=\"14\">chain</text>");
    }

    /// <summary>A label and the room that it takes, in the picture and behind the name of the lane.</summary>
    private static (string Label, double Left, double Right) LabelOf(List<(double X, int Number)> group)
    {
        var label = Numbers([.. group.Select(m => m.Number).Order()]);
        var width = label.Length * SignWidth;
        var left = Math.Clamp((group.Min(m => m.X) + group.Max(m => m.X) - width) / 2, LaneWidth, Width - width);
        return (label, left, left + width);
    }

    /// <summary><c>1,3–5</c>.</summary>
    private static string Numbers(List<int> numbers)
    {
        var runs = numbers.Select((number, index) => (number, index)).GroupBy(n => n.number - n.index, n => n.number).Select(run => run.ToList());
        return string.Join(',', runs.Select(run => run.Count > 2 ? $"{run[0]}–{run[^1]}" : string.Join(',', run)));
    }

    /// <summary>Draws the lane of phases; returns their names in the order of first appearance.</summary>
    private static List<string> Phases(StringBuilder svg, TraceOverview overview, HeapView view, List<string> known)
    {
        var names = new List<string>();
        svg.Append($"<text class=\"lane\" x=\"0\" y=\"44\">collections</text><rect class=\"ground\" x=\"{Left}\" y=\"30\" width=\"{Html.Number(Width - Left)}\" height=\"20\" rx=\"2\"/>");
        var cells = overview.Cells;
        for (var i = 0; i < cells.Length;)
        {
            var end = i + 1;
            while (end < cells.Length && cells[end].Phase == cells[i].Phase)
                end++;
            if (cells[i].Phase != OverviewCell.Mutator)
            {
                var name = cells[i].Phase == OverviewCell.BetweenPhases ? BetweenPhases : view.PhaseName(cells[i].Phase);
                if (!names.Contains(name))
                    names.Add(name);
                if (!known.Contains(name))
                    known.Add(name);
                var (from, to) = (X(overview, overview.FirstOf(i)), X(overview, end < cells.Length ? overview.FirstOf(end) : overview.Last + 1));
                svg.Append($"<rect class=\"{ClassOf(known, name)}\" x=\"{Html.Number(from)}\" y=\"30\" width=\"{Html.Number(Math.Max(1, to - from))}\" height=\"20\"><title>{Html.Text(name, 60)}</title></rect>");
            }

            i = end;
        }

        return names;
    }

    private static string ClassOf(List<string> names, string name) =>
        name == BetweenPhases ? "pb" : $"p{names.Where(n => n != BetweenPhases).ToList().IndexOf(name) % Hues}";
}
