using System.Text.Json;
using System.Text.Json.Nodes;
using GcReplay.Commands;
using GcReplay.Heaps;
using GcReplay.Simulation.Hunting;

namespace GcReplay.Hunting;

/// <summary>What a hunt found so far, and the folder it is kept in: which seeds are done, and of each signature one trace with its program.</summary>
/// <remarks>Every file is written under another name and renamed: a hunt that is killed leaves whole ones.</remarks>
internal sealed class HuntFolder : IDisposable
{
    private const string StateName = "hunt.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject target;
    private readonly Func<FailureGroup, string, KeptFailure> keep;
    private readonly Dictionary<string, KeptFailure> kept = new(StringComparer.Ordinal);
    private readonly bool isGiven;
    private string? path;
    private FolderLock? held;

    /// <param name="path">The folder; null for one that is made when something is found.</param>
    /// <param name="fallback">How that one is called: a number is added when there is one.</param>
    /// <param name="target">What is hunted: a folder is resumed by a hunt of the same only.</param>
    /// <param name="keep">Writes the files of a failure into a folder.</param>
    /// <exception cref="GcReplayException">The folder holds another hunt, or something that is none, or another hunt is under way in it.</exception>
    public HuntFolder(string? path, string fallback, JsonObject target, Func<FailureGroup, string, KeptFailure> keep)
    {
        this.target = target;
        this.keep = keep;
        this.path = path;
        isGiven = path is not null;
        Fallback = fallback;
        if (path is null)
            return;
        try
        {
            Open(path);
        }
        catch
        {
            Dispose();
            throw;
        }
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
        Done.Add(first, first + ((ulong)count - 1));
        foreach (var group in Result.Tally.Failures.Values.Where(g => !before.TryGetValue(g.Signature, out var known) || known.Seed != g.Seed))
        {
            if (path is null)
                held = new FolderLock(path = Fresh(Fallback));
            kept[group.Signature] = keep(group, path);
        }

        if (isGiven || path is not null)
            Save();
    }

    public void Dispose() => held?.Dispose();

    private void Open(string folder)
    {
        if (folder.Length == 0)
            throw new GcReplayException("the name of the folder is empty; name one with -o, or leave it out.");
        if (File.Exists(folder))
            throw new GcReplayException($"{folder} is a file; expected a folder for what the hunt finds, or a name that is free.");
        held = new FolderLock(folder);
        var state = System.IO.Path.Combine(folder, StateName);
        if (!File.Exists(state))
            return;
        try
        {
            Read(JsonNode.Parse(File.ReadAllText(state))!, folder);
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException or ArgumentException)
        {
            var reason = e is JsonException ? e.Message.TrimEnd('.') : "it does not hold what a hunt writes";
            throw new GcReplayException($"{state} is damaged: {reason}. Name another folder, or remove that file: its traces stay.", e);
        }

        foreach (var group in Result.Tally.Failures.Values.Where(group => !HasFiles(group.Signature, folder)))
            kept[group.Signature] = keep(group, folder);
    }

    private void Read(JsonNode state, string folder)
    {
        if (HuntIdentity.Difference(state["target"]!.AsObject(), target) is { } difference)
            throw new GcReplayException($"{folder} holds another hunt: {difference}. Name another folder with -o, or hunt the same to go on.");

        foreach (var range in state["done"]!.AsArray())
        {
            var (first, last) = ((ulong)range![0]!, (ulong)range[1]!);
            if (first > last)
                throw new FormatException("a range of seeds ends before it begins");
            Done.Add(first, last);
        }

        Result = HuntResult.Of(state["result"]!);
        if (Done.Count != Result.Tally.Runs)
            throw new FormatException("there are more runs, or fewer, than seeds that are done");
        foreach (var (signature, files) in state["kept"]!.AsObject())
            kept[signature] = new KeptFailure((string?)files!["trace"], (string?)files["program"], (string)files["command"]!, (string)files["message"]!);
        DoneBefore = Done.ToString();
    }

    /// <summary>Whether the files of a failure are in the folder, under the name by which it is called now.</summary>
    private bool HasFiles(string signature, string folder)
    {
        return Kept(signature) is { } files && Has(files.Trace) && Has(files.Program);

        bool Has(string? file) => file is null || file == System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)) && File.Exists(file);
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
        OutputFile.WriteText(System.IO.Path.Combine(path!, StateName), state.ToJsonString(Format), CancellationToken.None);
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

/// <param name="Trace">Null when the run can not be recorded: it kills the process that runs it, or goes well the second time.</param>
/// <param name="Program">The program's file; null when it is the one that was hunted.</param>
/// <param name="Command">What repeats the run.</param>
/// <param name="Message">What went wrong first, with the lines of the program's file.</param>
internal sealed record KeptFailure(string? Trace, string? Program, string Command, string Message);
