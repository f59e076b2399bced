namespace GcReplay.Screen;

/// <summary>Lines typed before, and the walk through them with Up and Down.</summary>
internal sealed class CommandHistory
{
    private readonly List<string> lines = [];
    private int at;

    /// <summary>Keeps a line, unless it is empty or the same as the last one; the walk starts behind it.</summary>
    public void Add(string line)
    {
        if (line.Trim().Length > 0 && (lines.Count == 0 || lines[^1] != line))
            lines.Add(line);
        at = lines.Count;
    }

    /// <summary>The line before; the oldest again at the end of the walk. Null when there is none.</summary>
    public string? Before() => lines.Count == 0 ? null : lines[at = Math.Max(0, at - 1)];

    /// <summary>The line after; empty behind the newest.</summary>
    public string After()
    {
        at = Math.Min(lines.Count, at + 1);
        return at == lines.Count ? "" : lines[at];
    }
}
