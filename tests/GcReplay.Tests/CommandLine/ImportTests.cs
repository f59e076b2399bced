using GcReplay.Tests.House;

namespace GcReplay.Tests.CommandLine;

public sealed class ImportTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_recording_of_a_real_program_becomes_a_program_that_runs_well()
    {
        var program = folder.PathOf("rich.heap");
        var import = CommandLineRun.Of("import", Repository.PathOf("tests/GcReplay.Tests/Data/cpython313-rich.ops.gz"), "-o", program, "--json");
        Assert.Equal(ExitCode.Ok, import.ExitCode);
        Assert.Equal((13_536, 269), ((int?)import.Json["objects"], (int?)import.Json["survivors"]));

        var run = CommandLineRun.Of("record", program, "-o", folder.PathOf("rich.gctrace"), "--json");
        Assert.Equal((ExitCode.Ok, "ok"), (run.ExitCode, (string?)run.Json["status"]));
        Assert.Equal((long?)import.Json["operations"], (long?)run.Json["operations"]);
    }

    [Fact]
    public void A_recording_that_does_not_exist_or_is_none_leaves_no_program()
    {
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("import", folder.PathOf("none.ops.gz"), "-o", folder.PathOf("a.heap")).ExitCode);
        Assert.Equal(ExitCode.BadInput, CommandLineRun.Of("import", ScratchFolder.Bpo46070, "-o", folder.PathOf("a.heap")).ExitCode);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void The_recording_is_never_its_own_output()
    {
        var recording = folder.Write("a.ops", "n 1 list 64\n");
        var run = CommandLineRun.Of("import", recording, "-o", recording);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is the recording itself", run.Error);
        Assert.Equal("n 1 list 64\n", File.ReadAllText(recording));
    }

    [Fact]
    public void A_file_without_lines_is_not_read_to_its_end()
    {
        var run = CommandLineRun.Of("import", folder.Write("a.ops", new string('n', 100_000)), "-o", folder.PathOf("a.heap"));
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("a.ops:1: longer than 65536 characters", run.Error);
    }

    [Fact]
    public void Without_an_output_it_is_bad_input() =>
        Assert.Contains("'-o' is required", CommandLineRun.Of("import", ScratchFolder.Bpo46070).Error);
}
