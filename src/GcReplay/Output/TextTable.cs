namespace GcReplay.Output;

/// <summary>Names on the left, what they stand for on the right: plain text that reads the same in a file and on a terminal.</summary>
internal sealed class TextTable
{
    private readonly List<(string Name, string Text)> rows = [];

    public void Add(string name, string text) => rows.Add((name, text));

    public void Write(TextWriter writer)
    {
        var width = rows.Count == 0 ? 0 : rows.Max(r => r.Name.Length);
        foreach (var (name, text) in rows)
            writer.WriteLine($"{name.PadRight(width)}  {text}");
    }
}
