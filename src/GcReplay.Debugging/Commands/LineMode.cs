using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

/// <summary>Commands in, text out, one line at a time: for pipes, scripts and terminals without a screen.</summary>
/// <param name="output">What commands answer, and the errors of a session that is typed.</param>
/// <param name="error">The error that ends a script.</param>
public sealed class LineMode(Debugger debugger, TextWriter output, TextWriter error)
{
    private const string Prompt = "(gcreplay) ";

    /// <summary>Whether <see cref="Results"/> are wanted: a session without them stays as small as it began.</summary>
    public bool KeepsResults { get; init; } = true;

    /// <summary>What each command answered, for <c>--json</c>.</summary>
    public JsonArray Results { get; } = [];

    /// <summary>Whether <c>quit</c> was given: nothing more is to be run.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>Makes the progress and cancellation of the next command.</summary>
    public Func<Progress> Watch { get; set; } = () => default;

    /// <summary>Runs commands given beforehand; the first error ends it.</summary>
    /// <returns>The exit code: 0, 2 for a wrong command, 130 when cancelled.</returns>
    public int RunCommands(IEnumerable<string> lines) => RunAll(lines.Select(line => (line, "")));

    /// <param name="lines">With what stands in front of the message when one is wrong: where it is written.</param>
    private int RunAll(IEnumerable<(string Text, string Place)> lines)
    {
        foreach (var (line, place) in lines)
        {
            if (HasQuit)
                break;
            try
            {
                Run(line);
            }
            catch (GcReplayException e)
            {
                error.WriteLine(place + e.Message);
                return 2;
            }
            catch (OperationCanceledException)
            {
                error.WriteLine(CancelledText());
                return 130;
            }
        }

        return 0;
    }

    /// <summary>Runs the lines of a script file. Blank lines and those that start with // or "# " are for its reader.</summary>
    /// <param name="name">The file, for messages.</param>
    public int RunScript(string text, string name) => RunAll(
        text.Split('\n').Select((line, index) => (Text: line.Trim(), Place: $"{name}, line {index + 1}: "))
            .Where(l => l.Text.Length > 0 && !l.Text.StartsWith("//", StringComparison.Ordinal) && !l.Text.StartsWith("# ", StringComparison.Ordinal)));

    /// <summary>Runs lines as they are typed; errors are printed and the session goes on.</summary>
    /// <param name="isInteractive">Whether a person types them: only then there is a prompt.</param>
    public int RunInput(TextReader input, bool isInteractive)
    {
        while (!HasQuit)
        {
            if (isInteractive)
            {
                output.Write(Prompt);
                output.Flush();
            }

            if (input.ReadLine() is not { } line)
                break;
            try
            {
                Run(line);
            }
            catch (GcReplayException e)
            {
                output.WriteLine(e.Message);
            }
            catch (OperationCanceledException)
            {
                output.WriteLine(CancelledText());
            }
        }

        return 0;
    }

    private void Run(string line)
    {
        var result = debugger.Execute(line, Watch());
        foreach (var text in result.Lines)
            output.WriteLine(text);
        if (KeepsResults)
            Results.Add(result.Data);
        HasQuit = result.Quits;
    }

    private string CancelledText() => $"cancelled at position {debugger.Timeline.Position} of {debugger.Timeline.EventCount}";
}
