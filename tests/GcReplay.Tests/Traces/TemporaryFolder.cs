namespace GcReplay.Tests.Traces;

/// <summary>A folder that goes when its test does.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gctrace-").FullName;

    public string Path(string name) => System.IO.Path.Combine(folder, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public void Dispose() => Directory.Delete(folder, true);
}
