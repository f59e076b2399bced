using GcReplay.Heaps;
using GcReplay.Screen;
using GcReplay.Tests.CommandLine;

namespace GcReplay.Tests.Screen;

/// <summary>What is left behind when the screen ends by a defect of ours.</summary>
public sealed class DefectReportTests
{
    [Fact]
    public void The_report_tells_the_trace_the_position_and_the_defect_and_the_message_names_it()
    {
        var defect = new BrokenAssumptionException("two heads");

        DefectReport.Write(defect, HeadlessScreen.Crash(), 97);
        var path = DefectReport.PathOf(defect)!;
        var run = CommandLineRun.OfVerb(_ => throw defect, CancellationToken.None, "act");
        var report = File.ReadAllText(path);
        File.Delete(path);

        Assert.Contains($"What else is known lies in {path}", run.Error);
        Assert.Contains("screen at event 97 of 113", report);
        Assert.Contains("trace of bpo-46070.heap, cpython39@gh-94673", report);
        Assert.Contains("two heads", report);
    }
}
