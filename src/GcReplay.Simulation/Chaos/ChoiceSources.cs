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
/// <remarks>A statement that has to wait runs again under the same address: of answers with one address and one number of alternatives
/// each is given once, in order, the last for good.</remarks>
public sealed class RecordedChoices : IChoiceSource
{
    private readonly Dictionary<(ChoiceAddress Address, int Of), Answers> answers = [];

    public RecordedChoices(IEnumerable<RecordedChoice> choices)
    {
        foreach (var c in choices)
        {
            var key = (new ChoiceAddress(c.Thread, c.Operation, c.Iteration, c.Site, c.Occurrence), c.Of);
            if (answers.TryGetValue(key, out var known))
                (known.Later ??= []).Enqueue(c.Chosen);
            else
                answers.Add(key, new Answers { Next = c.Chosen });
        }
    }

    public int? Answer(in ChoiceAddress address, int n)
    {
        if (!answers.TryGetValue((address, n), out var known))
            return null;
        var answer = known.Next;
        if (known.Later is { Count: > 0 } later)
            known.Next = later.Dequeue();
        return answer;
    }

    private sealed class Answers
    {
        public required int Next { get; set; }

        public Queue<int>? Later { get; set; }
    }
}
