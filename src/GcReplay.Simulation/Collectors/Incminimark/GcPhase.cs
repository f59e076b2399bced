namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Phases as spans of events: first the states of a major collection, then parts of a minor one. Their names are
/// <see cref="IncminimarkLayout.Phases"/>.</summary>
internal enum GcPhase
{
    Scanning = GcState.Scanning,
    Marking = GcState.Marking,
    Sweeping = GcState.Sweeping,
    Finalizing = GcState.Finalizing,
    MinorRoots,
    MinorRemembered,
    MinorWeakrefs,
    MinorFree,
}
