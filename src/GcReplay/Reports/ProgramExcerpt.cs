namespace GcReplay.Reports;

/// <summary>A line of a program, from 1.</summary>
internal readonly record struct ProgramLine(int Number, string Text);

/// <summary>As much of a program as a report holds: all of a short one, of a long one the part that the chain is about.</summary>
internal sealed class ProgramExcerpt
{
    /// <summary>Lines that stand in front of the first one of the chain, at most; they take half of the room at most.</summary>
    private const int LinesBefore = 40;

    /// <param name="marked">Lines of the chain.</param>
    /// <param name="charactersMax">At most so many, whatever each of them becomes in the report.</param>
    /// <param name="lineMax">What is longer is cut.</param>
    public ProgramExcerpt(string text, IReadOnlyCollection<int> marked, int charactersMax, int lineMax)
    {
        var lines = text.Split('\n');
        if (lines[^1].Length == 0)
            lines = lines[..^1];
        var isShort = lines.Sum(l => (long)Math.Min(l.Length, lineMax) + 1) <= charactersMax;
        First = isShort ? 1 : marked.DefaultIfEmpty(1).Min();
        for (var (before, room) = (0, charactersMax / 2); !isShort && First > 1 && before < LinesBefore; before++, First--)
        {
            room -= Math.Min(lines[First - 2].Length, lineMax) + 1;
            if (room < 0)
                break;
        }

        var shown = new List<ProgramLine>();
        var taken = 0;
        for (var number = First; number <= lines.Length; number++)
        {
            var line = Page.Html.Cut(lines[number - 1].TrimEnd('\r', ' ', '\t'), lineMax);
            taken += line.Length + 1;
            if (taken > charactersMax && shown.Count > 0)
                break;
            shown.Add(new ProgramLine(number, line));
        }

        Lines = shown;
        IsWhole = First == 1 && shown.Count == lines.Length;
    }

    public int First { get; }

    public int Last => First + Lines.Count - 1;

    public IReadOnlyList<ProgramLine> Lines { get; }

    public bool IsWhole { get; }
}
