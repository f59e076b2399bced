using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using MessagePack;

namespace GcReplay.Traces.Files;

/// <summary>The header frame. See FORMAT.md, "Header".</summary>
internal static class HeaderCodec
{
    private const int Parts = 12;

    /// <exception cref="GcReplayException">The program has more statements than a trace can name.</exception>
    public static ReadOnlySpan<byte> Encode(TraceHeader header) => header.Operations.Length <= TraceLimits.Operations
        ? Packing.ToBytes(header, Write)
        : throw new GcReplayException(
            $"{header.ProgramName} has {header.Operations.Length} statements; a trace can name {TraceLimits.Operations}. Record a shorter program.");

    public static TraceHeader Decode(byte[] raw) => Packing.FromBytes(raw, Read);

    private static void Write(ref MessagePackWriter writer, TraceHeader header)
    {
        var more = header.RecordedEvents > 0 ? 4 : header.PlugIn is not null ? 3 : header.IsRedacted ? 2 : header.FirstPosition > 0 ? 1 : 0;
        writer.WriteArrayHeader(Parts + more);
        writer.Write(header.ToolVersion);
        writer.Write(header.ProgramName);
        writer.Write(header.ProgramText);
        writer.Write(header.Collector);
        writer.Write(header.Revision);
        writer.Write(header.Allocator);
        writer.Write(header.Seed);
        writer.Write(header.IsChaos);
        // Ordered here too: the map may have been built with another comparer.
        var parameters = header.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        Packing.WriteList(ref writer, parameters, WriteParameter);
        LayoutCodec.Write(ref writer, header.Layout);
        Packing.WriteList(ref writer, header.Operations, WriteOperation);
        Packing.WriteTexts(ref writer, header.Threads);
        if (more > 0)
            writer.Write(header.FirstPosition);
        if (more > 1)
            writer.Write(header.IsRedacted);
        if (more > 2)
            Packing.WriteTexts(ref writer, header.PlugIn is { } plugIn ? [plugIn.File, plugIn.Version, plugIn.Hash] : []);
        if (more > 3)
            writer.Write(header.RecordedEvents);
    }

    private static TraceHeader Read(ref MessagePackReader reader)
    {
        var more = Packing.Begin(ref reader, Parts, "a header");
        var header = new TraceHeader
        {
            ToolVersion = Packing.Text(ref reader),
            ProgramName = Packing.Text(ref reader),
            ProgramText = Packing.Text(ref reader),
            Collector = Packing.Text(ref reader),
            Revision = Packing.Text(ref reader),
            Allocator = Packing.Text(ref reader),
            Seed = reader.ReadUInt64(),
            IsChaos = reader.ReadBoolean(),
            Parameters = ReadParameters(ref reader),
            Layout = LayoutCodec.Read(ref reader),
            Operations = Packing.ReadList(ref reader, ReadOperation, TraceLimits.Operations),
            Threads = Packing.ReadTexts(ref reader, TraceLimits.Threads),
            FirstPosition = more > 0 ? reader.ReadInt64() : 0,
            IsRedacted = more > 1 && reader.ReadBoolean(),
            PlugIn = more > 2 ? ReadPlugIn(ref reader) : null,
            RecordedEvents = more > 3 ? reader.ReadInt64() : 0,
        };
        Packing.Skip(ref reader, more - 4);
        return header.FirstPosition >= 0 && header.RecordedEvents >= 0
            ? header
            : throw new MalformedFrameException("begins at a negative position, or says a negative number of events");
    }

    /// <returns>Null for an empty list: there is none, and more items follow.</returns>
    private static PlugInNote? ReadPlugIn(ref MessagePackReader reader)
    {
        var parts = reader.ReadArrayHeader();
        if (parts == 0)
            return null;
        if (parts < 3)
            throw new MalformedFrameException($"holds a plug-in of {parts} parts; it has 3");
        var note = new PlugInNote(Packing.Text(ref reader), Packing.Text(ref reader), Packing.Text(ref reader));
        Packing.Skip(ref reader, parts - 3);
        return note;
    }

    private static void WriteParameter(ref MessagePackWriter writer, KeyValuePair<string, string> parameter)
    {
        writer.WriteArrayHeader(2);
        writer.Write(parameter.Key);
        writer.Write(parameter.Value);
    }

    private static ImmutableSortedDictionary<string, string> ReadParameters(ref MessagePackReader reader)
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Packing.ReadList(ref reader, ReadParameter))
        {
            if (!parameters.TryAdd(key, value))
                throw new MalformedFrameException($"holds the parameter '{key}' twice");
        }

        return parameters.ToImmutable();
    }

    private static (string Key, string Value) ReadParameter(ref MessagePackReader reader) => Packing.Record(ref reader, 2, "a parameter", static (ref reader) =>
    {
        return (Packing.Text(ref reader), Packing.Text(ref reader));
    });

    private static void WriteOperation(ref MessagePackWriter writer, OperationText operation)
    {
        writer.WriteArrayHeader(4);
        writer.Write(operation.Label);
        writer.Write(operation.Block);
        writer.Write(operation.Line);
        writer.Write(operation.Text);
    }

    private static OperationText ReadOperation(ref MessagePackReader reader) => Packing.Record(ref reader, 4, "an operation", static (ref reader) =>
    {
        return new OperationText(Packing.Text(ref reader), Packing.Text(ref reader), reader.ReadInt32(), Packing.Text(ref reader));
    });
}
