using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GcReplay.Tests.House;

/// <summary>Rules of the house that no compiler knows.</summary>
public sealed partial class TidyTests
{
    private static readonly string[] Documented = ["src/", "tests/", "tools/", "traces/"];

    private static readonly string[] Texts =
        [".cs", ".csproj", ".props", ".md", ".sh", ".txt", ".json", ".heap", ".sln", ".editorconfig", ".gitignore", "/run", "LICENSE"];

    // Put together here, so that this file does not hold them.
    private static readonly string[] Forbidden =
        [".." + "/shared", "/" + "work/", "/" + "root/", "/" + "home/", "C:" + @"\Users", "TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];

    /// <summary>The rule: a folder that holds a file, or a folder that holds such a folder, has a page that says what belongs in it.</summary>
    [Fact]
    public void Every_folder_has_a_readme()
    {
        var folders = Repository.Files.Where(f => Documented.Any(d => f.StartsWith(d, StringComparison.Ordinal)))
            .SelectMany(AllFoldersOf).Distinct();
        AssertNone(folders, folder => !Repository.Files.Contains(folder + "/README.md"));
    }

    [Fact]
    public void Every_readme_of_a_folder_starts_with_one_sentence() =>
        AssertNone(
            Repository.Files,
            f => f.EndsWith("/README.md", StringComparison.Ordinal) && SentenceEnd().Count(FirstParagraph(Repository.Read(f))) != 1);

    [Fact]
    public void No_file_speaks_of_one_machine_or_of_unfinished_work()
    {
        var found = from file in Repository.Files
                    where Texts.Any(t => file.EndsWith(t, StringComparison.Ordinal))
                    let text = Repository.Read(file)
                    from word in Forbidden
                    where text.Contains(word, StringComparison.Ordinal)
                    select $"{file}: {word}";
        AssertNone(found, _ => true);
    }

    [Fact]
    public void Every_package_has_one_exact_version_in_one_place()
    {
        var central = XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion").ToList();
        Assert.All(central, p => Assert.Matches(ExactVersion(), p.Attribute("Version")!.Value));

        var projects = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));
        var references = projects.SelectMany(p => XDocument.Load(Repository.PathOf(p)).Descendants("PackageReference"));
        Assert.DoesNotContain(references.Attributes(), a => a.Name.LocalName.Contains("Version"));
    }

    [Fact]
    public void Every_text_ends_with_one_line_feed_and_has_no_carriage_returns() =>
        AssertNone(
            Repository.Files.Where(f => Texts.Any(t => f.EndsWith(t, StringComparison.Ordinal)) && !f.EndsWith(".sln", StringComparison.Ordinal)),
            f => Repository.Read(f) is var text && (text.Contains('\r') || !text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal)));

    /// <summary>The longest file that still holds one idea.</summary>
    [Fact]
    public void No_source_file_is_longer_than_600_lines() =>
        AssertNone(
            Repository.Files, f => f.EndsWith(".cs", StringComparison.Ordinal) && Repository.Read(f).Count(c => c == '\n') > 600);

    private static void AssertNone(IEnumerable<string> items, Func<string, bool> isWrong)
    {
        var wrong = items.Where(isWrong).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> AllFoldersOf(string file)
    {
        for (var folder = Repository.FolderOf(file); folder != ""; folder = Repository.FolderOf(folder))
            yield return folder;
    }

    private static string FirstParagraph(string markdown) => string.Join(' ', markdown.Split('\n')
        .SkipWhile(line => line.Length == 0 || line.StartsWith('#')).TakeWhile(line => line.Length > 0));

    [GeneratedRegex(@"[.!?](?=\s|$)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.]+)?$")]
    private static partial Regex ExactVersion();
}
