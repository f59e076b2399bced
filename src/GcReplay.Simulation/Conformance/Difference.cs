using System.Text.Json.Nodes;

namespace GcReplay.Simulation.Conformance;

/// <summary>A field that is not as the file has it.</summary>
/// <param name="Operation">Index of the operation in the file.</param>
/// <param name="Field">As the file calls it.</param>
/// <param name="Expected">What differs of it; null when the file has nothing there.</param>
/// <param name="Actual">The same of the run; null when the run has nothing there.</param>
/// <param name="Event">Number of the last event before it was seen; 0 when there was no run yet.</param>
public sealed record Difference(int Operation, string Field, JsonNode? Expected, JsonNode? Actual, long Event);

/// <summary>The differences of one program: all are counted, the first are kept.</summary>
public sealed class Differences
{
    private const int KeptMax = 100;

    private readonly List<Difference> kept = [];

    public int Count { get; private set; }

    public IReadOnlyList<Difference> Kept => kept;

    /// <summary>The last event of the run so far.</summary>
    internal long Event { get; set; }

    public void Add(int operation, string field, JsonNode? expected, JsonNode? actual)
    {
        Count++;
        if (kept.Count < KeptMax)
            kept.Add(new Difference(operation, field, expected, actual, Event));
    }
}
