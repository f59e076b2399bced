using GcReplay.Simulation.Programs.Importing;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>The recordings of real programs, each imported once: those beside the tests, and those of the folder that
/// <see cref="FolderVariable"/> names (larger ones, which would make every test run long).</summary>
public static class Recordings
{
    public const string FolderVariable = "GCREPLAY_RECORDINGS";

    private static readonly Dictionary<string, Lazy<ImportedProgram>> Known = Files().ToDictionary(
        file => Path.GetFileName(file)[..^".ops.gz".Length], file => new Lazy<ImportedProgram>(() => RecordingFile.Import(file)));

    public static TheoryData<string> Names => new(Known.Keys.Order(StringComparer.Ordinal));

    public static ImportedProgram Of(string name) => Known[name].Value;

    private static IEnumerable<string> Files()
    {
        var folders = new[] { Repository.PathOf("tests/GcReplay.Tests/Data"), Environment.GetEnvironmentVariable(FolderVariable) };
        return folders.OfType<string>().SelectMany(folder => Directory.EnumerateFiles(folder, "*.ops.gz")).DistinctBy(Path.GetFileName);
    }
}
