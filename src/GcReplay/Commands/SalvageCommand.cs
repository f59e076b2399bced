using System.CommandLine;
using GcReplay.Debugging.Cutting;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>salvage FILE -o FILE</c>: writes what is good of a damaged trace as a whole one, and says what was lost.</summary>
internal sealed class SalvageCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a damaged trace (*.gctrace)" };

    private readonly Option<string> output = new("-o", "--output") { HelpName = "FILE", Description = "the whole trace to write", Required = true };

    private readonly Option<string> codec = new("--codec")
    {
        Description = "how the new file is packed; none, with CRC-32, for readers that have no more than a standard library",
        DefaultValueFactory = _ => "zstd",
    };

    private readonly Option<long?> behind = new("--behind")
    {
        HelpName = "N",
        Description = "write what can be read behind event N instead, from the first saved state there on, as a window",
    };

    public Command Create()
    {
        codec.AcceptOnlyFromAmong("zstd", "none");
        var command = new Command("salvage", "writes what is good of a damaged trace as a whole one") { file, output, codec, behind };
        command.SetAction(parsed => parsed.GetValue(behind) is { } number
            ? RunBehind(parsed.GetValue(file)!, parsed.GetValue(output)!, number, parsed.GetValue(codec) == "none")
            : Run(parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(codec) == "none"));
        return command;
    }

    private int Run(string path, string target, bool isPlain)
    {
        OutputFile.RefuseSame(path, target, "the damaged trace");
        var survey = DamageReport.Survey(console, path);
        var outcome = TraceSalvage.Outcome(survey, StateHash(survey));
        OutputFile.WriteTrace(target, unfinished => TraceSalvage.Write(survey, outcome, unfinished, isPlain));
        Print(survey, outcome, path, target);

        var json = RunJson.Of(outcome.Status, outcome.Events, outcome.Operations, survey.Header.Seed, target, outcome.Failure, null);
        json["status"] = "ok";
        DamageReport.AddTo(json, survey);
        console.Result(json);
        return ExitCode.Ok;
    }

    private int RunBehind(string path, string target, long number, bool isPlain)
    {
        OutputFile.RefuseSame(path, target, "the damaged trace");
        if (isPlain)
            throw new GcReplayException("--behind writes compressed frames. Leave --codec out, and salvage the new file with it.");
        var survey = DamageReport.Survey(console, path);
        var window = survey.Openable.FirstOrDefault(range => range.First > number);
        if (window.First == 0)
            throw new GcReplayException($"{path}: nothing behind event {number} opens. {Openable(survey)}");
        using var rest = new TraceRemainder(survey, window);
        var outcome = ProgressLine.Run(console, "cutting", window.Last, report => OutputFile.WriteTrace(target, unfinished =>
        {
            var progress = new Progress(console.Cancellation, report);
            return new TraceWindow(rest, window.First, window.Last, null, progress).Write(unfinished, progress);
        }));
        console.Prose.WriteLine($"{target} holds events {window.First}-{window.Last} of {rest.Header.RecordedEvents}; who wrote a word before them may be unknown");
        console.Prose.WriteLine($"next: gcreplay replay {ShellWord.Of(target)}");
        var json = RunJson.Of(outcome.Status, outcome.Events, outcome.Operations, survey.Header.Seed, target, outcome.Failure, null);
        json["status"] = "ok";
        json["from"] = window.First;
        json["to"] = window.Last;
        DamageReport.AddTo(json, survey);
        console.Result(json);
        return ExitCode.Ok;
    }

    private static string Openable(TraceSurvey survey) =>
        survey.IsWhole ? "It is whole; to cut a window: gcreplay trim"
        : survey.Openable.Count == 0 ? "There is no saved state behind the damage."
        : $"{string.Join(" and ", survey.Openable)} would: --behind {survey.Openable[^1].First - 1}";

    /// <summary>Hash of the state after the good prefix: known by playing it.</summary>
    private ulong StateHash(TraceSurvey survey)
    {
        using var trace = TraceReader.Open(survey.Path);
        var timeline = new Timeline(trace);
        try
        {
            return ProgressLine.Run(console, "playing", survey.PrefixEvents, report =>
            {
                timeline.MoveTo(survey.PrefixEvents, new Progress(console.Cancellation, report));
                return timeline.Space.Hash;
            });
        }
        catch (GcReplayException e)
        {
            // Forged events; they are kept, and whoever moves over them is told the same.
            console.Error.WriteLine($"{survey.Path}: {e.Message}");
            return 0;
        }
    }

    private void Print(TraceSurvey survey, TraceOutcome outcome, string path, string target)
    {
        if (DamageReport.WrongCheckpoints(survey) is { } wrong)
            console.Prose.WriteLine(wrong);
        if (survey.IsWhole)
        {
            console.Prose.WriteLine($"nothing is damaged in {path}; {target} is a copy: {survey.PrefixEvents} events");
            return;
        }

        DamageReport.Print(console.Prose, survey);
        console.Prose.WriteLine(survey.PrefixEvents == 0
            ? $"{target} holds the header and no event"
            : outcome == survey.Outcome ? $"{target} holds events 1-{survey.PrefixEvents}, which are all that were recorded, and how the run ended"
            : $"{target} holds events 1-{survey.PrefixEvents}, and says that the recording was interrupted there");
        console.Prose.WriteLine($"next: gcreplay replay {ShellWord.Of(target)}");
    }
}
