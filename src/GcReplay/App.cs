using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using GcReplay.Commands;
using GcReplay.Heaps;
using GcReplay.Output;

namespace GcReplay;

/// <summary>The whole program behind <c>Main</c>: parses, runs one command, and answers every failure in one place.</summary>
public static class App
{
    private static readonly Option<bool> Version = new("--version") { Description = "show the version" };

    /// <summary>Version of the tool, as it stands in the header of a trace.</summary>
    public static string ToolVersion { get; } =
        typeof(App).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter standardOutput, TextWriter standardError, CancellationToken cancellation) =>
        Run(args, new CommandConsole(standardOutput, standardError, args.Contains("--json"), cancellation), CommandTable.All);

    /// <summary>Runs one command line with the verbs given.</summary>
    internal static int Run(IReadOnlyList<string> args, CommandConsole console, Func<CommandConsole, IEnumerable<Command>> verbs)
    {
        try
        {
            return Run(args, console, Build(console, verbs));
        }
        catch (OperationCanceledException) when (console.Cancellation.IsCancellationRequested)
        {
            return console.Fail(ExitCode.Cancelled, "cancelled", "cancelled");
        }
        catch (Exception e) when (e is GcReplayException or IOException or UnauthorizedAccessException)
        {
            return console.Fail(ExitCode.BadInput, "error", e.Message);
        }
#pragma warning disable CA1031 // The one place that catches everything: what arrives here is our own defect.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return console.Fail(ExitCode.Defect, "defect", Describe(e));
        }
    }

    private static int Run(IReadOnlyList<string> args, CommandConsole console, Command root)
    {
        if (args.Count == 0)
            return console.Fail(ExitCode.BadInput, "error", "expected a command. To see them all: gcreplay --help");

        // Without response files: '@' belongs to names of collectors.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.GetValue(Version) && parsed.CommandResult.Command == root)
        {
            console.Out.WriteLine(ToolVersion);
            return ExitCode.Ok;
        }

        if (parsed.Action is null or ParseErrorAction)
        {
            var help = parsed.CommandResult.Command is var verb && verb == root ? "gcreplay --help" : $"gcreplay {verb.Name} --help";
            return console.Fail(ExitCode.BadInput, "error", $"{ArgumentError(parsed, root)} To see what is expected: {help}");
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static Command Build(CommandConsole console, Func<CommandConsole, IEnumerable<Command>> verbs)
    {
        // No RootCommand: its name is that of the running executable.
        var root = new Command("gcreplay", "rr for simulated heaps: records a garbage collector at work, and finds the first corrupt event.")
        {
            new HelpOption { Description = "show this help", Action = new HelpAction { MaxWidth = 80 } },
            Version,
            new Option<bool>("--json") { Recursive = true, Description = "print one JSON object and nothing else" },
        };
        foreach (var command in verbs(console))
            root.Add(command);
        return root;
    }

    private static string ArgumentError(ParseResult parsed, Command root)
    {
        var verb = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var (what, names) = (unknown.StartsWith('-'), verb == root) switch
            {
                (true, _) => ("option", verb.Options.Concat(root.Options).Select(o => o.Name)),
                (_, true) => ("command", root.Subcommands.Select(c => c.Name)),
                _ => ("argument", []),
            };
            var suggestion = Spelling.Suggest(unknown, names);
            return $"there is no {what} '{unknown}'{(suggestion == "" ? "." : suggestion)}";
        }

        var message = parsed.Errors is [var error, ..] ? error.Message.Replace("\n\t", " ").TrimEnd() : "expected a command";
        if (message.IndexOf(" as expected type ", StringComparison.Ordinal) is var type and > 0)
            message = $"{message[..type]}: expected a {(message.IndexOf("Int", type, StringComparison.Ordinal) > 0 ? "whole number" : "number")} that is not too large.";
        return message.EndsWith('.') ? message : message + ".";
    }

    private static string Describe(Exception e)
    {
        var text = $"this is a defect of GcReplay {ToolVersion}: {e.GetType().Name}: {e.Message}\n"
            + "Please report it with this message, the command line, and the program or trace that it read.";
        if (Screen.DefectReport.PathOf(e) is { } report)
            text += $" What else is known lies in {report}";
        return Environment.GetEnvironmentVariable("GCREPLAY_DEBUG") == "1"
            ? $"{text}\n{e}"
            : $"{text} GCREPLAY_DEBUG=1 adds the stack trace.";
    }
}
