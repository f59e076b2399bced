using System.Collections.Immutable;
using System.Text.RegularExpressions;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Explaining;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging.Explaining.Ends;

/// <summary>The ends that a run can come to, each with a small program, and what is said of it: <c>ends.heaps</c>.</summary>
public sealed partial class EveryEndTests
{
    private const string Table = "tests/GcReplay.Tests/Debugging/Explaining/Ends/ends.heaps";

    /// <summary>Assertions that no row ends with, and why.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Unshown = new Dictionary<string, string>
    {
        ["arenas-out-of-memory"] = "takes terabytes",
        ["space-exhausted"] = "takes gigabytes; told as out-of-memory is",
        ["container-overflow"] = "takes eight million objects; told as frame-overflow is",
        ["mark-stack-overflow"] = "takes eight million objects; told as frame-overflow is",
        ["waits-below"] = "takes a schedule of its own; told as deadlock is",
        ["black-without-barrier"] = "no planted fault comes to it",
        ["cards-list-without-cards-set"] = "no planted fault comes to it",
        ["cards-set-unexpected"] = "no planted fault comes to it",
        ["free-blocks-out-of-order"] = "no planted fault comes to it",
        ["no-live-block"] = "no planted fault comes to it",
        ["nursery-not-empty"] = "no planted fault comes to it",
        ["object-overlap"] = "no planted fault comes to it",
        ["pinned-flag-outside-nursery"] = "no planted fault comes to it",
        ["pinned-in-trace-list"] = "no planted fault comes to it",
        ["prebuilt-flags-inconsistent"] = "no planted fault comes to it",
        ["raw_malloc_might_sweep-not-empty"] = "no planted fault comes to it",
        ["unpin-not-pinned"] = "no planted fault comes to it",
        ["weakref-to-clean-prebuilt"] = "no planted fault comes to it",
        ["young-in-trace-list"] = "no planted fault comes to it",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Rows().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_end_is_told_as_the_table_says(string name)
    {
        var row = Rows().Single(r => r.Name == name);

        var told = Told(row);

        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            Update(row, told);
        else
            Assert.Equal(row.Told, told);
    }

    [Fact]
    public void Each_assertion_of_the_simulation_is_in_the_table_or_said_not_to_be()
    {
        var sources = Directory.EnumerateFiles(Repository.PathOf("src/GcReplay.Simulation"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var constants = sources.SelectMany(text => Constant().Matches(text)).ToLookup(m => m.Groups[1].Value, m => m.Groups[2].Value);
        var sites = Families.All.SelectMany(family => new PreparedRun(new RunOptions { ProgramName = "p.heap", ProgramText = "thread main {\n}", Collector = family.Name }, "").Header.Layout.Sites).Select(site => site.Name).ToHashSet();
        var words = sources.SelectMany(text => Raised().Matches(text)).SelectMany(m => Word().Matches(m.Groups[1].Value)).ToList();
        var quoted = words.Select(m => m.Groups[1].Value).Where(code => code.Length > 0).ToHashSet();
        var raised = words.SelectMany(m => constants[m.Value]).Where(sites.Contains).Concat(quoted).ToHashSet();
        var shown = Rows().Select(row => row.Told[0].Split(' ') is ["assertion", var code] ? code : "").ToHashSet();

        Assert.Empty(quoted.Except(sites));
        Assert.Equal(raised.Except(shown).Order(StringComparer.Ordinal), Unshown.Keys);
    }

    private static string[] Told(Row row)
    {
        var run = new PreparedRun(row.Options with { HidesFault = true }, "test");
        var trace = new MemoryTrace(run.Header);
        var result = run.Execute(trace);
        trace.Finish(result.ToOutcome(), result.Choices);
        var debugger = new Debugger(trace);
        var explanation = Explainer.Of(debugger);
        var where = explanation.Cause is { } cause && EventText.OperationOf(debugger.At(cause.Event)) is { } operation ? $", in line {operation.Line} ({operation.Text})" : "";
        return
        [
            explanation.Failure is { } failure ? $"{failure.Kind} {failure.Code}" : "well",
            explanation.Cause is { } link ? $"{link.Role} at event {link.Event}{where}: {link.Message}" : "no cause",
            explanation.Summary,
        ];
    }

    private static List<Row> Rows()
    {
        var rows = new List<Row>();
        foreach (var section in Repository.Read(Table).Split("## ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = section.Split('\n');
            var words = lines[0].Split(' ');
            var options = new RunOptions
            {
                ProgramName = words[0] + ".heap",
                ProgramText = string.Join('\n', lines.Skip(4)),
                Collector = words[1],
                Parameters = words.Skip(2).Select(word => word.Split('=')).ToImmutableSortedDictionary(p => p[0], p => p[1], StringComparer.Ordinal),
            };
            rows.Add(new Row(words[0], options, [.. lines[1..4].Select(line => line[2..])]));
        }

        return rows;
    }

    private static void Update(Row row, string[] told)
    {
        var lines = Repository.Read(Table).Split('\n');
        var heading = Array.FindIndex(lines, line => line.StartsWith($"## {row.Name} ", StringComparison.Ordinal));
        for (var i = 0; i < told.Length; i++)
            lines[heading + 1 + i] = "# " + told[i];
        File.WriteAllText(Repository.PathOf(Table), string.Join('\n', lines));
    }

    [GeneratedRegex("""const string (\w+) = "([a-z_-]+)";""")]
    private static partial Regex Constant();

    /// <summary>The arguments of what raises an assertion.</summary>
    [GeneratedRegex("""\b(?:throw (?:gc\.)?[Pp]rocess\.Assertion|gc\.Assert|Process\.Assertion|process\.Assertion)\(((?:[^;])*?)\);""")]
    private static partial Regex Raised();

    /// <summary>A code in quotes, or a name that may be that of one.</summary>
    [GeneratedRegex("""(?<!\$)"([a-z_-]+)"|\b[A-Z]\w+\b""")]
    private static partial Regex Word();

    /// <param name="Told">Kind and code of the failure, the cause, and the sentences.</param>
    private sealed record Row(string Name, RunOptions Options, string[] Told);
}
