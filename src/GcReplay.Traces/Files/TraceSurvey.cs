using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <summary>A place of a trace file that can not be read.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Up to the next sound frame, or the end of the file.</param>
/// <param name="What">What stands there, as far as that is known: <c>block 3</c>.</param>
/// <param name="Problem">Goes on from there: <c>fails its checksum</c>.</param>
public sealed record DamagedPlace(long Offset, long Length, string What, string Problem)
{
    /// <summary>Whether the file simply ends there, as a killed recorder or a full disk leaves it.</summary>
    public bool IsCut { get; init; }

    public override string ToString() => Length == 0 ? $"{What} at byte {Offset} {Problem}" : $"{What} at bytes {Offset}-{Offset + Length - 1} {Problem}";
}

/// <summary>Events that follow each other.</summary>
public readonly record struct EventRange(long First, long Last)
{
    public override string ToString() => First == Last ? $"event {First}" : $"events {First}-{Last}";
}

/// <summary>What one kind of frame takes of the file.</summary>
/// <param name="RawBytes">When decompressed.</param>
public readonly record struct FilePart(string Name, int Frames, long Bytes, long RawBytes);

/// <summary>A whole trace file, looked at byte by byte: every frame is read, checked and decoded, and behind damage the next sound
/// frame is looked for. Tells exactly what is damaged, and which events can be read nevertheless.</summary>
/// <remarks>Cost: reading and decoding the whole file. Memory: one frame and its block. Needs no footer.</remarks>
public sealed partial class TraceSurvey
{
    private readonly List<DamagedPlace> damage = [];
    private readonly List<EventRange> readable = [];
    private readonly List<EventRange> lost = [];
    private readonly List<long> wrongCheckpoints = [];

    private TraceSurvey(string path, long fileBytes, TraceHeader header) => (Path, FileBytes, Header) = (path, fileBytes, header);

    public string Path { get; }

    public long FileBytes { get; }

    public TraceHeader Header { get; }

    /// <summary>Null when the recorder was stopped before it wrote one, or when it is damaged.</summary>
    public TraceOutcome? Outcome { get; private set; }

    /// <summary>Every damaged place, in the order of the file.</summary>
    public IReadOnlyList<DamagedPlace> Damage => damage;

    /// <summary>Events that can be decoded, in runs. The first run opens as a trace when it begins with event 1.</summary>
    public IReadOnlyList<EventRange> Readable => readable;

    /// <summary>Events that were recorded, as far as the rest of the file tells, and can not be read.</summary>
    public IReadOnlyList<EventRange> Lost => lost;

    /// <summary>Runs of events behind damage that open as a window (<see cref="TraceRemainder"/>): each begins behind a saved state, of
    /// which nothing is damaged, and ends with the events that can be read there.</summary>
    public IReadOnlyList<EventRange> Openable { get; private set; } = [];

    /// <summary>Positions of checkpoints whose words are others than their state hash was counted from, ascending: nothing is damaged, their
    /// writer was wrong.</summary>
    public IReadOnlyList<long> WrongCheckpoints => wrongCheckpoints;

    /// <summary>Whether the recorder wrote its last frame.</summary>
    public bool HasFooter { get; private set; }

    /// <summary>Number of the last event of the good prefix.</summary>
    public long PrefixEvents => readable.Count > 0 && readable[0].First == 1 ? readable[0].Last : 0;

    /// <summary>Operations that ended in the good prefix.</summary>
    public long PrefixOperations { get; private set; }

    /// <summary>Content hash of the good prefix.</summary>
    public ulong PrefixHash { get; private set; }

    /// <summary>Number of events of each kind, of all that can be read.</summary>
    public IReadOnlyDictionary<EventKind, long> Kinds { get; private set; } = ImmutableSortedDictionary<EventKind, long>.Empty;

    public IReadOnlyList<FilePart> Parts { get; private set; } = [];

    /// <summary>Whether every byte is what a recorder that finished has written.</summary>
    public bool IsWhole => damage.Count == 0 && HasFooter && Outcome is not null && lost.Count == 0;

    /// <summary>What is wrong, in words with numbers, the first place first; null when nothing is.</summary>
    public string? Summary
    {
        get
        {
            if (IsWhole)
                return null;
            var first = damage.Count > 0 ? damage[0].ToString() : "the recorder was stopped before it could finish";
            var others = damage.Count > 1 ? $" (and {damage.Count - 1} more)" : "";
            var gone = lost.Count == 0 ? "no event is lost" : $"{string.Join(", ", lost)} {(lost is [{ } one] && one.First == one.Last ? "is" : "are")} lost";
            return $"{first}{others}; {gone}; {ReadableText()}";
        }
    }

    /// <summary>Frames of the good prefix and of the end, as they stand in the file: what salvaging keeps.</summary>
    internal List<FrameEntry> Kept { get; } = [];

    /// <summary>All frames of events and of pages that can be decoded.</summary>
    internal List<FrameEntry> Sound { get; } = [];

    /// <summary>Checkpoints all parts of which can be read, ascending.</summary>
    internal List<FrameEntry> SoundCheckpoints { get; } = [];

    /// <summary>Whether the kept frames hold every choice that was made.</summary>
    internal bool HasAllChoices { get; private set; }

    /// <param name="progress">Told the number of bytes looked at.</param>
    /// <exception cref="GcReplayException">No file, no trace, a trace of another version, or one whose header is damaged.</exception>
    public static TraceSurvey Read(string path, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        using var frames = new FrameReader(path);
        var survey = new TraceSurvey(path, frames.FileLength, HeaderOf(path));
        new Walk(survey, frames).Run(progress, cancellation);
        return survey;
    }

    private static TraceHeader HeaderOf(string path)
    {
        using var reader = TraceReader.Open(path);
        return reader.Header;
    }

    private string ReadableText() => readable.Count == 0 ? "no event is readable" : readable switch
    {
        [{ First: 1 } only] => Files.Readable.Events(only.Last),
        _ => $"{string.Join(" and ", readable)} are readable",
    };
}
