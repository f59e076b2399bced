using GcReplay.Tests.Simulation.Conformance;

namespace GcReplay.Tests.CommandLine;

public sealed class ConformTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Data_that_agree_are_no_finding()
    {
        var run = CommandLineRun.Of("conform", folder.Write("a.json", ConformanceData.SelfReference), "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("""{"status":"ok","programs":1,"operations":3,"differences":0,"differing":[]}""", run.Output.TrimEnd());
    }

    [Fact]
    public void The_first_difference_is_named()
    {
        var run = CommandLineRun.Of("conform", folder.Write("a.json", Different()), "--json");
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        var first = run.Json["first"]!;
        Assert.Equal(("self", 1, "rc"), ((string?)first["program"], (int)first["operation"]!, (string?)first["field"]));
        Assert.Equal(("[[0,3]]", "[[0,2]]"), (first["expected"]!.ToJsonString(), first["actual"]!.ToJsonString()));
        Assert.Contains("a.json: self: 2, the first at operation 1, rc", run.Error);
    }

    [Fact]
    public void The_program_of_the_first_difference_can_be_saved_and_replayed()
    {
        var saved = folder.PathOf("saved");
        var run = CommandLineRun.Of("conform", folder.Write("a.json", Different()), "--save", saved, "--json");
        var trace = Path.Combine(saved, "self.gctrace");
        Assert.Equal(trace, (string?)run.Json["trace"]);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("verify", trace).ExitCode);
        var stopped = CommandLineRun.Of("replay", trace, "-x", $"goto {run.Json["first"]!["event"]}", "-x", "object #1");
        Assert.Contains("ob_refcnt", stopped.Output);
        Assert.Contains("--collector cpython39@gh-92036 --allocator glibc --set gc.enabled=off", run.Error);
        Assert.Contains("store g0 0 g0", File.ReadAllText(Path.Combine(saved, "self.heap")));
    }

    [Fact]
    public void One_program_can_be_chosen()
    {
        var both = folder.Write("a.json", $"{Different().TrimEnd()[..^1]},{ConformanceData.SelfReference.Replace("\"self\"", "\"other\"").TrimStart()[1..]}");
        Assert.Equal(2, (int)CommandLineRun.Of("conform", both, "--json").Json["programs"]!);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("conform", both, "--program", "other").ExitCode);
        var none = CommandLineRun.Of("conform", both, "--program", "othr");
        Assert.Equal(ExitCode.BadInput, none.ExitCode);
        Assert.Contains("did you mean 'other'", none.Error);
    }

    [Fact]
    public void Folders_are_searched_and_packed_files_are_read()
    {
        Directory.CreateDirectory(folder.PathOf("deep"));
        folder.Write("deep/a.json", ConformanceData.SelfReference);
        using (var packed = new System.IO.Compression.GZipStream(File.Create(folder.PathOf("b.json.gz")), System.IO.Compression.CompressionMode.Compress))
            packed.Write(System.Text.Encoding.UTF8.GetBytes(ConformanceData.SelfReference));
        folder.Write("notes.txt", "no data");
        Assert.Equal(2, (int)CommandLineRun.Of("conform", folder.Root, "--json").Json["programs"]!);
    }

    [Fact]
    public void A_run_that_is_cancelled_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var run = CommandLineRun.CancelledBy(cancelled.Token, "conform", folder.Write("a.json", ConformanceData.SelfReference), "--json");
        Assert.Equal((ExitCode.Cancelled, "cancelled", 0), (run.ExitCode, (string?)run.Json["status"], (int)run.Json["programs"]!));
    }

    [Fact]
    public void Data_of_no_family_are_bad_input()
    {
        var run = CommandLineRun.Of("conform", folder.Write("a.json", "{}"), "--json");
        Assert.Equal((ExitCode.BadInput, "error"), (run.ExitCode, (string?)run.Json["status"]));
    }

    private static string Different() => ConformanceData.SelfReference.Replace("[[0,2]]}", "[[0,3]]}");
}
