using System.Text;
using GcReplay.Debugging;
using GcReplay.Heaps;
using GcReplay.Traces;

namespace GcReplay.Tests.Transcripts;

/// <summary>A file of commands and their expected answers.</summary>
internal static class Transcript
{
    private const string TraceLine = "trace ";
    private const string CommandMark = "> ";

    /// <summary>The text of a transcript with the answers that its commands get now.</summary>
    public static string Answered(string text, Func<string, ITraceSource> open)
    {
        var lines = text.Split('\n');
        Assert.StartsWith(TraceLine, lines[0], StringComparison.Ordinal);
        var debugger = new Debugger(open(lines[0][TraceLine.Length..].Trim()));
        var answered = new StringBuilder(lines[0]).Append('\n');
        foreach (var line in lines.Where(l => l.StartsWith('>')))
        {
            answered.Append('\n').Append(line).Append('\n');
            foreach (var answer in Answer(debugger, line == ">" ? "" : line[CommandMark.Length..]))
                answered.Append(answer).Append('\n');
        }

        return answered.ToString();
    }

    private static IReadOnlyList<string> Answer(Debugger debugger, string command)
    {
        try
        {
            return debugger.Execute(command).Lines;
        }
        catch (GcReplayException e)
        {
            return [e.Message];
        }
    }
}
