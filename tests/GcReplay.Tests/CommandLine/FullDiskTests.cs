using System.ComponentModel;
using System.Diagnostics;

namespace GcReplay.Tests.CommandLine;

/// <summary>The real executable on a disk that takes no more: one of 40 kB, mounted where nobody else sees it, and files that may not
/// become larger. Skipped where the system has neither.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string SmallDisk = "mount -t tmpfs -o size=40k none disk";
    private const string FileSizeLimit = "ulimit -f 80";

    private const string Program = """
        globals ring spare
        thread main {
          ring = new plain 100
          loop 20 {
            loop 1000 {
              spare = new plain 2
              store spare 0 ring
              store ring 7 spare
            }
          }
        }
        """;

    private readonly ScratchFolder folder = new();

    public FullDiskTests()
    {
        folder.Write("long.heap", Program);
        Directory.CreateDirectory(folder.PathOf("disk"));
        Directory.CreateDirectory(folder.PathOf("left"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(SmallDisk, "No space left on device")]
    [InlineData(FileSizeLimit, "the file may not become larger")]
    public void A_recorder_says_what_is_kept_and_the_good_prefix_opens(string limit, string reason)
    {
        var (code, error) = Run(limit, "", "record long.heap -o disk/full.gctrace");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Matches($"^gcreplay: cannot write disk/full.gctrace after [0-9]+ bytes: {reason}", error);
        Assert.Equal(["full.gctrace"], Left());

        var events = System.Text.RegularExpressions.Regex.Match(error, "Events 1-([0-9]+) are in it").Groups[1].Value;
        Assert.Contains("gcreplay salvage disk/full.gctrace -o FILE. Free some space, or write to another disk.", error);
        var salvage = CommandLineRun.Of("salvage", folder.PathOf("left/full.gctrace"), "-o", folder.PathOf("saved.gctrace"), "--json");
        Assert.Equal((ExitCode.Ok, events), (salvage.ExitCode, $"{salvage.Json["events"]}"));
        Assert.True((bool)CommandLineRun.Of("info", folder.PathOf("saved.gctrace"), "--json").Json["whole"]!);
    }

    [Theory]
    [InlineData(SmallDisk, "salvage whole.gctrace -o disk/out.gctrace")]
    [InlineData(SmallDisk, "trim whole.gctrace --from 2 -o disk/out.gctrace")]
    [InlineData(SmallDisk, "trim whole.gctrace --redact -o disk/out.gctrace")]
    [InlineData(FileSizeLimit, "salvage whole.gctrace --codec none -o disk/out.gctrace")]
    [InlineData(FileSizeLimit, "trim whole.gctrace --from 2 -o disk/out.gctrace")]
    public void What_is_written_as_a_whole_leaves_what_was_there_before(string limit, string command)
    {
        CommandLineRun.Of("record", folder.PathOf("long.heap"), "-o", folder.PathOf("whole.gctrace"));
        var nothing = Run(limit, "", command);
        Assert.Equal(ExitCode.BadInput, nothing.Code);
        Assert.Matches("^gcreplay: cannot write disk/out.gctrace: .+ Nothing is left of it. Free some space", nothing.Error);
        Assert.Empty(Left());

        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "-o", folder.PathOf("old.gctrace"));
        var again = Run(limit, "cp old.gctrace disk/out.gctrace", command);
        Assert.Equal(ExitCode.BadInput, again.Code);
        Assert.Matches("^gcreplay: cannot write disk/out.gctrace: .+ What was there before is as it was.", again.Error);
        Assert.Equal(["out.gctrace"], Left());
        Assert.Equal(File.ReadAllBytes(folder.PathOf("old.gctrace")), File.ReadAllBytes(folder.PathOf("left/out.gctrace")));
    }

    private IEnumerable<string> Left() => Directory.EnumerateFiles(folder.PathOf("left")).Select(file => Path.GetFileName(file));

    /// <summary>Runs a command under a limit, and copies what it left on the disk to the folder <c>left</c>.</summary>
    private (int Code, string Error) Run(string limit, string before, string command)
    {
        var gcreplay = Path.Combine(AppContext.BaseDirectory, "gcreplay");
        var script = $"{limit} || exit 99\n{before}\n'{gcreplay}' {command} >/dev/null\ncode=$?\ncp -R disk/. left\nexit $code\n";
        string[] shell = limit == SmallDisk ? ["unshare", "-rm", "sh", "-c", script] : ["sh", "-c", script];
        var start = new ProcessStartInfo(shell[0], shell[1..]) { RedirectStandardError = true, WorkingDirectory = folder.Root };
        // The runtime keeps its code in a file without a name, which a limit of file sizes would hit, too.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.SkipWhen(process.ExitCode == 99 || error.StartsWith("unshare:", StringComparison.Ordinal), $"no such limit here: {error}");
            return (process.ExitCode, error);
        }
        catch (Win32Exception e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
