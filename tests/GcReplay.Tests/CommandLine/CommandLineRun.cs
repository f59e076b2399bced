using System.CommandLine;
using System.Text.Json.Nodes;
using GcReplay.Output;

namespace GcReplay.Tests.CommandLine;

/// <summary>What a command line did.</summary>
internal sealed record CommandLineRun(int ExitCode, string Output, string Error)
{
    /// <summary>The one object on standard output.</summary>
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    public static CommandLineRun Of(params string[] args) => CancelledBy(CancellationToken.None, args);

    public static CommandLineRun CancelledBy(CancellationToken cancellation, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = App.Run(args, output, error, cancellation);
        return new CommandLineRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a verb <c>act</c> that does what the test says.</summary>
    public static CommandLineRun OfVerb(Func<CommandConsole, int> action, CancellationToken cancellation, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = new CommandConsole(output, error, args.Contains("--json"), cancellation);
        var code = App.Run(args, console, c =>
        {
            var verb = new Command("act", "does what the test says");
            verb.SetAction(_ => action(c));
            return [verb];
        });
        return new CommandLineRun(code, output.ToString(), error.ToString());
    }
}
