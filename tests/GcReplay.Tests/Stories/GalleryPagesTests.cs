using System.Text.RegularExpressions;
using GcReplay.Debugging;
using GcReplay.Reports;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Stories;

/// <summary>In each page of the gallery stands the way from a trace's failure back to its cause, as <c>gcreplay report --markdown</c> tells it.</summary>
/// <remarks>With <c>GCREPLAY_UPDATE=1</c> the pages are rewritten.</remarks>
public sealed partial class GalleryPagesTests
{
    public static TheoryData<string> Pages => new(GalleryTests.Traces.Select(row => (string)row).Select(trace => Path.GetDirectoryName(trace)!.Replace('\\', '/') + "/README.md").Distinct());

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_tells_the_way_back_as_a_report_does(string page)
    {
        var path = Repository.PathOf(page);
        var text = File.ReadAllText(path);
        var told = WayBack().Replace(text, match => $"<!-- report {match.Groups[1].Value} -->\n\n{Story(Path.Combine(Path.GetDirectoryName(path)!, match.Groups[1].Value))}<!-- end of report -->");
        Assert.Matches(WayBack(), text);
        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(path, told);
        else
            Assert.True(told == text, $"{page} tells the way back otherwise than gcreplay report does. To write it again: GCREPLAY_UPDATE=1");
    }

    private static string Story(string trace)
    {
        using var reader = TraceReader.Open(trace);
        var story = MarkdownReport.Story(new ReportContent(new Debugger(reader), new ReportedFile("", 0, ""), default));
        // What parts a name from an issue's number is of no use in a page that is in no issue.
        return story.Replace("&#8203;", "", StringComparison.Ordinal);
    }

    [GeneratedRegex("<!-- report ([a-z-]+\\.gctrace) -->.*?<!-- end of report -->", RegexOptions.Singleline)]
    private static partial Regex WayBack();
}
