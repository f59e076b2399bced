using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Stories;

/// <summary>Every trace of the gallery opens, is whole, runs again to the same events and is recorded again to the same bytes.</summary>
public sealed class GalleryTests
{
    public static TheoryData<string> Traces =>
        new(Directory.EnumerateFiles(Repository.PathOf("traces"), "*.gctrace", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("traces/frozen/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Traces))]
    public void It_verifies(string trace)
    {
        using var reader = TraceReader.Open(Repository.PathOf(trace));

        Assert.Null(reader.Damage);
        Assert.Null(Reexecution.Verify(reader).Divergence);
    }

    [Theory]
    [MemberData(nameof(Traces))]
    public void It_is_recorded_again_to_the_same_bytes(string trace)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var reader = TraceReader.Open(Repository.PathOf(trace)))
            {
                // Drawn from the seed again, not from the recorded choices.
                var run = new PreparedRun(RunOptions.Of(reader) with { Choices = null }, reader.Header.ToolVersion);
                using var writer = new TraceWriter(path, run.Header);
                var result = run.Execute(writer);
                writer.Finish(result.ToOutcome(), result.Choices);
            }

            if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
                File.Copy(path, Repository.PathOf(trace), overwrite: true);
            else
                Assert.Equal(File.ReadAllBytes(Repository.PathOf(trace)), File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Traces))]
    public void It_is_small(string trace) => Assert.InRange(new FileInfo(Repository.PathOf(trace)).Length, 1, 100_000);
}
