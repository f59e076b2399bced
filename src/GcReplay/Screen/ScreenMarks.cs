using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Screen;

/// <summary>The events that every pane marks.</summary>
/// <param name="Failure">The event in which the run failed; 0 for none.</param>
/// <param name="FailureKind">crash, assertion, hang or hazard.</param>
/// <param name="Corrupt">The first corrupt event; 0 for none, or when it was not looked for yet.</param>
/// <param name="Findings">The first violation of each sanitizer, as far as was looked for.</param>
internal readonly record struct ScreenMarks(long Failure, string FailureKind, long Corrupt, IReadOnlyList<Violation> Findings);
