using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining;

/// <summary>An event that did not do what others did each other time, or behind which what they are followed by is missing.</summary>
/// <param name="Message">What the others do and this one did not, behind the event's own text.</param>
/// <param name="Peer">One of the others, or the step that it shows.</param>
internal sealed record Deviation(long Event, string Message, long Peer);

/// <summary>What happened each other time at the same place of the code, in this trace. What was left out has no event of its own: its peers show what
/// it would be, and where.</summary>
internal sealed partial class Precedent(Witness witness)
{
    /// <summary>So many peers are compared with one event: the nearest.</summary>
    private const int PeersMax = 40;

    private ObjectName? ObjectOf(long number) =>
        witness.ViewAt(number).Shadow.OccupantAt(new Address(Subject.Of(witness.Event(number).Event))) is { } entry ? new ObjectName(entry.Number, entry.IsRuntime) : null;

    private static string Others(int count) => count == 1 ? "the other event" : $"{count} other events";
}
