using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>Collects wherever a collector asks whether to collect here, a little or more of it; threads switch seldom.</summary>
/// <remarks>By convention such a site's name ends in <c>-here</c>, and its lowest answers are those that collect.</remarks>
internal sealed class EverywhereStrategy : IChaosStrategy
{
    public string Name => "everywhere";

    public string Summary => "an increment, or a small collection, at every point at which there can be one";

    public IChoiceSource Source(ulong seed) => new Choices(seed);

    private sealed class Choices(ulong seed) : IChoiceSource
    {
        private const int SwitchRarity = 8;

        private readonly SeededChoices others = new(seed);

        /// <summary>0 collects least, 1 more, 2 now this and now that.</summary>
        private readonly int how = Dice.Share(StateHash.Combine(seed, 1), 3);

        public int? Answer(in ChoiceAddress address, int n)
        {
            if (!address.Site.EndsWith("-here", StringComparison.Ordinal))
                return others.Answer(address, n);
            var most = Math.Min(2, n - 1);
            return how switch
            {
                0 => 1,
                1 => most,
                _ => 1 + Dice.Share(others.Hash(address), most),
            };
        }

        public int? AnswerWho(in ChoiceAddress address, ReadOnlySpan<int> threads)
        {
            var hash = others.Hash(address);
            return Dice.Share(hash, SwitchRarity) != 0 ? 0 : Dice.Share(StateHash.Combine(hash, 2), threads.Length);
        }
    }
}
