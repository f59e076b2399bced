using System.Text;
using GcReplay.Debugging.Explaining;
using GcReplay.Reports.Page;

namespace GcReplay.Reports;

/// <summary>The story as Markdown for an issue.</summary>
internal static class MarkdownReport
{
    private const int ProgramCharactersMax = 8000;
    private const int LineMax = 300;
    private const int StackLinesMax = 60;

    /// <summary>In an issue no more would be taken, in characters.</summary>
    public const int LengthMax = 60_000;

    private const int MessageMax = 800;

    /// <summary>As much as an issue takes: what is folded is left out first, then the ends of long messages.</summary>
    public static string Of(ReportContent content)
    {
        var text = Write(content, MessageMax, hasDetails: true);
        if (text.Length > LengthMax)
            text = Write(content, MessageMax, hasDetails: false);
        return text.Length > LengthMax ? Write(content, MessageMax / 10, hasDetails: false) : text;
    }

    private static string Write(ReportContent content, int messageMax, bool hasDetails)
    {
        var text = new StringBuilder();
        text.Append($"### {Plain(content.Title, 120)}\n\n{Story(content, messageMax)}");
        if (content.Repeat is { } repeat)
            text.Append($"To repeat it{(content.Header.IsChaos ? $" (seed {content.Header.Seed})" : "")}:\n\n{Fenced(Html.Cut(repeat, 4000), "")}\n");
        if (hasDetails)
        {
            Program(text, content);
            Folded(text, $"Threads and interpreters at event {content.StacksAt}", Fenced(string.Join('\n', content.Threads.Concat(content.Interpreters).Take(StackLinesMax).Select(l => Html.Cut(l, 300))), ""));
        }

        text.Append("| | |\n|---|---|\n");
        foreach (var (name, value) in content.Facts())
            text.Append($"| {name} | {Code(value, 400)} |\n");
        foreach (var note in content.Notes.Take(20))
            text.Append($"\nNote at event {note.Position}: {Plain(note.Text, Math.Min(500, messageMax))}\n");
        return text.ToString();
    }

    /// <summary>The two sentences and the chain.</summary>
    public static string Story(ReportContent content, int messageMax = MessageMax)
    {
        var text = new StringBuilder($"{Plain(content.Explanation.Summary)}\n\n");
        Chain(text, content, messageMax);
        return text.ToString();
    }

    private static void Chain(StringBuilder text, ReportContent content, int messageMax)
    {
        if (content.Links.Count == 0)
            return;
        text.Append("| event | role | what happened |\n|---:|---|---|\n");
        for (var i = 0; i < content.Links.Count; i++)
        {
            if (content.LinksLeftOut > 0 && i == content.Links.Count / 2)
                text.Append($"| | | {content.LinksLeftOut} further links are left out here |\n");
            var (link, what, _, line) = content.Links[i];
            var where = what.Length == 0 || link.Message.StartsWith(what, StringComparison.Ordinal) ? "" : $" ({Plain(what, Math.Min(200, messageMax))}{(line > 0 ? $", line {line}" : "")})";
            var role = PageWriter.Role(link.Role).ToLowerInvariant();
            text.Append($"| {link.Event} | {(link.Role is ChainRole.Corruption or ChainRole.Decision ? $"**{role}**" : role)} | {Plain(link.Message, messageMax)}{where} |\n");
        }

        text.Append('\n');
    }

    private static void Program(StringBuilder text, ReportContent content)
    {
        if (content.Header.IsRedacted || content.Header.ProgramText.Length == 0)
            return;
        var marked = content.Links.Where(l => l.Line > 0).Select(l => l.Line).ToHashSet();
        var excerpt = new ProgramExcerpt(content.Header.ProgramText, marked, ProgramCharactersMax, LineMax);
        var lines = excerpt.Lines.Select(line => $"{(marked.Contains(line.Number) ? ">" : " ")} {line.Number,3}  {line.Text}");
        var cut = excerpt.IsWhole ? "" : $"\nLines {excerpt.First} to {excerpt.Last}; the rest of the program is in the trace.\n";
        Folded(text, "The program, lines of the chain marked with >", Fenced(string.Join('\n', lines), "") + cut);
    }

    private static void Folded(StringBuilder text, string title, string content) =>
        text.Append($"<details><summary>{Plain(title, 200)}</summary>\n\n{content}\n</details>\n\n");

    /// <summary>A block of text as it is: its fence is longer than any in it.</summary>
    private static string Fenced(string text, string language)
    {
        var longest = text.Split('\n').Select(l => l.TrimStart().TakeWhile(c => c == '`').Count()).DefaultIfEmpty(0).Max();
        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}{language}\n{text}\n{fence}\n";
    }

    /// <summary>Text that is no markup wherever it stands, in a cell of a table as well, and no reference: in an issue <c>#2</c> would be the
    /// second issue, <c>www.name</c> an address, and <c>@name</c> somebody who is told. An invisible sign parts what would become one.</summary>
    private static string Plain(string text, int max = Html.TextMax)
    {
        var plain = new StringBuilder();
        var cut = Html.Cut(text, max);
        for (var i = 0; i < cut.Length; i++)
        {
            var sign = cut[i];
            if (sign is '\n' or '\t')
                plain.Append(' ');
            else if (sign is '<')
                plain.Append("&lt;");
            else if (sign is '&')
                plain.Append("&amp;");
            else if (sign is '@' || sign is '#' && i + 1 < cut.Length && char.IsAsciiDigit(cut[i + 1]) || IsReference(cut.AsSpan(i)))
                plain.Append(sign).Append("&#8203;");
            else if ("\\`*_[]|~$".Contains(sign, StringComparison.Ordinal) || sign is '#' && plain.Length == 0)
                plain.Append('\\').Append(sign);
            else
                plain.Append(sign);
        }

        return plain.ToString();
    }

    /// <summary>Whether an address, or the name of an issue, goes on behind this sign.</summary>
    private static bool IsReference(ReadOnlySpan<char> text) =>
        text.StartsWith("://") || text.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || text.StartsWith("GH-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Text as it is, in a cell of a table.</summary>
    private static string Code(string text, int max)
    {
        var line = Html.Cut(text, max).Replace('\n', ' ').Replace("|", "\\|", StringComparison.Ordinal);
        var ticks = 0;
        for (var run = 0; run < line.Length; run++)
            ticks = Math.Max(ticks, line.AsSpan(run).IndexOfAnyExcept('`') is var length and >= 0 ? length : line.Length - run);
        var fence = new string('`', ticks + 1);
        return ticks == 0 ? $"`{line}`" : $"{fence} {line} {fence}";
    }
}
