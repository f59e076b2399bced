using System.Runtime.InteropServices;
using GcReplay.Traces;

namespace GcReplay.Screen;

/// <summary>What is left behind when the screen ends by a defect of ours: on a terminal that was just restored there is room for one
/// message, so the rest is in a file.</summary>
internal static class DefectReport
{
    /// <summary>Where an exception keeps the path of its report.</summary>
    private const string Key = "GcReplay report";

    /// <summary>The report of an exception; null when there is none.</summary>
    public static string? PathOf(Exception e) => e.Data[Key] as string;

    /// <summary>Writes a report, unless that is impossible, too; the exception knows where it lies.</summary>
    public static void Write(Exception e, ITraceSource trace, long position)
    {
        var path = Path.Combine(Path.GetTempPath(), $"gcreplay-defect-{Environment.ProcessId}.txt");
        var header = trace.Header;
        try
        {
            File.WriteAllText(
                path,
                $"""
                GcReplay {App.ToolVersion}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}
                terminal {Environment.GetEnvironmentVariable("TERM")}, screen at event {position} of {trace.EventCount}
                trace of {header.ProgramName}, {header.Collector}@{header.Revision}, allocator {header.Allocator}, seed {header.Seed}, recorded by {header.ToolVersion}

                {e}

                """.ReplaceLineEndings("\n"));
            e.Data[Key] = path;
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException)
        {
            // The message without a report is still better than none.
        }
    }
}
