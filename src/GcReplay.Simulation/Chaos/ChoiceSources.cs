using System.IO.Hashing;
using System.Text;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Simulation.Chaos;

/// <summary>Answers by a hash of seed and address: no state, so that every decision stands alone.</summary>
public sealed class SeededChoices(ulong seed) : IChoiceSource
{
    public int? Answer(in ChoiceAddress address, int n) => Dice.Share(Hash(address), n);

    /// <summary>A well-mixed word of seed and address.</summary>
    internal ulong Hash(in ChoiceAddress address)
    {
        var hash = StateHash.Combine(seed, (ulong)address.Thread);
        hash = StateHash.Combine(hash, TextHash(address.Operation));
        hash = StateHash.Combine(hash, address.Iteration);
        hash = StateHash.Combine(hash, TextHash(address.Site));
        return StateHash.Combine(hash, (ulong)address.Occurrence);
    }

    internal static ulong TextHash(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
}

/// <summary>Answers what was answered before, by address.</summary>
public sealed class RecordedChoices : IChoiceSource
{
    // A statement that has to wait runs again under the same address, with another number of threads that can run.
    private readonly Dictionary<(ChoiceAddress Address, int Of), int> answers = [];

    public RecordedChoices(IEnumerable<RecordedChoice> choices)
    {
        foreach (var c in choices)
            answers[(new ChoiceAddress(c.Thread, c.Operation, c.Iteration, c.Site, c.Occurrence), c.Of)] = c.Chosen;
    }

    public int? Answer(in ChoiceAddress address, int n) => answers.TryGetValue((address, n), out var answer) ? answer : null;
}
