using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Output;

namespace GcReplay.Commands;

/// <summary><c>completions SHELL</c>: a script that teaches a shell to complete this program's commands and options.</summary>
internal sealed class CompletionsCommand(CommandConsole console)
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    private readonly Argument<string> shell = new("SHELL") { HelpName = "SHELL", Description = string.Join(", ", Shells) };

    public Command Create()
    {
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completions", "prints a script for completion in bash, zsh or fish") { shell };
        command.SetAction(parsed => Run(parsed.GetValue(shell)!, parsed.RootCommandResult.Command));
        return command;
    }

    private int Run(string name, Command root)
    {
        var verbs = root.Subcommands.Where(verb => !verb.Hidden).Select(verb => new CompletedVerb(verb.Name, verb.Description ?? "", Options(verb, root))).ToList();
        var script = name == "fish" ? CompletionScripts.Fish(verbs) : CompletionScripts.Bash(verbs, isZsh: name == "zsh");
        console.Prose.Write(script);
        console.Result(new JsonObject { ["status"] = "ok", ["shell"] = name, ["script"] = script });
        return ExitCode.Ok;
    }

    private static List<CompletedOption> Options(Command verb, Command root) =>
    [
        .. verb.Options.Concat(root.Options.Where(option => option.Recursive)).Select(option => new CompletedOption(
            option.Name, option.Description ?? "", option.Name switch
            {
                "--collector" => CompletionScripts.Collectors,
                "--allocator" => CompletionScripts.Allocators,
                "--stop-on" => ["crash", "hazard", "violation"],
                _ => [],
            }, TakesFile: option.Name == "--collector")),
    ];
}
