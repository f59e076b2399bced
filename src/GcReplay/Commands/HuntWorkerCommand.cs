using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Hunting;
using GcReplay.Output;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Commands;

/// <summary><c>hunt-worker</c>: what <c>hunt</c> starts. Reads what to hunt, a line of JSON, and says that it is ready; then reads lines with a first seed
/// and how many to run, and answers each with a line of JSON. Ends with its input.</summary>
internal sealed class HuntWorkerCommand(CommandConsole console, TextReader input)
{
    public const string Name = "hunt-worker";

    /// <summary>How long a run may still take when nobody asks any more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public Command Create()
    {
        var command = new Command(Name, "runs seeds for a hunt") { Hidden = true };
        command.SetAction(_ => Run());
        return command;
    }

    public static JsonObject Describe(HuntTarget target, IReadOnlyList<string> ignored) => new()
    {
        ["collector"] = target.Collector,
        ["program"] = target.Program?.Name,
        ["text"] = target.Program?.Text,
        ["allocator"] = target.Allocator,
        ["parameters"] = new JsonObject(target.Parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        ["vary"] = target.Varies,
        ["leaks"] = target.FindsLeaks,
        ["strategies"] = new JsonArray([.. target.Strategies.Select(s => JsonValue.Create(s))]),
        ["ignored"] = new JsonArray([.. ignored.Order(StringComparer.Ordinal).Select(s => JsonValue.Create(s))]),
    };

    private static (HuntTarget Target, string[] Ignored) Read(JsonNode json)
    {
        var target = new HuntTarget
        {
            Collector = (string)json["collector"]!,
            Program = (string?)json["program"] is { } name ? (name, (string)json["text"]!) : null,
            Allocator = (string?)json["allocator"],
            Parameters = json["parameters"]!.AsObject().ToImmutableSortedDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal),
            Varies = (bool)json["vary"]!,
            FindsLeaks = (bool)json["leaks"]!,
            Strategies = [.. json["strategies"]!.AsArray().Select(s => (string)s!)],
        };
        return (target, [.. json["ignored"]!.AsArray().Select(s => (string)s!)]);
    }

    private int Run()
    {
        if (input.ReadLine() is not { } described)
            throw new GcReplayException($"{Name} is started by hunt, which says what to hunt on its input.");
        // What a plug-in prints is no answer.
        Console.SetOut(Console.Error);
        LocalRunner? runner = null;
        try
        {
            console.Out.WriteLine("ready");
            console.Out.Flush();
            foreach (var line in Questions().GetConsumingEnumerable())
            {
                console.Out.WriteLine(Answer(described, line, ref runner).ToJsonString());
                console.Out.Flush();
            }
        }
        finally
        {
            runner?.Dispose();
        }

        return ExitCode.Ok;
    }

    /// <summary>Lines as they come. When there will be none, nobody waits for an answer either: a run that does not end is left where it is.</summary>
    private BlockingCollection<string> Questions()
    {
        var lines = new BlockingCollection<string>();
        var reader = new Thread(() =>
        {
            while (input.ReadLine() is { } line)
                lines.Add(line);
            lines.CompleteAdding();
            Thread.Sleep(Grace);
            Environment.Exit(ExitCode.Cancelled);
        })
        {
            IsBackground = true,
        };
        reader.Start();
        return lines;
    }

    private static JsonObject Answer(string described, string line, ref LocalRunner? runner)
    {
        try
        {
            if (runner is null)
            {
                var (target, ignored) = Read(JsonNode.Parse(described)!);
                runner = new LocalRunner(target, ignored);
            }

            var words = line.Split(' ');
            // Ctrl+C reaches workers, too; they go on until nobody asks any more.
            var result = runner.Run(
                ulong.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture), CancellationToken.None);
            return result!.ToJson();
        }
        catch (GcReplayException e)
        {
            return new JsonObject { ["message"] = e.Message };
        }
    }
}
