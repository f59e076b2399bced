using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Cutting;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Reports;
using GcReplay.Reports.Page;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>report FILE -o FILE.html</c>: one self-contained page for a bug report.</summary>
internal sealed class ReportCommand(CommandConsole console)
{
    /// <summary>Of the player, unless told otherwise.</summary>
    private const int EventsDefault = 240;
    private const int EventsLimit = 2000;

    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Option<string?> output = new("-o", "--output") { HelpName = "FILE", Description = "the page to write; - for standard output" };

    private readonly Option<bool> markdown = new("--markdown") { Description = "text to paste into an issue; without -o on standard output" };

    private readonly Option<bool> redact = new("--redact") { Description = "leave out program, names and contents of objects, as trim does" };

    private readonly Option<int> events = new("--events")
    {
        HelpName = "N", Description = "how many events the player has at most", DefaultValueFactory = _ => EventsDefault,
    };

    public Command Create()
    {
        var command = new Command("report", "writes one page, or text for an issue, that tells the story of a failure") { file, output, markdown, redact, events };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var (path, target, isMarkdown) = (parsed.GetValue(file)!, parsed.GetValue(output), parsed.GetValue(markdown));
        var eventsMax = parsed.GetValue(events);
        if (eventsMax is < 1 or > EventsLimit)
            throw new GcReplayException($"--events {eventsMax} is not between 1 and {EventsLimit}.");
        if (target is null && !isMarkdown)
            throw new GcReplayException("a page needs a file to be written to. Name one: -o report.html");
        if (target == "-")
            target = null;
        if (target is not null)
        {
            OutputFile.CheckText(path, target);
            if (Path.GetExtension(target) is ".heap" or ".notes")
                throw new GcReplayException($"{target} is the name of a heap program or of notes, and a report is neither. Name a file that ends otherwise.");
        }

        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        if (!parsed.GetValue(redact))
            return Write(trace, path, path, target, isMarkdown, eventsMax);
        // What is told of a redacted trace can not hold what was taken out of it.
        var redacted = Path.GetTempFileName();
        try
        {
            Redact(trace, redacted);
            using var copy = TraceReader.Open(redacted);
            return Write(copy, path, null, target, isMarkdown, eventsMax);
        }
        finally
        {
            File.Delete(redacted);
        }
    }

    private void Redact(TraceReader trace, string target)
    {
        if (trace.EventCount <= trace.Header.FirstPosition)
            throw new GcReplayException("the trace has no events: there is nothing to redact.");
        ProgressLine.Run(console, "redacting", trace.EventCount, report =>
        {
            var progress = new Progress(console.Cancellation, report);
            return new TraceWindow(trace, trace.Header.FirstPosition + 1, trace.EventCount, PublishedNames.All, progress).Write(target, progress);
        });
    }

    /// <param name="path">Of the trace as it was given, whose size and hash are told.</param>
    /// <param name="named">Its name when it may be told, beside which notes are kept; null for a redacted one.</param>
    private int Write(TraceReader trace, string path, string? named, string? target, bool isMarkdown, int eventsMax)
    {
        var debugger = new Debugger(trace, named is null ? null : named + ".notes");
        var json = new JsonObject { ["status"] = "ok" };
        ProgressLine.Run(console, "explaining", trace.EventCount, report =>
        {
            var content = new ReportContent(debugger, FileOf(path, named), new Progress(console.Cancellation, report));
            var page = isMarkdown ? null : new HtmlReport(content).Make(eventsMax);
            Put(page?.Text ?? MarkdownReport.Of(content), target);
            Describe(json, content, page, path, target);
            return 0;
        });
        if (target is not null)
            console.Prose.WriteLine($"{target}: {json["bytes"]} bytes{(isMarkdown ? "" : $", {json["eventsShown"]} of {trace.EventCount - trace.Header.FirstPosition} events to step through")}");
        console.Result(json);
        return ExitCode.Ok;
    }

    private void Put(string text, string? target)
    {
        if (target is null)
            console.Prose.Write(text);
        else
            OutputFile.WriteText(target, text, console.Cancellation);
    }

    private static void Describe(JsonObject json, ReportContent content, HtmlPage? page, string path, string? target)
    {
        json["trace"] = path;
        json["path"] = target;
        json["bytes"] = target is null ? null : new FileInfo(target).Length;
        json["format"] = page is null ? "markdown" : "html";
        json["events"] = content.Trace.EventCount;
        json["redacted"] = content.Header.IsRedacted;
        json["summary"] = content.Explanation.Summary;
        json["links"] = content.Explanation.Chain.Count;
        json["damage"] = content.Trace.Damage;
        if (page is null)
            return;
        json["eventsShown"] = page.EventsShown;
        json["shown"] = new JsonArray([.. page.Pieces.Select(p => (JsonNode)new JsonObject { ["from"] = p.First, ["to"] = p.Last })]);
    }

    private ReportedFile FileOf(string path, string? named)
    {
        using var stream = File.OpenRead(path);
        var hash = new byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var part = new byte[1 << 20];
        for (int read; (read = stream.Read(part)) > 0;)
        {
            console.Cancellation.ThrowIfCancellationRequested();
            sha.AppendData(part, 0, read);
        }

        sha.GetHashAndReset(hash);
        return new ReportedFile(named is null ? "" : Path.GetFileName(named), stream.Length, Convert.ToHexStringLower(hash));
    }
}
