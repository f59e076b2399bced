using GcReplay.Heaps;

namespace GcReplay.Traces.Files;

/// <summary>Writes what is good of a damaged trace as a whole file: its frames up to the first that is lost, byte for byte, and an
/// end that fits them.</summary>
public static class TraceSalvage
{
    /// <summary>How the salvaged run ended: as it did when nothing of it is lost, otherwise interrupted after its last readable
    /// event.</summary>
    /// <param name="stateHash">Of the state after the last event of the good prefix.</param>
    public static TraceOutcome Outcome(TraceSurvey survey, ulong stateHash)
    {
        if (survey.Outcome is { } known && known.Events == survey.PrefixEvents)
            return known;
        var failure = survey.Outcome?.Failure is { } at && at.Event <= survey.PrefixEvents ? at : null;
        return new TraceOutcome
        {
            Status = RunStatus.Cancelled,
            Events = survey.PrefixEvents,
            Operations = survey.PrefixOperations,
            ContentHash = survey.PrefixHash,
            StateHash = stateHash,
            DefaultedChoices = survey.Outcome?.DefaultedChoices ?? 0,
            Failure = failure,
        };
    }

    /// <param name="target">A new file, or a trace to replace; not the damaged one.</param>
    /// <param name="isPlain">Whether frames are written uncompressed, with CRC-32: for readers that have only a standard library.</param>
    /// <exception cref="GcReplayException">The source changed meanwhile, or the target can not be written.</exception>
    public static TraceOutcome Write(TraceSurvey survey, TraceOutcome outcome, string target, bool isPlain = false)
    {
        using var source = new FrameReader(survey.Path);
        using var writer = new FrameWriter(target) { Codec = isPlain ? FrameCodec.None : FrameCodec.Zstd };
        var kept = survey.HasAllChoices ? survey.Kept : survey.Kept.FindAll(entry => entry.Kind != FrameKind.Choices);
        foreach (var entry in kept)
            Copy(source, entry, writer);
        var choices = kept.Where(entry => entry.Kind == FrameKind.Choices).Sum(entry => entry.Count);
        writer.Write(FrameKind.Outcome, outcome.Events, choices, EndCodec.EncodeOutcome(outcome));
        writer.WriteFooter();
        return outcome;
    }

    private static void Copy(FrameReader source, in FrameEntry entry, FrameWriter writer)
    {
        try
        {
            if (writer.Codec == FrameCodec.None)
            {
                writer.Write(entry.Kind, entry.First, entry.Count, source.Read(entry));
                return;
            }

            if (source.Verify(entry.Offset, out _) != entry)
                throw new MalformedFrameException("is another one now");
        }
        catch (MalformedFrameException e)
        {
            throw new GcReplayException($"{source.Path}: the frame at byte {entry.Offset} {e.Message}: the file changed while it was read. Try again.", e);
        }

        writer.Copy(entry, source.ReadBytes(entry.Offset, entry.Length));
    }
}
