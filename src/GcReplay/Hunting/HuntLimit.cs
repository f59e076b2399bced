namespace GcReplay.Hunting;

/// <summary>When a hunt ends: at the first of these that is given.</summary>
/// <param name="Runs">So many seeds are done, those of earlier hunts in the same folder included.</param>
/// <param name="Seconds">So long it hunted this time.</param>
/// <param name="UntilFailure">Something was found.</param>
internal sealed record HuntLimit(long? Runs, double? Seconds, bool UntilFailure);
