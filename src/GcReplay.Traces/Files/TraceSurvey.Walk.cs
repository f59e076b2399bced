using System.Collections.Immutable;
using GcReplay.Heaps.Events;

namespace GcReplay.Traces.Files;

/// <content>How a survey comes about.</content>
public sealed partial class TraceSurvey
{
    /// <summary>The walk over a file, and what it has to remember on its way.</summary>
    private sealed class Walk(TraceSurvey survey, FrameReader frames)
    {
        private readonly FrameSearch search = new(frames);
        private readonly BlockDecoder decoder = new();
        private readonly EventLimits limits = new(survey.Header);
        private readonly ContentHash hash = new();
        private readonly long[] kinds = new long[256];
        private readonly SortedDictionary<FrameKind, FilePart> parts = [];
        private readonly PageHashes hashes = new();
        private readonly HashSet<long> pages = [];
        private readonly HashSet<long> soundPages = [];
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
            if (entry.Kind == FrameKind.Pages)
                AddPages(entry, raw);
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
                case FrameKind.Checkpoint:
                    AddCheckpoint(entry, CheckpointCodec.DecodeDirectory(raw, entry.Count));
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

        /// <summary>Notes a checkpoint, for the good prefix and for what may be read behind damage. One with wrong words serves neither: all that
        /// it holds can be had by playing; but nothing else says what was there when a window begins.</summary>
        private void AddCheckpoint(in FrameEntry entry, CheckpointDirectory directory)
        {
            var isWrong = hashes.Contradict(directory);
            if (isWrong)
                survey.wrongCheckpoints.Add(entry.First);
            if (!isWrong && entry.First >= lastEvent && entry.First > (survey.SoundCheckpoints is [.., var last] ? last.First : 0)
                && directory.Ids.All(soundPages.Contains))
                survey.SoundCheckpoints.Add(entry);
            if (entry.First == survey.PrefixEvents && lastEvent == survey.PrefixEvents && (!isWrong || entry.First == survey.Header.FirstPosition)
                && directory.Ids.All(pages.Contains))
                survey.Kept.Add(entry);
        }

        private void AddPages(in FrameEntry entry, byte[] raw)
        {
            hashes.Add(entry, raw);
            if (soundPages.Add(entry.First))
                survey.Sound.Add(entry);
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
            survey.Sound.Add(entry);
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
            if (entry.First != choices)
                throw new MalformedFrameException($"holds {entry.Count} choices from {entry.First}, where choice {choices} is next");
            EndCodec.CheckChoices(raw, entry.Count);
            choices += entry.Count;
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
            survey.Openable = [.. survey.readable.Where(run => run.First > 1).Select(Openable).Where(window => window.First > 0)];
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

        /// <summary>What opens of a run of events: what is behind the first saved state in it. Nothing where so many events are said to be
        /// lost in front of it as the damaged bytes can not have held.</summary>
        private EventRange Openable(EventRange run)
        {
            var most = Math.Min(survey.damage.Sum(place => place.Length), TraceLimits.LostEvents / TraceLimits.EventsOfAByte) * TraceLimits.EventsOfAByte;
            if (survey.lost.Any(range => range.First < run.First && range.Last - range.First >= most))
                return default;
            return survey.SoundCheckpoints.Find(e => e.First >= run.First - 1 && e.First < run.Last) is { First: > 0 } start
                ? new EventRange(start.First + 1, run.Last)
                : default;
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
