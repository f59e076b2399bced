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
public sealed class TraceSurvey
{
    private readonly List<DamagedPlace> damage = [];
    private readonly List<EventRange> readable = [];
    private readonly List<EventRange> lost = [];

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

    /// <summary>Whether the kept frames hold every choice that was made.</summary>
    internal bool HasAllChoices { get; private set; }

    /// <param name="progress">Told the number of bytes looked at.</param>
    /// <exception cref="GcReplayException">No file, no trace, a trace of another version, or one whose header is damaged.</exception>
    public static TraceSurvey Read(string path, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        using var reader = TraceReader.Open(path);
        using var frames = new FrameReader(path);
        var survey = new TraceSurvey(path, frames.FileLength, reader.Header);
        new Walk(survey, frames).Run(progress, cancellation);
        return survey;
    }

    private string ReadableText() => readable.Count == 0 ? "no event is readable" : readable switch
    {
        [{ First: 1 } only] => Files.Readable.Events(only.Last),
        _ => $"{string.Join(" and ", readable)} are readable",
    };

    /// <summary>The walk over a file, and what it has to remember on its way.</summary>
    private sealed class Walk(TraceSurvey survey, FrameReader frames)
    {
        private readonly FrameSearch search = new(frames);
        private readonly BlockDecoder decoder = new();
        private readonly EventLimits limits = new(survey.Header);
        private readonly ContentHash hash = new();
        private readonly long[] kinds = new long[256];
        private readonly SortedDictionary<FrameKind, FilePart> parts = [];
        private readonly HashSet<long> pages = [];
        private long lastEvent;
        private long choices;
        private long choicesExpected = -1;
        private int blocks;
        private long? footer;

        public void Run(Action<long>? progress, CancellationToken cancellation)
        {
            long offset = TraceFormat.PrologueBytes;
            while (offset < frames.FileLength && !survey.HasFooter)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(offset);
                offset = Take(offset);
            }

            if (survey.HasFooter)
                CheckTrailer(offset);
            Complete();
        }

        /// <summary>Looks at what stands at an offset.</summary>
        /// <returns>Where to go on.</returns>
        private long Take(long offset)
        {
            FrameEntry entry;
            FrameHead head;
            try
            {
                entry = frames.Verify(offset, out head);
            }
            catch (MalformedFrameException e)
            {
                var next = search.Next(offset + 1);
                AddDamage(offset, next, Guess(offset, next, e.IsCut), e);
                return next;
            }

            try
            {
                Examine(entry, frames.Read(entry));
                var known = parts.GetValueOrDefault(entry.Kind);
                parts[entry.Kind] = new FilePart(Name(entry.Kind), known.Frames + 1, known.Bytes + entry.Length, known.RawBytes + head.RawLength);
            }
            catch (MalformedFrameException e)
            {
                AddDamage(offset, offset + entry.Length, entry, e);
            }

            return offset + entry.Length;
        }

        /// <summary>What a damaged frame was: its head counts only when the frame ends where the next sound one begins.</summary>
        private FrameEntry Guess(long offset, long next, bool isCut)
        {
            try
            {
                return frames.ReadEntry(offset, out _) is var entry && offset + entry.Length == next ? entry : default;
            }
            catch (MalformedFrameException)
            {
                return isCut ? frames.ReadCutEntry(offset) : default;
            }
        }

        private void Examine(in FrameEntry entry, byte[] raw)
        {
            switch (entry.Kind)
            {
                case FrameKind.Events:
                    AddBlock(entry, raw);
                    blocks++;
                    break;
                case FrameKind.Choices:
                    AddChoices(entry, raw);
                    break;
                case FrameKind.Outcome:
                    survey.Outcome = EndCodec.DecodeOutcome(raw);
                    choicesExpected = entry.Count;
                    break;
                case FrameKind.Footer:
                    survey.HasFooter = true;
                    footer = entry.Offset;
                    break;
                case FrameKind.Pages when lastEvent == survey.PrefixEvents:
                    pages.Add(entry.First);
                    survey.Kept.Add(entry);
                    break;
                case FrameKind.Index when entry.First + entry.Count - 1 == survey.PrefixEvents && lastEvent == survey.PrefixEvents:
                    survey.Kept.Add(entry);
                    break;
                case FrameKind.Checkpoint when entry.First == survey.PrefixEvents && lastEvent == survey.PrefixEvents
                    && CheckpointCodec.DecodeDirectory(raw, entry.Count).Ids.All(pages.Contains):
                    survey.Kept.Add(entry);
                    break;
                case > FrameKind.Index when lastEvent == survey.PrefixEvents && survey.Outcome is null:
                    survey.Kept.Add(entry);
                    break;
                case FrameKind.Header when entry.Offset == TraceFormat.PrologueBytes:
                    survey.Kept.Add(entry);
                    break;
                default:
                    break;
            }
        }

        private void AddBlock(in FrameEntry entry, byte[] raw)
        {
            if (entry.First <= lastEvent)
                throw new MalformedFrameException($"holds events from {entry.First}, where event {lastEvent + 1} is next");
            var block = decoder.Decode(entry.First, entry.Count, raw);
            limits.Check(block);
            if (entry.First == lastEvent + 1 && lastEvent == survey.PrefixEvents)
            {
                survey.Kept.Add(entry);
                hash.Add(block);
                survey.PrefixOperations += block.Kinds.AsSpan(0, block.Count).Count((byte)EventKind.OperationEnd);
            }

            if (entry.First > lastEvent + 1)
                survey.lost.Add(new EventRange(lastEvent + 1, entry.First - 1));
            for (var i = 0; i < block.Count; i++)
                kinds[block.Kinds[i]]++;
            if (entry.First == lastEvent + 1 && survey.readable.Count > 0)
                survey.readable[^1] = survey.readable[^1] with { Last = block.LastEvent };
            else
                survey.readable.Add(new EventRange(entry.First, block.LastEvent));
            lastEvent = block.LastEvent;
        }

        private void AddChoices(in FrameEntry entry, byte[] raw)
        {
            var count = EndCodec.DecodeChoices(raw).Length;
            if (entry.First != choices || entry.Count != count)
                throw new MalformedFrameException($"holds {count} choices from {entry.First}, where choice {choices} is next");
            choices += count;
            survey.Kept.Add(entry);
        }

        private void AddDamage(long offset, long next, in FrameEntry entry, MalformedFrameException error)
        {
            var what = entry.Kind switch
            {
                FrameKind.Events => $"block {blocks + 1}",
                FrameKind.Checkpoint => $"the checkpoint after event {entry.First}",
                FrameKind.Pages => $"a part of the checkpoint after event {lastEvent}",
                FrameKind.Index => $"the index of block {blocks}",
                FrameKind.Choices => "a list of choices",
                FrameKind.Outcome => "the outcome",
                FrameKind.Footer => "the footer",
                _ => "the frame",
            };
            if (entry.Kind == FrameKind.Events)
                blocks++;
            if (search.GaveUp)
                what = "too much looks like a frame and is none; the rest of the file";
            survey.damage.Add(new DamagedPlace(offset, next - offset, what, error.Message) { IsCut = error.IsCut && next == frames.FileLength });
        }

        private void CheckTrailer(long offset)
        {
            var rest = frames.FileLength - offset;
            if (rest == TraceFormat.TrailerBytes && FrameTable.FooterOffset(frames.ReadBytes(offset, TraceFormat.TrailerBytes)) is { } at && at == footer)
                return;
            survey.damage.Add(new DamagedPlace(offset, rest, "the last part", "is not the trailer that belongs there"));
        }

        private void Complete()
        {
            var recorded = survey.Outcome?.Events ?? lastEvent;
            if (recorded > lastEvent)
                survey.lost.Add(new EventRange(lastEvent + 1, recorded));
            survey.PrefixHash = hash.Value;
            survey.HasAllChoices = choicesExpected == choices;
            var counted = ImmutableSortedDictionary.CreateBuilder<EventKind, long>();
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                if (kinds[kind] > 0)
                    counted.Add((EventKind)kind, kinds[kind]);
            }

            survey.Kinds = counted.ToImmutable();
            survey.Parts = [.. parts.Values];
        }

        private static string Name(FrameKind kind) => kind switch
        {
            FrameKind.Header => "header",
            FrameKind.Events => "events",
            FrameKind.Checkpoint => "checkpoints",
            FrameKind.Pages => "pages of checkpoints",
            FrameKind.Index => "index",
            FrameKind.Choices => "choices",
            FrameKind.Outcome => "outcome",
            FrameKind.Footer => "footer",
            _ => $"kind {(byte)kind}",
        };
    }
}
