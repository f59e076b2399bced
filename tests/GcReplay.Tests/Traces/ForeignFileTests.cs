using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

public sealed class ForeignFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_of_another_kind_is_called_no_trace()
    {
        var path = folder.Write("notes.txt", "these are notes, and no trace at all"u8.ToArray());
        Assert.StartsWith($"{path} is no trace", OpenError(path));
    }

    [Fact]
    public void An_empty_file_is_called_empty()
    {
        var path = folder.Write("empty.gctrace", []);
        Assert.StartsWith($"{path} is empty", OpenError(path));
    }

    [Fact]
    public void A_missing_file_is_called_missing()
    {
        var path = folder.Path("missing.gctrace");
        Assert.StartsWith($"{path} does not exist", OpenError(path));
        Assert.StartsWith(folder.Path("no/such.gctrace"), OpenError(folder.Path("no/such.gctrace")));
    }

    [Fact]
    public void A_folder_is_called_a_folder() => Assert.Contains("is a folder", OpenError(folder.Path("")));

    [Fact]
    public void A_file_that_ends_before_its_header_says_so() =>
        Assert.Contains("ends before its header", OpenError(folder.Write("short.gctrace", File.ReadAllBytes(Write("run.gctrace"))[..18])));

    [Fact]
    public void A_trace_replaces_a_trace()
    {
        Write("run.gctrace");
        using var reader = TraceReader.Open(Write("run.gctrace"));
        Assert.Null(reader.Damage);
    }

    [Fact]
    public void A_file_that_is_no_trace_is_not_overwritten()
    {
        var path = folder.Write("program.heap", "thread main:"u8.ToArray());
        Assert.Contains("exists and is no trace", WriteError(path));
        Assert.Equal("thread main:", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named() =>
        Assert.Contains("does not exist", WriteError(folder.Path("nowhere/run.gctrace")));

    [Fact]
    public void A_trace_is_not_written_over_a_folder() => Assert.Contains("is a folder", WriteError(folder.Path("")));

    [Fact]
    public void A_folder_that_can_not_be_written_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that nobody can write to");
        Assert.Contains("cannot write /proc/run.gctrace", WriteError("/proc/run.gctrace"));
    }

    [Fact]
    public void A_full_disk_is_told_with_the_bytes_that_fit()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        Assert.Contains("cannot write /dev/full after 0 bytes", WriteError("/dev/full"));
    }

    private static string OpenError(string path) => Assert.ThrowsAny<GcReplayException>(() => TraceReader.Open(path)).Message;

    private static string WriteError(string path) =>
        Assert.ThrowsAny<GcReplayException>(() => new TraceWriter(path, Headers.Full)).Message;

    private string Write(string name)
    {
        var path = folder.Path(name);
        using var writer = new TraceWriter(path, Headers.Full);
        Runs.Write(writer, new AddressSpace(), 1, 4);
        writer.Finish(Runs.Outcome(4), []);
        return path;
    }
}
