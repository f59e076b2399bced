using System.Collections.Immutable;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Cutting;

/// <summary>Takes out of a trace what its program was about: text, names, contents of objects. What remains is the shape of the heap and
/// what its collector did with it.</summary>
/// <remarks>Plays the run twice side by side, as it was and without contents, so that every change leads from a redacted word to a
/// redacted word. Names that GcReplay itself publishes (structs, fields, phases, sites of its collectors) stay.</remarks>
public sealed class Redaction
{
    internal const string Gone = "redacted";

    private readonly IReadOnlySet<string> published;
    private readonly ContentWords content;
    private readonly Shadow shadow;
    private readonly Playback playback;
    private readonly List<ulong> values = [];

    /// <summary>What the event at hand has left so far in the words it changed: as it was, then as it is shown.</summary>
    private readonly Dictionary<ulong, ulong> left = [];

    /// <param name="timeline">Of the trace, standing where what is written begins.</param>
    /// <param name="published">Names that stay: they tell nothing.</param>
    internal Redaction(Timeline timeline, IReadOnlySet<string> published)
    {
        this.published = published;
        content = new ContentWords(timeline.View, published);
        shadow = new Shadow(Space);
        playback = new Playback(Space, shadow);
        foreach (var (number, words) in timeline.Space.SavedPages())
        {
            var copy = words.ToArray();
            for (var i = 0; i < copy.Length; i++)
                copy[i] = content.Shown(new Address((number << AddressSpace.PageShift) + (ulong)i * 8), copy[i]);
            Space.LoadPage(number, copy);
        }

        shadow.Rebuild();
    }

    /// <summary>The redacted state.</summary>
    internal AddressSpace Space { get; } = new();

    internal TraceHeader Of(TraceHeader header)
    {
        var names = new LayoutNames(published);
        return header with
        {
            ToolVersion = Version.TryParse(header.ToolVersion, out var version) ? version.ToString() : Gone,
            ProgramName = Gone,
            ProgramText = "",
            Collector = names.Kept(header.Collector),
            Revision = names.Kept(header.Revision),
            Allocator = string.Join(':', header.Allocator.Split(':').Select(names.Kept)),
            Parameters = header.Parameters.Select((p, i) => KeyValuePair.Create(published.Contains(p.Key) ? p.Key : $"parameter {i}", Gone))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            Layout = names.Of(header.Layout),
            Operations = [.. header.Operations.Select((o, i) => new OperationText($"statement {i}", "", o.Line, Gone))],
            Threads = LayoutNames.Numbered("thread", header.Threads, "main"),
            PlugIn = header.PlugIn is null ? null : new PlugInNote(Gone, Gone, Gone),
            IsRedacted = true,
        };
    }

    /// <summary>The outcome without names: code, message and signature may hold some.</summary>
    internal TraceOutcome Of(TraceOutcome outcome, ulong stateHash)
    {
        if (outcome.Failure is not { } failure)
            return outcome with { StateHash = stateHash };
        var code = published.Contains(failure.Code) ? failure.Code : Gone;
        return outcome with { StateHash = stateHash, Failure = failure with { Code = code, Message = Gone, Signature = $"{failure.Kind} {code}" } };
    }

    /// <summary>Changes the events of a block that stand in front of the window: what they wrote is told by the state behind them.</summary>
    internal static void BlankLead(EventBlock block)
    {
        Array.Clear(block.ChangeXors);
        for (var i = 0; i < block.Count; i++)
            BlankWords(block, i);
    }

    /// <summary>Changes the events of a block, and moves the trace's timeline over them.</summary>
    /// <param name="block">A copy; its first event is the next one.</param>
    internal void Redact(EventBlock block, Timeline timeline)
    {
        for (var i = 0; i < block.Count; i++)
        {
            ReadValues(block, i, timeline.Space);
            timeline.MoveTo(block.FirstEvent + i);
            left.Clear();
            var start = block.ChangeStart(i);
            for (var change = start; change < block.ChangeEnds[i]; change++)
            {
                var address = block.ChangeAddresses[change];
                var shown = content.Shown(new Address(address), values[change - start]);
                block.ChangeXors[change] = shown ^ Left(address, Space);
                left[address] = shown;
            }

            BlankWords(block, i);
            playback.Forward(block, i, i + 1);
        }
    }

    /// <summary>The value that each change of an event leads to.</summary>
    private void ReadValues(EventBlock block, int index, AddressSpace space)
    {
        values.Clear();
        left.Clear();
        for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
        {
            var address = block.ChangeAddresses[change];
            var value = Left(address, space) ^ block.ChangeXors[change];
            left[address] = value;
            values.Add(value);
        }
    }

    private ulong Left(ulong address, AddressSpace before) =>
        left.TryGetValue(address, out var value) ? value : before.Peek(new Address(address));

    /// <summary>Operands that hold a word as it is stored: results of operations.</summary>
    private static void BlankWords(EventBlock block, int index)
    {
        var operands = EventShapes.Of((EventKind)block.Kinds[index]).Operands;
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i].Kind == OperandKind.Word)
                (i switch { 0 => block.A, 1 => block.B, 2 => block.C, _ => block.D })[index] = 0;
        }
    }
}
