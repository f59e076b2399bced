using System.Text.Json.Nodes;
using GcReplay.Hunting;

namespace GcReplay.Tests.CommandLine;

/// <summary>The folder of a hunt: moved, damaged, in use, and of a collector that is not as it was.</summary>
public sealed class HuntFolderTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Two_hunts_in_one_folder_would_lose_what_was_found()
    {
        using (new FolderLock(folder.PathOf("found")))
        {
            var second = Hunt("3");

            Assert.Equal(ExitCode.BadInput, second.ExitCode);
            Assert.Contains("another hunt is under way in", (string)second.Json["message"]!);
        }

        Assert.Equal(ExitCode.Finding, Hunt("3").ExitCode);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.PathOf("found")), file => file.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void Traces_that_are_gone_are_written_again_where_the_folder_is_now()
    {
        var trace = (string)Hunt("3").Json["failures"]![0]!["trace"]!;
        var before = File.ReadAllBytes(trace);
        File.Delete(trace);

        Hunt("3");
        Assert.Equal(before, File.ReadAllBytes(trace));

        Directory.Move(folder.PathOf("found"), folder.PathOf("moved"));
        var moved = (string)Hunt("3", "moved").Json["failures"]![0]!["trace"]!;
        Assert.Equal(folder.PathOf("moved"), Path.GetDirectoryName(moved));
        Assert.Equal(before, File.ReadAllBytes(moved));
    }

    [Theory]
    [InlineData("done", "[[1]]")]
    [InlineData("done", "[[3,1]]")]
    [InlineData("done", "[[1,2]]")]
    [InlineData("done", "[[-1,3]]")]
    [InlineData("done", "7")]
    [InlineData("result", "{}")]
    [InlineData("kept", "[]")]
    [InlineData("target", "7")]
    public void A_damaged_folder_is_told_with_what_to_do(string key, string value)
    {
        Hunt("3");
        var file = folder.PathOf("found/hunt.json");
        var state = JsonNode.Parse(File.ReadAllText(file))!;
        state[key] = JsonNode.Parse(value);
        File.WriteAllText(file, state.ToJsonString());

        var run = Hunt("3");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("hunt.json is damaged: it does not hold what a hunt writes. Name another folder, or remove that file", run.Error);
    }

    [Fact]
    public void The_last_seed_of_all_is_the_end_of_a_hunt()
    {
        var run = CommandLineRun.Of(
            "hunt", ScratchFolder.Bpo46070, "--runs", "5", "--seed", $"{ulong.MaxValue - 1}", "--jobs", "0", "-o", folder.PathOf("last"), "--json");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal($"[[{ulong.MaxValue - 1},{ulong.MaxValue}]]", run.Json["done"]!.ToJsonString());
        Assert.Equal(2, (long)run.Json["runs"]!);
    }

    [Fact]
    public void A_plug_in_that_is_built_anew_is_another_hunt()
    {
        HuntPlugIn("good", "--jobs", "0");
        var file = folder.PathOf("found/hunt.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("sha256 ", "sha256 0", StringComparison.Ordinal));

        var run = HuntPlugIn("good", "--jobs", "0");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("holds another hunt: the plug-in is GcReplay.Tests.dll", run.Error);
    }

    [Fact]
    public void A_plug_in_that_fails_once_is_a_finding_without_a_trace()
    {
        var run = HuntPlugIn("throws-once", "--jobs", "0");

        var failure = Assert.Single(run.Json["failures"]!.AsArray())!;
        Assert.Contains("not so when it was recorded", (string)failure["message"]!);
        Assert.Null(failure["trace"]);
        Assert.Empty(Directory.EnumerateFiles(folder.PathOf("found"), "*.gctrace"));
    }

    [Fact]
    public void What_a_plug_in_prints_is_no_answer_of_its_process()
    {
        var run = HuntPlugIn("prints", "--jobs", "1");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(6, (long)run.Json["runs"]!);
    }

    private CommandLineRun Hunt(string runs, string name = "found") => CommandLineRun.Of(
        "hunt", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--runs", runs, "--jobs", "0", "-o", folder.PathOf(name), "--json");

    private CommandLineRun HuntPlugIn(string family, params string[] more) => CommandLineRun.Of(
    [
        "hunt", folder.Write("store.heap", "thread main {\n  g0 = new plain 1\n  store g0 0 g0\n}\n"), "--runs", "6", "-o", folder.PathOf("found"), "--json",
        "--collector", Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll") + ":" + family, .. more,
    ]);
}
