using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Recording;

/// <summary>Is asked before a collector writes or opens an event: for collectors that are not ours.</summary>
internal interface IJournalGuard
{
    /// <exception cref="SimulatedFault">The event may not be opened.</exception>
    void BeforeEvent(in Event e);

    /// <exception cref="SimulatedFault">The word may not be written.</exception>
    void BeforeWrite(Address address);
}
