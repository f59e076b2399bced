using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The phases of a collection as spans of events, and as a word of its record. The word stays what it is until the next phase
/// begins: what update_refs put in place of links is there between the phases, too.</summary>
internal sealed class PhaseSpans(Process process)
{
    public void Run(Address record, Phase phase, Action body)
    {
        process.Event(EventKind.PhaseBegin, (ulong)phase, record.Value);
        process.Journal.WriteOwn(record + RecordWords.Phase, (ulong)phase);
        var begin = process.Journal.LastEvent;
        body();
        process.Event(EventKind.PhaseEnd, (ulong)begin);
    }
}
