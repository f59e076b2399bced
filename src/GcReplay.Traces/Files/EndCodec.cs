using System.Collections.Immutable;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>What is written when a run is over: the frames of choices and of the outcome. See FORMAT.md, "Choices" and "Outcome".</summary>
internal static class EndCodec
{
    private static readonly string[] FailureKinds = ["crash", "assertion", "hang", "hazard", "violation", "leak", "plug-in"];

    public static ReadOnlySpan<byte> EncodeChoices(IReadOnlyCollection<RecordedChoice> choices) =>
        Packing.ToBytes(choices, static (ref writer, items) => Packing.WriteList(ref writer, items, WriteChoice));

    /// <param name="count">What the frame's head says.</param>
    public static ImmutableArray<RecordedChoice> DecodeChoices(byte[] raw, int count)
    {
        var choices = Packing.FromBytes(raw, (ref reader) => Packing.ReadList(ref reader, ReadChoice, count));
        return choices.Length == count ? choices : throw new MalformedFrameException($"holds {choices.Length} choices, and says {count}");
    }

    /// <summary>Looks at each choice and keeps none.</summary>
    public static void CheckChoices(byte[] raw, int count) => Packing.FromBytes(raw, (ref reader) =>
    {
        var said = reader.ReadArrayHeader();
        if (said != count)
            throw new MalformedFrameException($"holds {said} choices, and says {count}");
        for (var i = 0; i < count; i++)
            ReadChoice(ref reader);
        return count;
    });

    public static ReadOnlySpan<byte> EncodeOutcome(TraceOutcome outcome) => Packing.ToBytes(outcome, WriteOutcome);

    public static TraceOutcome DecodeOutcome(byte[] raw) => Packing.FromBytes(raw, ReadOutcome);

    private static void WriteChoice(ref MessagePackWriter writer, RecordedChoice choice)
    {
        writer.WriteArrayHeader(7);
        writer.Write(choice.Thread);
        writer.Write(choice.Operation);
        writer.Write(choice.Iteration);
        writer.Write(choice.Site);
        writer.Write(choice.Occurrence);
        writer.Write(choice.Of);
        writer.Write(choice.Chosen);
    }

    private static RecordedChoice ReadChoice(ref MessagePackReader reader) => Packing.Record(ref reader, 7, "a choice", static (ref reader) =>
    {
        return new RecordedChoice(
            Packing.Int(ref reader, 0, ushort.MaxValue, "a thread"),
            Packing.Text(ref reader),
            reader.ReadUInt64(),
            Packing.Text(ref reader),
            Packing.Int(ref reader, 0, int.MaxValue, "an occurrence"),
            reader.ReadInt32(),
            // Out of range is the replaying run's to count: a trace edited by hand is still a trace.
            reader.ReadInt32());
    });

    private static void WriteOutcome(ref MessagePackWriter writer, TraceOutcome outcome)
    {
        writer.WriteArrayHeader(7);
        writer.Write((int)outcome.Status);
        writer.Write(outcome.Events);
        writer.Write(outcome.Operations);
        writer.Write(outcome.ContentHash);
        writer.Write(outcome.StateHash);
        writer.Write(outcome.DefaultedChoices);
        if (outcome.Failure is not { } failure)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(5);
        writer.Write(failure.Kind);
        writer.Write(failure.Code);
        writer.Write(failure.Event);
        writer.Write(failure.Message);
        writer.Write(failure.Signature);
    }

    private static TraceOutcome ReadOutcome(ref MessagePackReader reader) => Packing.Record(ref reader, 7, "an outcome", static (ref reader) =>
    {
        var outcome = new TraceOutcome
        {
            Status = Packing.Enum<RunStatus>(ref reader, "status"),
            Events = reader.ReadInt64(),
            Operations = reader.ReadInt64(),
            ContentHash = reader.ReadUInt64(),
            StateHash = reader.ReadUInt64(),
            DefaultedChoices = reader.ReadInt64(),
            Failure = ReadFailure(ref reader),
        };
        if (outcome.Events < 0 || outcome.Operations < 0 || outcome.DefaultedChoices < 0)
            throw new MalformedFrameException("holds a negative number");
        if (outcome.Failure is { } failure && (failure.Event < 0 || failure.Event > outcome.Events))
            throw new MalformedFrameException($"holds a failure at event {failure.Event} of {outcome.Events}");
        return outcome;
    });

    private static RunFailure? ReadFailure(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        var failure = Packing.Record(ref reader, 5, "a failure", static (ref reader) => new RunFailure(
            Packing.Text(ref reader), Packing.Text(ref reader), reader.ReadInt64(), Packing.Text(ref reader), Packing.Text(ref reader)));
        return Array.IndexOf(FailureKinds, failure.Kind) >= 0
            ? failure
            : throw new MalformedFrameException($"holds a failure of the unknown kind '{failure.Kind}'");
    }
}
