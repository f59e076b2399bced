using System.Text;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>A list as boxes in a row, each link drawn as an arrow of its own; a long one goes on in the next row.</summary>
internal sealed class ListPicture
{
    private const int WidthMax = 545;
    private const int RowHeight = 44;
    private const int BoxHeight = 28;
    private const int Arrow = 30;
    private const int Space = 8;

    private readonly StringBuilder svg = new();
    private double x = 1;
    private double y = 1;
    private double width;

    /// <summary>A figure: name and state of the list, and the picture.</summary>
    public static string Of(SceneList list)
    {
        var picture = new ListPicture();
        picture.Draw(list);
        var names = list.Members.Select(m => m.Label);
        var described = Html.Text($"{list.Name}, {list.Caption}: {string.Join(", ", names)}{(list.Ending.Length > 0 ? $"; {list.Ending}" : "")}", 800);
        var ending = list.Ending.Length > 0 ? $"<p class=\"wrong\">✗ {Html.Text(list.Ending, 300)}</p>" : "";
        var height = Html.Number(picture.y + BoxHeight + 3);
        return $"<figure class=\"list{(list.IsBroken ? " broken" : "")}\"><figcaption><b>{Html.Text(list.Name, 80)}</b> {Html.Text(list.Caption, 200)}</figcaption>"
            + $"<svg role=\"img\" aria-label=\"{described}\" width=\"{Html.Number(picture.width)}\" height=\"{height}\" viewBox=\"0 0 {Html.Number(picture.width)} {height}\">{picture.svg}</svg>{ending}</figure>";
    }

    private void Draw(SceneList list)
    {
        var isLost = list.HeadState is not (null or HeadState.Live);
        if (list.HeadState is { } state)
            Box(state == HeadState.Live ? "head" : $"head {state.ToString().ToLowerInvariant()}", isLost ? "head lost" : "head", Colour.None);
        for (var i = 0; i < list.Members.Count; i++)
        {
            var member = list.Members[i];
            if (list.HeadState is not null)
                Links(member, i == 0 ? isLost : list.Members[i - 1].IsNextBroken);
            if (member.Skipped > 0)
            {
                Box($"{member.Skipped} more", "skipped", Colour.None);
                if (list.HeadState is null)
                    x += Space;
                else
                    Links(member, false);
            }

            Box(member.Label, member.State == ObjectState.Live ? "node" : "node lost", member.Colour, member.Number);
            if (list.HeadState is null)
                x += Space;
        }

        if (list.HeadState is null || list.Members.Count == 0)
            return;
        var last = list.Members[^1];
        Line(list.Ending.Length > 0 || last.IsNextBroken, BoxHeight / 2, true);
        if (list.Ending.Length > 0)
            Box("✗", "head lost", Colour.None);
        else
            Box(list.IsCircular ? "back to head" : "end", isLost ? "head lost" : "skipped", Colour.None);
    }

    private void Box(string label, string kind, Colour colour, ulong number = 0)
    {
        var chip = colour == Colour.None ? 0 : 20;
        var boxWidth = Html.LabelWidth(label, ScenePanels.LabelMax) + 16 + chip;
        if (x + boxWidth > WidthMax && x > 1)
        {
            x = 1 + Arrow;
            y += RowHeight;
        }

        svg.Append($"<g class=\"{kind}\"{ScenePanels.About(number)}><rect x=\"{Html.Number(x)}\" y=\"{Html.Number(y)}\" width=\"{Html.Number(boxWidth)}\" height=\"{BoxHeight}\" rx=\"4\"/>");
        svg.Append(ScenePanels.Chip(colour, x + 6, y + 6));
        svg.Append(Html.LabelText(label, ScenePanels.LabelMax, x + 8 + chip, y + 18)).Append("</g>");
        x += boxWidth;
        width = Math.Max(width, x + 1);
    }

    /// <summary>The next link of the member before, above, and the prev link of a member, below.</summary>
    private void Links(SceneMember member, bool isNextBroken)
    {
        if (member.HasPrev)
        {
            Line(isNextBroken, BoxHeight / 2 - 5, true, stays: true);
            Line(member.IsPrevBroken, BoxHeight / 2 + 5, false);
        }
        else
        {
            Line(isNextBroken, BoxHeight / 2, true);
        }
    }

    private void Line(bool isBroken, double at, bool forward, bool stays = false)
    {
        var (from, to, line) = (x + 2, x + Arrow - 2, y + at);
        var head = forward ? $"M{Html.Number(to - 5)} {Html.Number(line - 3.5)}l5 3.5l-5 3.5" : $"M{Html.Number(from + 5)} {Html.Number(line - 3.5)}l-5 3.5l5 3.5";
        svg.Append($"<path class=\"{(isBroken ? "link broken" : "link")}\" d=\"M{Html.Number(from)} {Html.Number(line)}H{Html.Number(to)}{head}\"/>");
        width = Math.Max(width, x + Arrow);
        if (!stays)
            x += Arrow;
    }
}
