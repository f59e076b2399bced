using System.ComponentModel;
using System.Diagnostics;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Tools;

/// <summary>Runs a program of <c>tools/</c>.</summary>
internal static class Python
{
    /// <summary>What it prints; a test that needs it is skipped where there is no Python 3.</summary>
    public static string Run(string tool, params string[] args)
    {
        Assert.SkipUnless(IsThere(), "there is no python3 on the path");
        var (code, output, error) = Start([Repository.PathOf($"tools/{tool}"), .. args]);
        Assert.True(code == 0, $"{tool}: {error}");
        return output;
    }

    private static bool IsThere()
    {
        try
        {
            return Start(["--version"]) is (0, _, _);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output, string Error) Start(string[] args)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-B", .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return (python.ExitCode, output, error.Result);
    }
}
