using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Known;

public sealed class KnownTests : IDisposable
{
    private static readonly string Guard = Repository.PathOf("traces/bpo-46070/guard.gctrace");

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_failure_of_the_gallery_is_known_with_its_story()
    {
        var run = CommandLineRun.Of("known", Guard);
        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("seen before: traces/bpo-46070/", run.Output, StringComparison.Ordinal);
        Assert.Contains("  story: traces/bpo-46070/README.md\n", run.Output, StringComparison.Ordinal);
        var json = CommandLineRun.Of("known", Guard, "--json").Json;
        Assert.True((bool)json["known"]!);
        Assert.Equal(("same", "traces/bpo-46070/README.md"), ((string)json["matches"]![0]!["likeness"]!, (string)json["matches"]![0]!["story"]!));
    }

    [Fact]
    public void Of_equal_ones_that_of_the_same_collector_comes_first()
    {
        var json = CommandLineRun.Of("known", Repository.PathOf("traces/pypy-94529a6d2d0/lost.gctrace"), "--json").Json;
        Assert.Equal("traces/pypy-94529a6d2d0/README.md", (string)json["matches"]![0]!["story"]!);
        Assert.True(json["matches"]!.AsArray().Count(m => (string)m!["likeness"]! == "same") > 1);
    }

    [Fact]
    public void What_differs_in_the_kind_of_object_alone_is_near_and_not_known()
    {
        var program = folder.Write("mine.heap", File.ReadAllText(ScratchFolder.Bpo46070).Replace("method", "callback", StringComparison.Ordinal));
        var trace = folder.PathOf("mine.gctrace");
        CommandLineRun.Of("record", program, "-o", trace, "--collector", "cpython39@7247407", "--allocator", "guard");
        var run = CommandLineRun.Of("known", trace);
        Assert.Contains("not seen before\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("near (object kind callback instead of method): ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_healthy_trace_has_nothing_to_recognise()
    {
        var run = CommandLineRun.Of("known", Repository.PathOf("traces/gh-116510/fixed.gctrace"));
        Assert.Equal((ExitCode.Ok, "nothing went wrong in this trace: there is nothing to recognise\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_catalogue_is_a_folder_of_traces_with_their_pages_and_what_can_not_be_read_is_left_out()
    {
        var program = folder.Write("mine.heap", File.ReadAllText(ScratchFolder.Bpo46070).Replace("method", "callback", StringComparison.Ordinal));
        Directory.CreateDirectory(folder.PathOf("kept/callbacks"));
        var (trace, kept) = (folder.PathOf("mine.gctrace"), folder.PathOf("kept/callbacks/first.gctrace"));
        foreach (var target in new[] { trace, kept })
            CommandLineRun.Of("record", program, "-o", target, "--collector", "cpython39@7247407", "--allocator", "guard");
        folder.Write("kept/callbacks/README.md", "# Ours\n\nOur own callbacks outlive their plug-in.\n\nMore.\n");
        folder.Write("kept/broken.gctrace", "no trace");
        var run = CommandLineRun.Of("known", trace, "--catalogue", folder.PathOf("kept"));
        Assert.Contains($"seen before: {kept} cpython39@7247407\n  Our own callbacks outlive their plug-in.\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("left out: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"seen before: {folder.PathOf("kept/callbacks/README.md")}\n", CommandLineRun.Of(
            "record", program, "-o", trace, "--collector", "cpython39@7247407", "--allocator", "guard", "--catalogue", folder.PathOf("kept")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("known", trace, "--catalogue", folder.PathOf("nowhere")).ExitCode);
    }

    [Fact]
    public void What_a_hunt_keeps_is_a_catalogue()
    {
        var found = folder.PathOf("found");
        CommandLineRun.Of("hunt", ScratchFolder.Bpo46070, "--collector", "cpython39@gh-94673", "--runs", "4", "--jobs", "1", "-o", found);
        var trace = folder.PathOf("again.gctrace");
        File.Copy(Directory.EnumerateFiles(found, "*.gctrace").First(), trace);
        var json = CommandLineRun.Of("known", trace, "--catalogue", found, "--json").Json;
        Assert.Contains(json["matches"]!.AsArray(), m => (string)m!["likeness"]! == "same" && m["traces"]!.AsArray().Any(t => ((string)t!["trace"]!).StartsWith(found, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_end_of_a_recording_says_where_the_story_is()
    {
        string[] record = ["record", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--no-trace"];
        Assert.Contains("seen before: traces/bpo-46070/README.md\n", CommandLineRun.Of(record).Output, StringComparison.Ordinal);
        Assert.Equal("traces/bpo-46070/README.md", (string)CommandLineRun.Of([.. record, "--json"]).Json["known"]![0]!["story"]!);
    }
}
