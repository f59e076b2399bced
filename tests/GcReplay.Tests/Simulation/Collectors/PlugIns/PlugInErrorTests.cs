using GcReplay.Tests.CommandLine;

namespace GcReplay.Tests.Simulation.Collectors.PlugIns;

/// <summary>What a plug-in does wrong is told as its error, with the event, and is a finding in a trace that opens like any other.</summary>
public sealed class PlugInErrorTests
{
    private const string Program = """
        globals a b
        thread main {
          a = new plain 1 "a"
          b = new plain 1 "b"
          store a 0 b
          collect
          drop b
          store a 0 a
          collect
        }
        """;

    private static string PlugIn => Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll");

    [Theory]
    [InlineData("throws", "plug-in", "GcReplay.Tests.dll (throws) threw InvalidOperationException: no stores today, in ThrowingFamily.AtStore, BadFamilies.cs line ")]
    [InlineData("writes-runtime", "plug-in", "GcReplay.Tests.dll (writes-runtime) writes 0x")]
    [InlineData("writes-chunk", "plug-in", "GcReplay.Tests.dll (writes-chunk) writes 0x")]
    [InlineData("writes-unmapped", "crash", "write to unmapped memory at 0x10")]
    [InlineData("wrong-operand", "plug-in", "opens a Visit event with acts 7; expected 0 or 1")]
    [InlineData("wrong-object", "plug-in", "opens a Mark event with object 0x3; expected an object, or 0 for none: no object was ever there")]
    [InlineData("runtime-event", "plug-in", "opens a ThreadSwitch event, which only the runtime does")]
    [InlineData("ends-span", "plug-in", "ends the span of event 1 with a PhaseEnd event, and the innermost open span is that of event ")]
    [InlineData("leaves-span", "plug-in", "leaves the span open that event ")]
    [InlineData("unknown-site", "plug-in", "there is no site 'nowhere' among those that the collector's family declares")]
    [InlineData("reads-for-ever", "hang", "accesses in one operation")]
    [InlineData("events-for-ever", "hang", "accesses in one operation")]
    [InlineData("frees-twice", "plug-in", "which is to be given back, is no place of an object")]
    public void What_it_does_wrong_in_a_run_is_told_with_the_event(string family, string kind, string message)
    {
        using var folder = new ScratchFolder();
        var trace = folder.PathOf("run.gctrace");

        var run = Record(folder, family, trace);

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal(kind, (string)run.Json["failure"]!["kind"]!);
        Assert.Contains(message, (string)run.Json["failure"]!["message"]!, StringComparison.Ordinal);
        Assert.Contains("line 5: store a 0 b", (string)run.Json["failure"]!["message"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", run.Error, StringComparison.Ordinal);
        // Without the plug-in.
        var replay = CommandLineRun.Of("replay", trace, "-x", "goto failure");
        Assert.Equal(ExitCode.Ok, replay.ExitCode);
        Assert.True((bool)CommandLineRun.Of("info", trace, "--json").Json["whole"]!);
        Assert.Contains(kind == "plug-in" ? "plug-in-error: the plug-in's collector did what no collector may" : $"event {run.Json["events"]} of", replay.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remembers")]
    [InlineData("remembers-static")]
    public void What_it_keeps_outside_the_words_is_found_by_a_run_that_forgets(string family)
    {
        using var folder = new ScratchFolder();

        var remembering = Record(folder, family, folder.PathOf("run.gctrace"));
        var forgetting = Record(folder, family, folder.PathOf("run.gctrace"), "--amnesia");

        Assert.Equal(ExitCode.Ok, remembering.ExitCode);
        Assert.Equal(ExitCode.Finding, forgetting.ExitCode);
        Assert.Equal("divergence", (string)forgetting.Json["failure"]!["kind"]!);
        Assert.Contains("the collector keeps something outside the words", forgetting.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undeclared", "offset 40 of heap, which no field and no container of it describes")]
    [InlineData("undeclared-in-objects", "offset 8 of object, which no field and no container of it describes")]
    public void A_word_that_the_layout_does_not_describe_is_found_by_a_run_that_forgets(string family, string message)
    {
        using var folder = new ScratchFolder();

        var run = Record(folder, family, folder.PathOf("run.gctrace"), "--amnesia");

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal("undeclared", (string)run.Json["failure"]!["kind"]!);
        Assert.Contains(message, (string)run.Json["failure"]!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unfitting", "Expected that the rule for Black asks a field; there is no 'BLCK'.")]
    [InlineData("throws-early", "its collector failed before the run: NotSupportedException: sites are for tourists")]
    [InlineData("marksweep", "its collector is called 'marksweep', as one of GcReplay is. Give it a name of its own.")]
    [InlineData("thorws", "holds no collector 'thorws'; did you mean 'throws'?")]
    public void What_is_wrong_before_a_run_is_bad_input(string family, string message)
    {
        using var folder = new ScratchFolder();

        var run = Record(folder, family, folder.PathOf("run.gctrace"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_plug_in_is_bad_input()
    {
        using var folder = new ScratchFolder();
        var file = folder.PathOf("no.dll");
        File.WriteAllText(file, "no assembly");

        Assert.Contains("is no .NET assembly", CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", file).Error, StringComparison.Ordinal);
        Assert.Contains("there is no file", CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", folder.PathOf("other.dll")).Error, StringComparison.Ordinal);
        Assert.Contains("holds no collector: expected a public class", CommandLineRun.Of("record", folder.Write("p.heap", Program), "--collector", Path.Combine(AppContext.BaseDirectory, "GcReplay.Heaps.dll")).Error, StringComparison.Ordinal);
    }

    private static CommandLineRun Record(ScratchFolder folder, string family, string trace, params string[] more) =>
        CommandLineRun.Of(["record", folder.Write("p.heap", Program), "--collector", $"{PlugIn}:{family}", "-o", trace, "--json", .. more]);
}
