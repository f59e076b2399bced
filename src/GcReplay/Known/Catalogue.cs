using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Output;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Known;

/// <summary>A folder of traces that somebody keeps, also of hunts: every trace below it is an entry, and the page beside it its story.</summary>
internal static class Catalogue
{
    /// <summary>Reads the traces of a folder. Cost: playing each up to its first corrupt event.</summary>
    /// <param name="except">A trace that is not to be compared with itself; null for none.</param>
    /// <param name="unreadable">Told of each trace that can not be read: it is left out.</param>
    /// <exception cref="GcReplayException">There is no such folder.</exception>
    public static IReadOnlyList<KnownFailure> Read(string folder, string? except, Progress progress, Action<string> unreadable)
    {
        Require(folder);
        var entries = new List<KnownFailure>();
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (var path in Directory.EnumerateFiles(folder, "*.gctrace", options).Order(StringComparer.Ordinal))
        {
            if (except is not null && Path.GetFullPath(path) == Path.GetFullPath(except))
                continue;
            progress.At(entries.Count + 1);
            try
            {
                using var trace = TraceReader.Open(path);
                entries.Add(Of(trace, path, StoryOf(path), progress));
            }
            catch (Exception e) when (e is GcReplayException or IOException or UnauthorizedAccessException)
            {
                unreadable(e.Message);
            }
        }

        return entries;
    }

    /// <exception cref="GcReplayException">There is no such folder.</exception>
    public static void Require(string folder)
    {
        if (!Directory.Exists(folder))
            throw new GcReplayException($"{folder} is no folder; expected one of traces, as hunt -o makes it.");
    }

    /// <summary>A trace as an entry.</summary>
    /// <param name="story">Path of the page that tells it; null for none.</param>
    public static KnownFailure Of(TraceReader trace, string name, string? story, Progress progress)
    {
        var corruption = new Debugger(trace).Corruption.Find(progress with { Report = null });
        var failure = trace.Outcome?.Failure;
        return new KnownFailure(
            name, CollectorOf(trace.Header), failure?.Signature ?? "", corruption is null ? "" : ViolationText.Failure(corruption, trace).Signature,
            story ?? "", story is not null ? FirstSentence(story) : corruption?.Message ?? failure?.Message ?? "");
    }

    public static string CollectorOf(TraceHeader header) => $"{header.Collector}@{header.Revision}";

    private static string? StoryOf(string trace) =>
        Path.Combine(Path.GetDirectoryName(trace) ?? "", "README.md") is var page && File.Exists(page) ? page : null;

    /// <summary>The first paragraph behind the heading.</summary>
    private static string FirstSentence(string page) => File.ReadLines(page).Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? "";
}
