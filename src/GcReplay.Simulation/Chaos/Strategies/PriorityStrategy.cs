using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>Threads have priorities, and the highest that can run does; at a few points the one that runs falls behind all others.
/// Source: Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010 (PCT).</summary>
/// <remarks>Its state is how often threads could switch so far. Other sites are answered at random.</remarks>
internal sealed class PriorityStrategy : IChaosStrategy
{
    public string Name => "priorities";

    public string Summary => "the thread of highest priority runs, until it falls behind at one of a few points (PCT)";

    public IChoiceSource Source(ulong seed) => new Choices(seed);

    private sealed class Choices(ulong seed) : IChoiceSource
    {
        private readonly SeededChoices others = new(seed);

        /// <summary>One in so many switches is a point at which priorities change.</summary>
        private readonly int rarity = 4 << Dice.Share(StateHash.Combine(seed, 1), 5);

        private readonly Dictionary<int, ulong> priorities = [];
        private ulong switches;

        public int? Answer(in ChoiceAddress address, int n) => others.Answer(address, n);

        public int? AnswerWho(in ChoiceAddress address, ReadOnlySpan<int> threads)
        {
            switches++;
            var best = Best(threads);
            if (Dice.Share(StateHash.Combine(StateHash.Combine(seed, 2), switches), rarity) != 0)
                return best;
            // Lower than any at the start, and lower than any that fell before.
            priorities[threads[best]] = ulong.MaxValue / 2 - switches;
            return Best(threads);
        }

        private int Best(ReadOnlySpan<int> threads)
        {
            var best = 0;
            for (var i = 1; i < threads.Length; i++)
            {
                if (PriorityOf(threads[i]) > PriorityOf(threads[best]))
                    best = i;
            }

            return best;
        }

        private ulong PriorityOf(int thread) =>
            priorities.TryGetValue(thread, out var fallen) ? fallen : StateHash.Combine(StateHash.Combine(seed, 3), (ulong)thread) | 1UL << 63;
    }
}
