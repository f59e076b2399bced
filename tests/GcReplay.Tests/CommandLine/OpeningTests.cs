using System.Diagnostics;
using GcReplay.Tests.House;

namespace GcReplay.Tests.CommandLine;

/// <summary>The real executable, with every folder that it could write to of its own: what only looks at a trace leaves nothing there.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public OpeningTests()
    {
        foreach (var name in new[] { "here", "home", "temporary", "output" })
            Directory.CreateDirectory(folder.PathOf(name));
        File.Copy(Repository.PathOf("traces/two-bugs/two-bugs.gctrace"), folder.PathOf("here/a.gctrace"));
        File.WriteAllBytes(folder.PathOf("here/torn.gctrace"), File.ReadAllBytes(folder.PathOf("here/a.gctrace"))[..^700]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("info a.gctrace", "")]
    [InlineData("info torn.gctrace", "")]
    [InlineData("check a.gctrace", "")]
    [InlineData("verify a.gctrace", "")]
    [InlineData("diff a.gctrace torn.gctrace", "")]
    [InlineData("replay torn.gctrace -x end -x notes -x marks", "")]
    [InlineData("replay a.gctrace -x first-bad -x interpreters -x checks -x who-wrote", "")]
    [InlineData("salvage torn.gctrace -o ../output/whole.gctrace", "whole.gctrace")]
    [InlineData("trim a.gctrace --from 40 --redact -o ../output/part.gctrace", "part.gctrace")]
    public async Task Nothing_is_written_but_the_output(string command, string output)
    {
        var before = Contents("here");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gcreplay.exe" : "gcreplay"), command)
        {
            WorkingDirectory = folder.PathOf("here"), RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, place) in new[] { ("HOME", "home"), ("USERPROFILE", "home"), ("TMPDIR", "temporary"), ("TMP", "temporary"), ("TEMP", "temporary") })
            start.Environment[name] = folder.PathOf(place);
        // The runtime's own door for debuggers lies in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode != ExitCode.Defect, await error);
        Assert.Equal(before, Contents("here"));
        Assert.Empty(Contents("home"));
        Assert.Empty(Contents("temporary"));
        Assert.Equal(output.Length == 0 ? [] : [output], Directory.EnumerateFileSystemEntries(folder.PathOf("output")).Select(path => Path.GetFileName(path)));
    }

    private List<string> Contents(string name) =>
        [.. Directory.EnumerateFileSystemEntries(folder.PathOf(name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {(File.Exists(path) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : "")}")];
}
