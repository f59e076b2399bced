namespace GcReplay.Tests.CommandLine;

/// <summary>diff: two traces aligned by statement.</summary>
public sealed class DiffTests : IDisposable
{
    private const string Program = """
        globals a b
        thread main {
          first: a = new plain 2
          second: b = new plain 1
          third: store a 0 b
          fourth: drop b
          fifth: collect full
        }
        """;

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trace_does_not_differ_from_itself()
    {
        var trace = Record(Program, "a");

        var run = CommandLineRun.Of("diff", trace, trace, "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("ok", (string?)run.Json["status"]);
        Assert.Equal(5, (int)run.Json["operations"]!);
    }

    [Theory]
    [InlineData("guard")]
    [InlineData("pymalloc")]
    public void Addresses_alone_are_no_difference(string allocator)
    {
        var run = CommandLineRun.Of("diff", Record(Program, "a"), Record(Program, "b", "--allocator", allocator), "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(5, (int)run.Json["operations"]!);
        Assert.True((bool)run.Json["onlyStatements"]!);
    }

    [Fact]
    public void Another_revision_differs_first_where_the_interpreter_ends()
    {
        var path = ScratchFolder.Bpo46070;
        var old = Record(File.ReadAllText(path), "a", "--collector", "cpython39@7247407");
        var mended = Record(File.ReadAllText(path), "b", "--collector", "cpython39@gh-92036");

        var run = CommandLineRun.Of("diff", old, mended);

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("5 statements agree, then an event differs:", run.Output);
        Assert.Contains("InterpreterEnd interpreter=sub", run.Output);
        Assert.Contains("untrack-at-end", run.Output);
    }

    [Fact]
    public void A_statement_that_only_one_runs_is_found_by_its_label()
    {
        var shorter = Program.Replace("  third: store a 0 b\n", "", StringComparison.Ordinal);

        var run = CommandLineRun.Of("diff", Record(Program, "a"), Record(shorter, "b"));

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("2 statements agree, then the first trace runs statements in between that the second does not:", run.Output);
        Assert.Contains("store a 0 b", run.Output);
    }

    [Fact]
    public void A_trace_that_is_over_sooner_says_so()
    {
        var shorter = Program.Replace("  fifth: collect full\n", "", StringComparison.Ordinal);

        var run = CommandLineRun.Of("diff", Record(shorter, "a"), Record(Program, "b"), "--json");

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal(4, (int)run.Json["operations"]!);
        Assert.Equal(2, run.Json["difference"]!["sides"]!.AsArray().Count);
    }

    [Fact]
    public void A_file_that_is_no_trace_is_bad_input()
    {
        var run = CommandLineRun.Of("diff", Record(Program, "a"), folder.Write("b.txt", "no trace"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("b.txt", run.Error);
    }

    private string Record(string program, string name, params string[] arguments)
    {
        var trace = folder.PathOf(name + ".gctrace");
        CommandLineRun.Of(["record", folder.Write(name + ".heap", program), "-o", trace, .. arguments]);
        return trace;
    }
}
