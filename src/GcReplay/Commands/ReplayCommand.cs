using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Output;
using GcReplay.Screen;
using GcReplay.Traces;
using GcReplay.Traces.Files;
using GcReplay.Typing;
using Command = System.CommandLine.Command;

namespace GcReplay.Commands;

/// <summary><c>replay FILE</c>: the debugger, on the whole terminal or line by line.</summary>
internal sealed class ReplayCommand(CommandConsole console)
{
    private readonly Argument<string> file = new("FILE") { Description = "a trace (*.gctrace)" };

    private readonly Option<bool> plain = new("--plain") { Description = "line mode, also on a terminal" };

    private readonly Option<string[]> commands = new("-x", "--execute")
    {
        HelpName = "COMMAND",
        Description = "run a debugger command, then end; may be repeated",
    };

    private readonly Option<string?> script = new("--script") { HelpName = "FILE", Description = "run the debugger commands of a file, then end" };

    public Command Create()
    {
        var command = new Command("replay", "moves through a trace in both directions") { file, plain, commands, script };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var (lines, scriptPath) = (parsed.GetValue(commands) ?? [], parsed.GetValue(script));
        (string Path, string Text)? scriptFile = scriptPath is null ? null : (scriptPath, InputFile.ReadText(scriptPath, "debugger commands, one a line"));
        using var trace = TraceReader.Open(parsed.GetValue(file)!);
        var notes = parsed.GetValue(file) + ".notes";
        var isBatch = lines.Length > 0 || scriptFile is not null;
        TraceNotice.Write(console, parsed.GetValue(file)!, trace);
        if (isBatch)
            return RunBatch(trace, notes, scriptFile, lines);
        var refusal = !console.IsTerminal ? "input or output is redirected" : DebuggerScreen.Refusal(Environment.GetEnvironmentVariable("TERM"));
        if (refusal.Length == 0 && !console.IsJson && !parsed.GetValue(plain))
            return DebuggerScreen.Run(trace, console.Cancellation, notes);
        if (!parsed.GetValue(plain) && !console.IsJson)
            console.Error.WriteLine($"gcreplay: {refusal}, so there is no screen: debugger commands are read from standard input, one a line. To mean just that: --plain");
        return RunTyped(trace, notes);
    }

    private int RunBatch(ITraceSource trace, string notes, (string Path, string Text)? scriptFile, string[] lines)
    {
        var errors = new StringWriter();
        var mode = new LineMode(new Debugger(trace, notes), console.Prose, errors)
        {
            Watch = () => new Progress(console.Cancellation),
            KeepsResults = console.IsJson,
        };
        var code = scriptFile is not var (name, text) ? ExitCode.Ok : mode.RunScript(text, name);
        if (code == ExitCode.Ok)
            code = mode.RunCommands(lines);
        if (code == ExitCode.Ok)
        {
            console.Result(Json("ok", mode));
            return code;
        }

        var message = errors.ToString().TrimEnd();
        var json = Json(code == ExitCode.Cancelled ? "cancelled" : "error", mode);
        json["message"] = message;
        console.Error.WriteLine($"gcreplay: {message}");
        console.Result(json);
        return code;
    }

    private int RunTyped(ITraceSource trace, string notes)
    {
        var debugger = new Debugger(trace, notes);
        var mode = new LineMode(debugger, console.Prose, console.Error) { KeepsResults = console.IsJson };
        using var interrupts = new CommandInterrupts();
        mode.Watch = () => new Progress(interrupts.ForNextCommand());
        // With an editor of lines the prompt is the editor's.
        using var typed = console is { IsTerminal: true, IsJson: false } && TypedLines.AreSupported ? new TypedLines(debugger) : null;
        var code = typed is null ? mode.RunInput(Console.In, console.IsTerminal) : mode.RunInput(typed, isInteractive: false);
        console.Result(Json("ok", mode));
        return code;
    }

    private static JsonObject Json(string status, LineMode mode) => new() { ["status"] = status, ["results"] = mode.Results };
}
