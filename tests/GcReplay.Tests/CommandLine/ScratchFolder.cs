using GcReplay.Tests.House;

namespace GcReplay.Tests.CommandLine;

/// <summary>A folder of its own for the files of one test, removed afterwards.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("gcreplay-test-").FullName;

    public static string Bpo46070 { get; } = Repository.PathOf("traces/bpo-46070/bpo-46070.heap");

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(Root).Select(p => Path.GetFileName(p)).Order();

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
