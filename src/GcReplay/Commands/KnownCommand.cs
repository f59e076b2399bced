using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Known;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>known FILE</c>: has this failure been seen before.</summary>
internal sealed class KnownCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Option<string?> catalogue = new("--catalogue") { HelpName = "DIR", Description = "compare with the traces in a folder too, as hunt -o makes it" };

    public Command Create()
    {
        var command = new Command("known", "tells whether a trace's failure has been seen before, and where its story is told") { file, catalogue };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(catalogue)));
        return command;
    }

    private int Run(string path, string? folder)
    {
        using var trace = TraceReader.Open(path);
        TraceNotice.Write(console, path, trace);
        var first = ProgressLine.Run(console, "checking", trace.EventCount, report => new Debugger(trace).Corruption.Find(new Progress(console.Cancellation, report)));
        var kept = folder is null ? [] : ProgressLine.Run(
            console, "reading the catalogue", 0, report => Catalogue.Read(folder, path, new Progress(console.Cancellation, report), message => console.Error.WriteLine($"left out: {message}")), "traces");
        var (failure, corruption) = (trace.Outcome?.Failure, first is null ? null : ViolationText.Failure(first, trace));
        var matches = Recognition.Of(Catalogue.CollectorOf(trace.Header), failure?.Signature, corruption?.Signature, Gallery.All.Concat(kept));
        Print(trace, failure, corruption, matches);
        var json = RunJson.Of(
            failure is null && first is null ? RunStatus.Ok : RunStatus.Failure, trace.EventCount, trace.Outcome?.Operations ?? 0, trace.Header.Seed, path,
            failure ?? corruption, first is null ? null : ViolationText.Corrupt(first));
        json["signatures"] = new JsonObject { ["failure"] = failure?.Signature, ["firstCorruption"] = corruption?.Signature };
        json["known"] = matches.Any(m => m.IsKnown);
        json["compared"] = Gallery.All.Count + kept.Count;
        json["matches"] = KnownJson.Of(matches);
        json["damage"] = trace.Damage;
        // What was recorded and can not be read was not checked: that nothing is wrong would say more than is known.
        if (failure is null && first is null && trace.Damage is not null && (trace.EventCount == 0 || trace.Outcome?.Events > trace.EventCount))
        {
            json["status"] = "failure";
            console.Result(json);
            return ExitCode.BadInput;
        }

        console.Result(json);
        return failure is null && first is null ? ExitCode.Ok : ExitCode.Finding;
    }

    private void Print(TraceReader trace, RunFailure? failure, RunFailure? corruption, IReadOnlyList<Match> matches)
    {
        if (failure is null && corruption is null)
        {
            var what = trace.Damage is null ? "this trace" : "what can be read of this trace";
            console.Prose.WriteLine($"nothing went wrong in {what}: there is nothing to recognise");
            return;
        }

        if (failure is not null)
            console.Prose.WriteLine($"ended: {failure.Signature}");
        if (corruption is not null)
            console.Prose.WriteLine($"first corrupt: {corruption.Signature}");
        if (!matches.Any(m => m.IsKnown))
            console.Prose.WriteLine("not seen before");
        foreach (var match in matches)
            Print(match);
    }

    private void Print(Match match)
    {
        var how = match.Likeness switch
        {
            Likeness.Same => "seen before",
            Likeness.SameCorruption => "seen before, the same first corrupt event",
            Likeness.SameFailure => "the same end, but otherwise before it",
            _ => "near",
        };
        console.Prose.WriteLine($"{how}{(match.Differs.Count > 0 ? $" ({string.Join(", ", match.Differs)})" : "")}: {string.Join(", ", match.Entries.Select(e => $"{e.Trace} {e.Collector}"))}");
        console.Prose.WriteLine($"  {match.First.What}");
        if (match.First.Story.Length > 0)
            console.Prose.WriteLine($"  story: {ShellWord.Of(match.First.Story)}");
    }
}
