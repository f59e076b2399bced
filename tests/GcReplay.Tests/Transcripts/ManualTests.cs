using System.Text;
using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Transcripts;

/// <summary>The manual of the debugger: each command with its example, and what that answers over a trace of the gallery.</summary>
/// <remarks>With <c>GCREPLAY_UPDATE=1</c> the page is rewritten.</remarks>
public sealed class ManualTests
{
    private const string Page = "src/GcReplay.Debugging/MANUAL.md";
    private const string Trace = "traces/bpo-46070/crash.gctrace";

    /// <summary>What must be typed before an example makes sense; for all others <see cref="Usual"/>.</summary>
    private static readonly SortedDictionary<string, string[]> Before = new(StringComparer.Ordinal)
    {
        ["delete"] = ["break Store", "break Free"],
        ["condition"] = ["break Store"],
        ["ignore"] = ["break Store"],
        ["info"] = ["goto start", "break Store", "tbreak #2", "continue"],
        ["marks"] = ["goto 70", "mark here", "note the method is linked"],
        ["back"] = ["goto 40", "goto 60", "goto 70"],
        ["forward"] = ["goto 40", "goto 60", "back"],
        ["reverse-finding"] = ["goto end"],
        ["reverse-continue"] = ["goto end", "break Allocate"],
    };

    private static readonly string[] Usual = ["goto 70"];

    public static TheoryData<string> Names => [.. new CommandRegistry().All.Select(c => c.Name)];

    [Fact]
    public void The_manual_shows_what_each_command_answers()
    {
        var page = new StringBuilder(Heading());
        foreach (var command in new CommandRegistry().All)
            page.Append(Section(command));

        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf(Page), page.ToString());
        else
            Assert.Equal(Repository.Read(Page), page.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_command_answers_in_one_json_object_too(string name)
    {
        var command = new CommandRegistry().Find(name);
        using var folder = new ScratchFolder();
        File.Copy(Repository.PathOf(Trace), folder.PathOf("a.gctrace"));
        var typed = Setup(command).Append(command.Example).SelectMany(line => new[] { "-x", line });

        var run = CommandLineRun.Of(["replay", folder.PathOf("a.gctrace"), "--json", .. typed]);

        var json = JsonNode.Parse(run.Output)!;
        Assert.Equal("ok", (string?)json["status"]);
        var answers = json["results"]!.AsArray();
        Assert.Equal(Setup(command).Length + 1, answers.Count);
        Assert.True(name == "quit" || answers[^1]!.AsObject().Count > 0, $"{command.Example} answers nothing: {run.Output}");
    }

    private static string[] Setup(Command command) => Before.GetValueOrDefault(command.Name, Usual);

    private static string Heading() =>
        $"""
        # The debugger's commands
        What each command of `gcreplay replay` does, with an example over `{Trace}`.

        This page is written by a test from the commands themselves, and is what they answer. In an answer event k is the one that leads from
        position k-1 to position k. For expressions: `help expressions`, and [Expressions](Expressions/README.md).

        """.ReplaceLineEndings("\n");

    private static string Section(Command command)
    {
        using var trace = TraceReader.Open(Repository.PathOf(Trace));
        var debugger = new Debugger(trace);
        var text = new StringBuilder($"\n## {command.Name}\n");
        text.Append($"`{command.Usage}`{(command.Aliases.Count > 0 ? $", short: `{string.Join("`, `", command.Aliases)}`" : "")}\n\n");
        text.Append($"{char.ToUpperInvariant(command.Summary[0])}{command.Summary[1..]}.\n");
        foreach (var remark in command.Remarks)
            text.Append($"{remark}\n");
        text.Append("\n```\n");
        foreach (var line in Setup(command))
        {
            debugger.Execute(line);
            text.Append($"(gcreplay) {line}\n");
        }

        text.Append($"(gcreplay) {command.Example}\n");
        foreach (var line in debugger.Execute(command.Example).Lines)
            text.Append(line).Append('\n');
        return text.Append("```\n").ToString();
    }
}
