using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GcReplay.Output;

/// <summary>Where a command writes. With <c>--json</c> standard output holds exactly one JSON object, whatever happens, and prose
/// goes to standard error.</summary>
internal sealed class CommandConsole(TextWriter standardOutput, TextWriter standardError, bool isJson, CancellationToken cancellation)
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool hasResult;

    /// <summary>Standard output; what a terminal would obey is written out, here and in <see cref="Error"/>.</summary>
    public TextWriter Out { get; } = new HarmlessWriter(standardOutput);

    public TextWriter Error { get; } = new HarmlessWriter(standardError);

    /// <summary>Standard error as it is: for what steers the terminal on purpose, and never for text from a trace.</summary>
    public TextWriter Terminal => standardError;

    /// <summary>For what a human reads.</summary>
    public TextWriter Prose => isJson ? Error : Out;

    public bool IsJson => isJson;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Whether a person sits in front of it: neither input nor output is redirected, and the streams are the process's own.</summary>
    public bool IsTerminal => ReferenceEquals(standardError, Console.Error) && !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Prints the command's one JSON object, when JSON is asked for.</summary>
    public void Result(JsonObject result)
    {
        if (!isJson || hasResult)
            return;
        hasResult = true;
        Out.WriteLine(result.ToJsonString(Format));
    }

    /// <summary>Ends a command that could not give its result: the message goes to standard error, and into the JSON object.</summary>
    /// <param name="status">error, defect or cancelled.</param>
    /// <returns><paramref name="code"/>.</returns>
    public int Fail(int code, string status, string message)
    {
        Error.WriteLine($"gcreplay: {message}");
        Result(new JsonObject { ["status"] = status, ["message"] = message });
        return code;
    }
}
