using System.ComponentModel;
using System.Diagnostics;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

/// <summary>The first bug of PyPy's gallery in a real PyPy: 7.3.11 still has it.</summary>
public sealed class PyPyTests
{
    private const int KilledBySegmentationFault = 128 + 11;

    [Theory]
    [InlineData("", KilledBySegmentationFault)]
    [InlineData("append", 0)]
    public void A_copy_of_the_whole_list_crashes_it_and_a_copy_item_by_item_does_not(string argument, int code)
    {
        Assert.SkipUnless(Version() is { } version && version.Contains("[PyPy 7.3.11 ", StringComparison.Ordinal), "needs pypy3 7.3.11");
        var script = Repository.PathOf("traces/pypy-78bbeb93471/memcopy.py");

        var (exit, output) = Run($"{script} {argument}".Trim());

        Assert.Equal(code, exit);
        Assert.Equal(code == 0, output.Contains("survived", StringComparison.Ordinal));
    }

    private static string? Version()
    {
        try
        {
            return Run("--version").Output;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static (int Code, string Output) Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("pypy3", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PYPY_GC_NURSERY"] = "64K",
                ["PYPY_GC_INCREMENT_STEP"] = "128K",
                ["PYPY_GC_MIN"] = "1M",
                ["PYPY_GC_MAJOR_COLLECT"] = "1.2",
            },
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
