using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary><c>conform PATH…</c>: runs conformance data and compares every field.</summary>
internal sealed class ConformCommand(CommandConsole console)
{
    /// <summary>Programs whose first difference is printed.</summary>
    private const int ProgramsShown = 20;

    private readonly Argument<string[]> paths = new("PATH")
    {
        Description = "conformance data (*.json, *.json.gz), or a folder that is searched for such files",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> only = new("--program") { HelpName = "ID", Description = "run only the program of this name" };

    private readonly Option<string?> save = new("--save")
    {
        HelpName = "FOLDER",
        Description = "write the program with the first difference, and its trace, into this folder; without a difference the one that --program names",
    };

    public Command Create()
    {
        var command = new Command("conform", "compares with what real collectors did, field by field") { paths, only, save };
        command.SetAction(parsed => Run(parsed.GetValue(paths)!, parsed.GetValue(only), parsed.GetValue(save)));
        return command;
    }

    private int Run(string[] given, string? id, string? folder)
    {
        var programs = Select(ConformanceFiles.Read(given).ToList(), id);
        var total = programs.Sum(program => (long)program.Operations.Length);
        var outcome = ProgressLine.Run(console, "comparing", total, report => RunAll(programs, report));

        var saved = folder is null || outcome.IsCancelled ? null : outcome.First?.Program ?? (id is null ? null : programs[0]);
        var trace = saved is null ? null : Save(saved, folder!);
        Print(outcome, trace);
        console.Result(Json(outcome, trace));
        return outcome.IsCancelled ? ExitCode.Cancelled : outcome.Differences > 0 ? ExitCode.Finding : ExitCode.Ok;
    }

    private static List<ConformanceProgram> Select(List<ConformanceProgram> programs, string? id)
    {
        if (id is null)
            return programs;
        var named = programs.Where(program => program.Id == id).ToList();
        return named.Count > 0 ? named : throw new GcReplayException(
            $"--program {id}: there is no such program among {programs.Count}{Spelling.Suggest(id, programs.Select(program => program.Id))}.");
    }

    private Outcome RunAll(List<ConformanceProgram> programs, Action<long> report)
    {
        var outcome = new Outcome();
        foreach (var program in programs)
        {
            outcome.Add(program, Execute(program));
            if (outcome.IsCancelled)
                break;
            report(outcome.Operations);
        }

        return outcome;
    }

    private ConformanceResult Execute(ConformanceProgram program)
    {
        try
        {
            return ConformanceRun.Execute(program, App.ToolVersion, console.Cancellation);
        }
        catch when (TellWhere(program))
        {
            throw;
        }
    }

    /// <summary>A message of a run does not know the program's file.</summary>
    /// <returns>False: it handles nothing.</returns>
    private bool TellWhere(ConformanceProgram program)
    {
        console.Error.WriteLine($"in {program.File}, program '{program.Id}':");
        return false;
    }

    /// <summary>Writes the heap program and records it.</summary>
    /// <returns>Path of the trace.</returns>
    private string Save(ConformanceProgram program, string folder)
    {
        var options = ConformanceRun.OptionsOf(program);
        Directory.CreateDirectory(folder);
        var heap = Path.Combine(folder, options.ProgramName);
        OutputFile.WriteText(heap, options.ProgramText, CancellationToken.None);
        var trace = Path.ChangeExtension(heap, ".gctrace");
        var prepared = new PreparedRun(options, App.ToolVersion);
        using var writer = new TraceWriter(trace, prepared.Header);
        var result = prepared.Execute(writer, cancellation: console.Cancellation);
        writer.Finish(result.ToOutcome(), result.Choices);
        var settings = string.Concat(options.Parameters.Select(p => $" --set {p.Key}={p.Value}"));
        console.Prose.WriteLine($"To run it again: gcreplay record {ShellWord.Of(heap)} --collector {options.Collector} --allocator {options.Allocator}{settings}");
        return trace;
    }

    private void Print(Outcome outcome, string? trace)
    {
        console.Prose.WriteLine(
            $"{outcome.Operations} operations of {outcome.Programs} programs: {(outcome.Differences == 0 ? "no difference" : $"{outcome.Differences} differences")}");
        if (outcome.IsCancelled)
            console.Prose.WriteLine("cancelled; these programs were compared to their end");
        foreach (var (program, differences) in outcome.Differing.Take(ProgramsShown))
            Print(program, differences);
        if (outcome.Differing.Count > ProgramsShown)
            console.Prose.WriteLine($"and {outcome.Differing.Count - ProgramsShown} more programs that differ; --json names them all");
        if (trace is not null)
            console.Prose.WriteLine($"To look at it: gcreplay replay {ShellWord.Of(trace)}{(outcome.First is { } f ? $" -x \"goto {f.Difference.Event}\"" : "")}");
        else if (outcome.First is { } first)
            console.Prose.WriteLine($"To keep its program and trace: gcreplay conform {ShellWord.Of(first.Program.File)} --program {ShellWord.Of(first.Program.Id)} --save FOLDER");
    }

    private void Print(ConformanceProgram program, Differences differences)
    {
        var first = differences.Kept[0];
        console.Prose.WriteLine($"{program.File}: {program.Id}: {differences.Count}, the first at operation {first.Operation}, {first.Field}");
        var at = FirstMismatch(first.Expected, first.Actual);
        console.Prose.WriteLine($"  expected{Excerpt(first.Expected, at)}");
        console.Prose.WriteLine($"  actual  {Excerpt(first.Actual, at)}");
    }

    /// <summary>The first index at which two lists of records differ; 0 for anything else.</summary>
    private static int FirstMismatch(JsonNode? expected, JsonNode? actual)
    {
        if (expected is not JsonArray wanted || actual is not JsonArray found)
            return 0;
        var index = 0;
        while (index < wanted.Count && index < found.Count && JsonNode.DeepEquals(wanted[index], found[index]))
            index++;
        return index;
    }

    /// <summary>What fits a line, from an index on.</summary>
    private static string Excerpt(JsonNode? value, int from)
    {
        const int max = 160;
        var text = value is JsonArray list && from > 0
            ? $", from {from} of {list.Count}: " + string.Join(',', list.Skip(from).Select(item => item!.ToJsonString()))
            : $": {value?.ToJsonString() ?? "nothing"}";
        return text.Length <= max ? text : text[..max] + "…";
    }

    private static JsonObject Json(Outcome outcome, string? trace)
    {
        var json = new JsonObject
        {
            ["status"] = outcome.IsCancelled ? "cancelled" : outcome.Differences > 0 ? "failure" : "ok",
            ["programs"] = outcome.Programs,
            ["operations"] = outcome.Operations,
            ["differences"] = outcome.Differences,
        };
        if (outcome.First is var (program, first))
        {
            json["first"] = new JsonObject
            {
                ["program"] = program.Id,
                ["operation"] = first.Operation,
                ["field"] = first.Field,
                ["expected"] = first.Expected?.DeepClone(),
                ["actual"] = first.Actual?.DeepClone(),
                ["file"] = program.File,
                ["event"] = first.Event,
            };
        }

        json["differing"] = new JsonArray([.. outcome.Differing.Select(d => JsonValue.Create(d.Program.Id))]);
        if (trace is not null)
            json["trace"] = trace;
        return json;
    }

    /// <summary>What was compared so far.</summary>
    private sealed class Outcome
    {
        /// <summary>Programs that were compared to their end.</summary>
        public int Programs { get; private set; }

        public long Operations { get; private set; }

        public long Differences { get; private set; }

        public bool IsCancelled { get; private set; }

        public (ConformanceProgram Program, Difference Difference)? First { get; private set; }

        public List<(ConformanceProgram Program, Differences Differences)> Differing { get; } = [];

        public void Add(ConformanceProgram program, ConformanceResult result)
        {
            Operations += result.Operations;
            Differences += result.Differences.Count;
            IsCancelled = result.IsCancelled;
            if (!IsCancelled)
                Programs++;
            if (result.Differences.Kept is not [var first, ..])
                return;
            First ??= (program, first);
            Differing.Add((program, result.Differences));
        }
    }
}
