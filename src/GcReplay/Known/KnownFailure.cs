namespace GcReplay.Known;

/// <summary>A trace whose failure was understood, or at least kept.</summary>
/// <param name="Trace">Its file.</param>
/// <param name="Collector"><c>cpython39@7247407</c>.</param>
/// <param name="Failure">Signature of how the run ended; empty when it ended well.</param>
/// <param name="Corruption">Signature of the first corrupt event; empty when no sanitizer fails.</param>
/// <param name="Story">The page that tells it; empty where there is none.</param>
/// <param name="What">Its first sentence.</param>
internal sealed record KnownFailure(string Trace, string Collector, string Failure, string Corruption, string Story, string What);
