using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Notes;
using GcReplay.Debugging.Timelines;
using GcReplay.Output;
using GcReplay.Traces;

namespace GcReplay.Reports;

/// <summary>What is known of the file that a report is about.</summary>
/// <param name="Name">Without folders; of a redacted report, no name.</param>
/// <param name="Hash">SHA-256, in lower-case hexadecimal.</param>
internal sealed record ReportedFile(string Name, long Bytes, string Hash);

/// <summary>A link of the chain with what the debugger says of its event.</summary>
/// <param name="Line">Of the program, from 1; 0 for none.</param>
internal sealed record ReportedLink(ChainLink Link, string What, string Where, int Line);

/// <summary>What a report says in words, whatever its form. Cost: an explanation, and a few moves.</summary>
internal sealed class ReportContent
{
    /// <summary>A chain with more links is cut in the middle; its ends matter.</summary>
    private const int LinksMax = 40;

    public ReportContent(Debugger debugger, ReportedFile file, Progress progress)
    {
        Debugger = debugger;
        File = file;
        Progress = progress;
        Explanation = Explainer.Of(debugger, progress);
        Links = [.. Explanation.Chain.Select(Report)];
        if (Links.Count > LinksMax)
        {
            LinksLeftOut = Links.Count - LinksMax;
            Links = [.. Links.Take(LinksMax / 2), .. Links.TakeLast(LinksMax / 2)];
        }

        debugger.Timeline.MoveTo(StacksAt, progress);
        Threads = debugger.Execute("threads", progress).Lines;
        Interpreters = debugger.Execute("interpreters", progress).Lines;
    }

    public Debugger Debugger { get; }

    public ReportedFile File { get; }

    public Progress Progress { get; }

    public Explanation Explanation { get; }

    public ITraceSource Trace => Debugger.Timeline.Source;

    public TraceHeader Header => Trace.Header;

    /// <summary>In the order of the chain.</summary>
    public IReadOnlyList<ReportedLink> Links { get; }

    /// <summary>Links in the middle of a long chain that are not in <see cref="Links"/>.</summary>
    public int LinksLeftOut { get; }

    /// <summary>Where threads and interpreters are told: at the failure, else where the heap was first corrupt, else at the end.</summary>
    public long StacksAt => Explanation.Failure?.Event ?? Explanation.Corruption?.Event ?? Trace.EventCount;

    public IReadOnlyList<string> Threads { get; }

    public IReadOnlyList<string> Interpreters { get; }

    public IReadOnlyList<Mark> Marks => Debugger.Notebook.Marks();

    public IReadOnlyList<Note> Notes => Debugger.Notebook.Notes();

    /// <summary>What records the run again; null when it can not be recorded by this tool.</summary>
    public string? Repeat => Header.IsRedacted ? null : RepeatCommand.For(Header);

    /// <summary><c>crash in bpo-46070.heap</c>.</summary>
    public string Title
    {
        get
        {
            var what = Explanation.Failure is { } failure ? failure.Kind
                : Explanation.Corruption is { } corruption ? corruption.Code
                : "nothing wrong";
            return $"{char.ToUpperInvariant(what[0])}{what[1..]} in {(Header.IsRedacted ? "a redacted program" : Header.ProgramName)}";
        }
    }

    /// <summary>Events that matter most first: the cause, the first corrupt event, the failure, then the other links.</summary>
    public IEnumerable<long> LinksByImportance
    {
        get
        {
            var chain = Explanation.Chain;
            if (chain.Count == 0)
                return Notes.Select(n => n.Position).Concat(Marks.Select(m => m.Position));
            return chain.Where(l => l == Explanation.Cause).Concat(chain.Where(l => l.Role == ChainRole.Corruption)).Concat(chain).Select(l => l.Event).Distinct();
        }
    }

    /// <summary>Names and values for a table.</summary>
    public IEnumerable<(string Name, string Value)> Facts()
    {
        var outcome = Trace.Outcome;
        if (File.Name.Length > 0)
            yield return ("trace", File.Name);
        yield return ("size", $"{File.Bytes} bytes, {Trace.EventCount - Debugger.Timeline.Start} events{(outcome is null ? "" : $" in {outcome.Operations} operations")}");
        yield return (File.Name.Length > 0 ? "sha256" : "sha256 before redaction", File.Hash);
        if (outcome is { ContentHash: not 0 })
            yield return ("content hash", outcome.ContentHash.ToString("x16"));
        if (!Header.IsRedacted)
            yield return ("program", Header.ProgramName);
        yield return ("collector", $"{Header.Collector}@{Header.Revision}{(Header.PlugIn is { } plugIn ? $", of a plug-in: {plugIn}" : "")}");
        yield return ("allocator", Header.Allocator);
        if (!Header.IsRedacted)
            yield return ("choices", Header.IsChaos ? $"chaos, seed {Header.Seed}" : "defaults");
        if (Header.Parameters.Count > 0 && !Header.IsRedacted)
            yield return ("parameters", string.Join(' ', Header.Parameters.Select(p => $"{p.Key}={p.Value}")));
        if (Explanation.Failure is { } failure)
            yield return ("signature", failure.Signature);
        if (Explanation.Corruption is { } corruption)
            yield return ("first corrupt", ViolationText.Failure(corruption, Trace).Signature);
        yield return ("recorded by", $"gcreplay {Header.ToolVersion}");
        yield return ("reported by", $"gcreplay {App.ToolVersion}");
        if (Header.RecordedEvents > 0)
            yield return ("window", $"events {Header.FirstPosition + 1}-{Trace.EventCount} of a run of {Header.RecordedEvents}; what is said is about these");
        if (Header.IsRedacted)
            yield return ("redacted", "program, names and contents of objects were taken out");
        if (Trace.Damage is { } damage)
            yield return ("damage", damage);
        if (Trace.Warning is { } warning)
            yield return ("warning", warning);
    }

    private ReportedLink Report(ChainLink link)
    {
        var timeline = Debugger.Timeline;
        if (link.Event < 1 || link.Event > timeline.EventCount)
            return new ReportedLink(link, "", "", 0);
        if (link.Event <= timeline.Start)
            return new ReportedLink(link, EventText.BeforeWindow(timeline, link.Event), "", 0);
        timeline.MoveTo(link.Event, Progress);
        return new ReportedLink(link, EventText.What(timeline), EventText.Where(timeline), EventText.OperationOf(timeline)?.Line ?? 0);
    }
}
