using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using GcReplay.Reports;
using GcReplay.Reports.Page;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Tests.Stories;

namespace GcReplay.Tests.Reports;

public sealed partial class ReportCommandTests : IDisposable
{
    private static readonly string Guard = Repository.PathOf("traces/bpo-46070/guard.gctrace");

    private readonly ScratchFolder folder = new();

    private string Page => folder.PathOf("report.html");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_page_tells_what_explain_tells_and_names_the_trace()
    {
        var page = Report(Guard);
        var told = CommandLineRun.Of("explain", Guard, "--json").Json;
        Assert.Contains(Html.Text((string)told["summary"]!), page, StringComparison.Ordinal);
        Assert.All(told["chain"]!.AsArray(), link => Assert.Contains(Html.Text((string)link!["message"]!), page, StringComparison.Ordinal));
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Guard))), page, StringComparison.Ordinal);
        Assert.Contains("gcreplay record bpo-46070.heap --collector cpython39@7247407 --allocator guard", page, StringComparison.Ordinal);
        Assert.Contains("main, interpreter main: in main, line 18: drop compile", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traces/gh-116510/fixed.gctrace", "Nothing wrong in ")]
    [InlineData("traces/frozen/1.0/foreign.gctrace", "Black-to-white in ")]
    [InlineData("traces/frozen/1.0/window.gctrace", "events 60-110 of a run of 118")]
    [InlineData("traces/frozen/1.0/redacted.gctrace", "program, names and contents of objects were taken out")]
    [InlineData("traces/pypy-853ec5c72eb/false-alarm.gctrace", "Assertion in ")]
    public void There_is_a_page_of_every_trace(string trace, string said) => Assert.Contains(said, Report(Repository.PathOf(trace)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(GalleryTests.Traces), MemberType = typeof(GalleryTests))]
    public void Each_trace_of_the_gallery_has_a_small_page_with_its_chain(string trace)
    {
        var json = CommandLineRun.Of("report", Repository.PathOf(trace), "-o", Page, "--json").Json;
        Assert.InRange((long)json["bytes"]!, 1, HtmlReport.BytesMax / 2);
        var chain = Regex.Match(File.ReadAllText(Page), "<ol class=\"chain\">(.*?)</ol>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal((int)json["links"]!, Regex.Count(chain, "<li[ >]"));
        Assert.Equal((int)json["links"]!, Regex.Count(chain, "data-state="));
    }

    [Fact]
    public void A_page_of_a_healthy_trace_speaks_of_no_chain()
    {
        var page = Report(Repository.PathOf("traces/gh-116510/fixed.gctrace"), "--events", "20");
        Assert.Contains("What can be stepped through", page, StringComparison.Ordinal);
        Assert.DoesNotContain("chain", page[..page.IndexOf("<footer>", StringComparison.Ordinal)].Replace(Style().Match(page).Value, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phase_has_one_hue_in_all_timelines_of_a_page()
    {
        var trace = folder.PathOf("cycles.gctrace");
        CommandLineRun.Of("record", folder.Write("cycles.heap", "globals a\nthread main {\n  loop 9 {\n    a = new plain 1\n    collect full\n  }\n}\n"), "-o", trace);
        var page = Report(trace, "--events", "40");
        var hues = Phase().Matches(page).Select(m => (Hue: m.Groups[1].Value, Name: m.Groups[2].Value)).ToList();
        Assert.True(hues.Count > hues.Distinct().Count());
        Assert.Equal(hues.Select(h => h.Name).Distinct().Count(), hues.Distinct().Count());
    }

    [Fact]
    public void A_page_of_a_damaged_trace_says_so()
    {
        var bytes = File.ReadAllBytes(Guard);
        var damaged = folder.PathOf("damaged.gctrace");
        File.WriteAllBytes(damaged, bytes[..^300]);
        Assert.Contains("The trace is not whole: ", Report(damaged), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_loads_nothing_and_allows_only_its_own_script_and_style()
    {
        var page = Report(Guard);
        var (script, style) = (Script().Match(page).Groups[1].Value, Style().Match(page).Groups[1].Value);
        Assert.Contains(
            $"content=\"default-src 'none'; script-src {Hash(script)}; style-src {Hash(style)}; base-uri 'none'; form-action 'none'\"", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<(link|img|iframe|object|embed|base|form)|\\s(src|style|on[a-z]+)=|https?:", page);
        Assert.All(Reference().Matches(page), m => Assert.StartsWith("#", m.Groups[1].Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<i>x</i>", "&lt;i&gt;x&lt;/i&gt;")]
    [InlineData("]]>\0<i>\u001b", "]]&gt;\\u0000&lt;i&gt;\\u001b")]
    [InlineData("--><!--\"", "--&gt;&lt;!--&quot;")]
    public void Names_of_a_hostile_trace_are_text(string name, string text)
    {
        var trace = folder.PathOf("evil.gctrace");
        ForeignSecrets.Write(trace, name);
        var page = Report(trace);
        Assert.DoesNotContain(name, page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, c => char.IsControl(c) && c != '\n');
        Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", WithoutCode(CommandLineRun.Of("report", trace, "--markdown").Output), StringComparison.Ordinal);
    }

    [Fact]
    public void A_redacted_page_holds_no_name_and_no_content()
    {
        const string Secret = "S3cr3t!!";
        var trace = folder.PathOf("private.gctrace");
        ForeignSecrets.Write(trace, Secret);
        var texts = new[] { Report(trace, "--redact"), CommandLineRun.Of("report", trace, "--markdown", "--redact").Output };
        Assert.All(texts, text => Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(texts, text => Assert.DoesNotContain("private", text, StringComparison.Ordinal));
        Assert.Contains(Secret, Report(trace), StringComparison.Ordinal);
    }

    [Fact]
    public void Huge_names_make_no_huge_page()
    {
        var name = new string('x', 60_000);
        var program = folder.Write("huge.heap", $"globals a\nthread main {{\n{string.Concat(Enumerable.Range(0, 40).Select(_ => $"  a = new plain 1 \"{name}\"\n"))}}}\n");
        var trace = folder.PathOf("huge.gctrace");
        CommandLineRun.Of("record", program, "-o", trace);
        Report(trace, "--events", "700");
        Assert.InRange(new FileInfo(Page).Length, 1, HtmlReport.BytesMax);
    }

    [Fact]
    public void A_longer_window_than_fits_is_cut_and_the_story_stays()
    {
        var program = folder.Write("long.heap", "globals a b c d e f\nthread main {\n  loop 400 {\n    a = new plain 4 \"one\"\n    store a 0 b\n    b = new plain 4 \"two\"\n    store b 1 a\n  }\n}\n");
        var trace = folder.PathOf("long.gctrace");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("record", program, "-o", trace).ExitCode);
        var json = CommandLineRun.Of("report", trace, "-o", Page, "--events", "700", "--json").Json;
        Assert.InRange((long)json["bytes"]!, 1, HtmlReport.BytesMax);
        Assert.True((long)json["eventsShown"]! < (long)json["events"]!);
        Assert.Contains(Html.Text((string)json["summary"]!), File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_tells_the_story_with_size_and_hash()
    {
        var text = CommandLineRun.Of("report", Guard, "--markdown").Output;
        Assert.StartsWith("### Crash in bpo-46070.heap\n\n", text, StringComparison.Ordinal);
        Assert.Contains("| 99 | **first corrupt event** |", text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Guard))), text, StringComparison.Ordinal);
        Assert.Contains(">  18    drop compile", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_names_no_issue_and_nobody()
    {
        var program = folder.Write("m.heap", "globals a\nthread main {\n  a = new plain 1 \"@owner #7 https://x.y `code` **b** <b>|\"\n}\n");
        var trace = folder.PathOf("m.gctrace");
        CommandLineRun.Of("record", program, "-o", trace);
        CommandLineRun.Of("replay", trace, "-x", "goto 9", "-x", "note @owner #7 GH-8 https://x.y www.z.y `code` **b** <b>|");
        var text = CommandLineRun.Of("report", trace, "--markdown").Output;
        Assert.EndsWith("Note at event 9: @&#8203;owner #&#8203;7 G&#8203;H-8 https:&#8203;//x.y w&#8203;ww.z.y \\`code\\` \\*\\*b\\*\\* &lt;b>\\|\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?<!&)[@#][a-z0-9]|://|www|GH", WithoutCode(text));
    }

    [Fact]
    public void Markdown_of_a_program_with_huge_names_shows_the_lines_of_the_chain()
    {
        var names = string.Concat(Enumerable.Range(0, 30).Select(i => $"  push = new method 1 \"{new string('n', 5000)}\"\n"));
        var program = folder.Write("m.heap", $"type method = plain\nthread main {{\n  interpreter sub\n  enter sub\n{names}  enter main\n  end sub\n  drop f0\n}}\n");
        var trace = folder.PathOf("m.gctrace");
        CommandLineRun.Of("record", program, "-o", trace, "--collector", "cpython39@7247407", "--allocator", "guard");
        var text = CommandLineRun.Of("report", trace, "--markdown").Output;
        Assert.Contains(">  36    end sub", text, StringComparison.Ordinal);
        Assert.Contains(" to 38; the rest of the program is in the trace.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_fits_an_issue_whatever_the_names_are()
    {
        var name = string.Concat(Enumerable.Repeat("@<", 2000));
        var program = folder.Write("m.heap", $"type method = plain\nthread main {{\n  interpreter sub\n  enter sub\n{string.Concat(Enumerable.Repeat($"  push = new method 1 \"{name}\"\n", 30))}  enter main\n  end sub\n  drop f0\n}}\n");
        var trace = folder.PathOf("m.gctrace");
        CommandLineRun.Of("record", program, "-o", trace, "--collector", "cpython39@7247407", "--allocator", "guard");
        Assert.InRange(CommandLineRun.Of("report", trace, "--markdown").Output.Length, 1, 60_000);
    }

    [Fact]
    public void A_page_goes_to_standard_output_where_its_name_is_a_dash()
    {
        var run = CommandLineRun.Of("report", Guard, "-o", "-");
        Assert.Equal((ExitCode.Ok, Report(Guard)), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_long_program_is_shown_from_somewhat_before_the_chain()
    {
        var excerpt = new ProgramExcerpt(string.Concat(Enumerable.Range(1, 1000).Select(i => $"line {i}\n")), [700, 710], 1000, 300);
        Assert.Equal((660, "line 660", false), (excerpt.First, excerpt.Lines[0].Text, excerpt.IsWhole));
        Assert.InRange(excerpt.Last, 710, 800);
        Assert.True(new ProgramExcerpt("a\nb\n", [], 1000, 300).IsWhole);
    }

    [Fact]
    public void Notes_and_marks_beside_the_trace_are_in_the_page()
    {
        var trace = folder.PathOf("noted.gctrace");
        File.Copy(Guard, trace);
        CommandLineRun.Of("replay", trace, "-x", "goto 99", "-x", "note <b>here</b> it is lost", "-x", "mark lost");
        var page = Report(trace);
        Assert.Contains("&lt;b&gt;here&lt;/b&gt; it is lost", page, StringComparison.Ordinal);
        Assert.Contains("mark <code>lost</code>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void One_json_object_says_what_was_written()
    {
        var run = CommandLineRun.Of("report", Guard, "-o", Page, "--json", "--events", "20");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(("ok", Page, "html", new FileInfo(Page).Length), ((string)run.Json["status"]!, (string)run.Json["path"]!, (string)run.Json["format"]!, (long)run.Json["bytes"]!));
        Assert.Equal((long)run.Json["eventsShown"]!, run.Json["shown"]!.AsArray().Sum(p => (long)p!["to"]! - (long)p["from"]! + 1));
        Assert.InRange((long)run.Json["eventsShown"]!, 1, 20);
    }

    [Theory]
    [InlineData("Name one: -o report.html")]
    [InlineData("is the trace itself", "-o", "TRACE")]
    [InlineData("the name of a trace", "-o", "other.gctrace")]
    [InlineData("the name of a heap program or of notes", "-o", "program.heap")]
    [InlineData("the name of a heap program or of notes", "-o", "guard.gctrace.notes")]
    [InlineData("is a folder", "-o", ".")]
    [InlineData("there is no folder", "-o", "nowhere/report.html")]
    [InlineData("no file that can be replaced", "-o", "/dev/null")]
    [InlineData("is not between 1 and", "-o", "report.html", "--events", "0")]
    public void What_can_not_be_written_is_said_before_the_work(string said, params string[] options)
    {
        var trace = folder.PathOf("guard.gctrace");
        File.Copy(Guard, trace);
        var run = CommandLineRun.Of(["report", trace, .. options.Select(o => o == "TRACE" ? trace : o.StartsWith('-') || o.StartsWith('/') || o == "0" ? o : folder.PathOf(o))]);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Equal(["guard.gctrace"], folder.Names);
    }

    [Fact]
    public void Cancelled_it_leaves_no_file()
    {
        var run = CommandLineRun.CancelledBy(new CancellationToken(canceled: true), "report", Guard, "-o", Page);
        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Empty(folder.Names);
    }

    private string Report(string trace, params string[] options)
    {
        var run = CommandLineRun.Of(["report", trace, "-o", Page, .. options]);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return File.ReadAllText(Page);
    }

    /// <summary>Markdown without what is code in it: there everything is text.</summary>
    private static string WithoutCode(string markdown) => InCode().Replace(Fence().Replace(markdown, ""), "");

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    [GeneratedRegex("(?<![`\\\\])(`+)(?!`).*?(?<!`)\\1(?!`)")]
    private static partial Regex InCode();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<span class=\"phase ([^\"]*)\">([^<]*)</span>")]
    private static partial Regex Phase();

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Reference();
}
