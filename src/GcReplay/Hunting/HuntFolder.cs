using System.Text.Json;
using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>What a hunt found so far, and the folder it is kept in: which seeds are done, and of each signature one trace with its program.</summary>
/// <remarks>Every file is written under another name and renamed: a hunt that is killed leaves whole ones.</remarks>
internal sealed class HuntFolder
{
    private const string StateName = "hunt.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject target;
    private readonly Func<FailureGroup, string, KeptFailure> keep;
    private readonly Dictionary<string, KeptFailure> kept = new(StringComparer.Ordinal);
    private readonly bool isGiven;
    private string? path;

    /// <param name="path">The folder; null for one that is made when something is found.</param>
    /// <param name="fallback">How that one is called: a number is added when there is one.</param>
    /// <param name="target">What is hunted: a folder is resumed by a hunt of the same only.</param>
    /// <param name="keep">Writes the files of a failure into a folder.</param>
    /// <exception cref="GcReplayException">The folder holds another hunt, or something that is none.</exception>
    public HuntFolder(string? path, string fallback, JsonObject target, Func<FailureGroup, string, KeptFailure> keep)
    {
        this.target = target;
        this.keep = keep;
        this.path = path;
        isGiven = path is not null;
        Fallback = fallback;
        if (path is not null)
            Open(path);
    }

    public SeedRanges Done { get; } = new();

    public HuntResult Result { get; private set; } = HuntResult.Empty;

    /// <summary>Seeds that were done before this hunt began; empty for none.</summary>
    public string DoneBefore { get; private set; } = "";

    /// <summary>Null as long as there is none.</summary>
    public string? Path => path;

    private string Fallback { get; }

    /// <summary>The files of a failure; null when it has none.</summary>
    public KeptFailure? Kept(string signature) => kept.GetValueOrDefault(signature);

    /// <summary>Adds what some seeds came to, and writes it down.</summary>
    public void Add(ulong first, int count, HuntResult result)
    {
        var before = Result.Tally.Failures;
        Result = Result.With(result);
        Done.Add(first, first + (ulong)count - 1);
        foreach (var group in Result.Tally.Failures.Values.Where(g => !before.TryGetValue(g.Signature, out var known) || known.Seed != g.Seed))
        {
            path ??= Fresh(Fallback);
            kept[group.Signature] = keep(group, path);
        }

        if (isGiven || path is not null)
            Save();
    }

    private void Open(string folder)
    {
        if (File.Exists(folder))
            throw new GcReplayException($"{folder} is a file; expected a folder for what the hunt finds, or a name that is free.");
        Directory.CreateDirectory(folder);
        var state = System.IO.Path.Combine(folder, StateName);
        if (!File.Exists(state))
            return;
        try
        {
            Read(JsonNode.Parse(File.ReadAllText(state))!, folder);
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new GcReplayException($"{state} is damaged: {e.Message} Name another folder, or remove that file: its traces stay.", e);
        }
    }

    private void Read(JsonNode state, string folder)
    {
        if (!JsonNode.DeepEquals(state["target"], target))
        {
            throw new GcReplayException(
                $"{folder} holds another hunt: {state["target"]!.ToJsonString()}. Name another folder with -o, or hunt the same to go on.");
        }

        foreach (var range in state["done"]!.AsArray())
            Done.Add((ulong)range![0]!, (ulong)range[1]!);
        Result = HuntResult.Of(state["result"]!);
        foreach (var (signature, files) in state["kept"]!.AsObject())
            kept[signature] = new KeptFailure((string?)files!["trace"], (string?)files["program"], (string)files["command"]!, (string)files["message"]!);
        DoneBefore = Done.ToString();
    }

    private void Save()
    {
        var state = new JsonObject
        {
            ["target"] = target.DeepClone(),
            ["done"] = new JsonArray([.. Done.All.Select(range => (JsonNode)new JsonArray(range.First, range.Last))]),
            ["result"] = Result.ToJson(),
            ["kept"] = new JsonObject(kept.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => KeyValuePair.Create(
                k.Key, (JsonNode?)new JsonObject { ["trace"] = k.Value.Trace, ["program"] = k.Value.Program, ["command"] = k.Value.Command, ["message"] = k.Value.Message }))),
        };
        var name = System.IO.Path.Combine(path!, StateName);
        File.WriteAllText(name + ".unfinished", state.ToJsonString(Format));
        File.Move(name + ".unfinished", name, overwrite: true);
    }

    private static string Fresh(string name)
    {
        var folder = name;
        for (var i = 2; Directory.Exists(folder) || File.Exists(folder); i++)
            folder = $"{name}-{i}";
        Directory.CreateDirectory(folder);
        return folder;
    }
}

/// <param name="Trace">Null when the run can not be recorded: it kills the process that runs it.</param>
/// <param name="Program">The program's file; null when it is the one that was hunted.</param>
/// <param name="Command">What repeats the run.</param>
/// <param name="Message">What went wrong first, with the lines of the program's file.</param>
internal sealed record KeptFailure(string? Trace, string? Program, string Command, string Message);
