using System.Globalization;
using System.Text.RegularExpressions;

namespace GcReplay.Benchmarks;

/// <summary>A row of the table in traces/README.md that says, by hand, where a trace of the gallery is corrupt first and what decided it.</summary>
/// <param name="Path">From the root of the repository.</param>
/// <param name="FirstCorrupt">Null when no event is.</param>
/// <param name="Cause">Null when nothing is wrong.</param>
internal sealed partial record GalleryCauses(string Path, long? FirstCorrupt, long? Cause)
{
    /// <param name="root">Of the repository.</param>
    public static IReadOnlyList<GalleryCauses> Read(string root) =>
    [
        .. Row().Matches(File.ReadAllText(System.IO.Path.Combine(root, "traces/README.md")))
            .Select(m => new GalleryCauses("traces/" + m.Groups[1].Value, Number(m.Groups[2].Value), Number(m.Groups[3].Value))),
    ];

    private static long? Number(string text) => text == "–" ? null : long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| \[`[^`]+`\]\((\S+\.gctrace)\) \| (\d+|–) \| (\d+|–) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
