using System.Diagnostics;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Collectors.PlugIns;

/// <summary>From the template to a trace, as a user goes.</summary>
public sealed class TemplateTests
{
    [Fact]
    public void A_project_from_the_template_builds_records_and_leaves_a_trace_that_opens_without_it()
    {
        if (!HasSdk())
            Assert.Skip("the .NET SDK is needed for dotnet new and dotnet build, and is not there");
        using var folder = new ScratchFolder();
        var hive = folder.PathOf("hive");
        var project = folder.PathOf("Bump");
        Dotnet("new", "install", Path.Combine(Repository.Root, "tools", "collector-template"), "--debug:custom-hive", hive);
        Dotnet("new", "gcreplay-collector", "-n", "Bump", "-o", project, "--gcreplay", AppContext.BaseDirectory.TrimEnd('/', '\\'), "--debug:custom-hive", hive, "--no-update-check");
        Dotnet("build", project, "-v", "q", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-p:ArtifactsPath=" + folder.PathOf("built"));
        var plugIn = Directory.GetFiles(folder.PathOf("built"), "Bump.dll", SearchOption.AllDirectories).First(file => file.Contains("bin", StringComparison.Ordinal));
        var trace = folder.PathOf("first.gctrace");

        var recorded = CommandLineRun.Of("record", Path.Combine(project, "first.heap"), "--collector", plugIn, "--amnesia", "--check", "-o", trace);
        Directory.Delete(folder.PathOf("built"), recursive: true);
        var opened = Run(Path.Combine(AppContext.BaseDirectory, "gcreplay.dll"), "replay", trace, "-x", "break Sweep", "-x", "continue", "-x", "object #2");

        Assert.Equal(("", ExitCode.Ok), (recorded.Error, recorded.ExitCode));
        Assert.Contains("bump@1", recorded.Output, StringComparison.Ordinal);
        Assert.Contains("the layout describes every word that the collector wrote", recorded.Output, StringComparison.Ordinal);
        Assert.Contains("colour      white", opened, StringComparison.Ordinal);
    }

    private static bool HasSdk()
    {
        try
        {
            return Run("--list-sdks").Contains("10.", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static void Dotnet(params string[] arguments) => Run(arguments);

    private static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        // What says to a build where things are is about another one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name is "GcReplayFolder").ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return output;
    }
}
