namespace GcReplay.Tests.CommandLine;

public sealed class InfoTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trace_tells_its_program_collector_and_end()
    {
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--allocator", "guard", "-o", folder.PathOf("a.gctrace"));
        var run = CommandLineRun.Of("info", folder.PathOf("a.gctrace"));
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("program       bpo-46070.heap", run.Output);
        Assert.Contains("collector     cpython39@7247407", run.Output);
        Assert.Contains("ended         crash at event", run.Output);
        Assert.DoesNotContain("damage", run.Output);
    }

    [Fact]
    public void A_trace_that_was_cut_says_so()
    {
        var path = folder.PathOf("a.gctrace");
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", path);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^40]);
        Assert.NotNull((string?)CommandLineRun.Of("info", path, "--json").Json["damage"]);
    }

    [Fact]
    public void A_file_that_is_no_trace_is_bad_input()
    {
        var run = CommandLineRun.Of("info", ScratchFolder.Bpo46070);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is no trace", run.Error);
    }
}
