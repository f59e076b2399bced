using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>Draws for each site anew how often it takes its default and which answer it likes: a run has a character, and rare mixes
/// come about. Source: Groce et al., Swarm Testing, ISSTA 2012.</summary>
internal sealed class SwarmStrategy : IChaosStrategy
{
    public string Name => "swarm";

    public string Summary => "each site has its own likes in each run: always the default, seldom anything else, one answer only";

    public IChoiceSource Source(ulong seed) => new Choices(seed);

    private sealed class Choices(ulong seed) : IChoiceSource
    {
        /// <summary>One in so many answers is not the default; 0 for none.</summary>
        private static readonly int[] Rarities = [0, 1, 2, 4, 16, 64];

        private readonly SeededChoices answers = new(seed);

        public int? Answer(in ChoiceAddress address, int n)
        {
            var character = StateHash.Combine(seed, SeededChoices.TextHash(address.Site));
            var rarity = Rarities[Dice.Share(StateHash.Combine(character, 1), Rarities.Length)];
            var hash = answers.Hash(address);
            if (rarity == 0 || Dice.Share(hash, rarity) != 0)
                return 0;
            // Half of the runs like one answer, among the first few where there are many: these are those that do something.
            var liked = StateHash.Combine(character, 2);
            return Dice.Share(StateHash.Combine(character, 3), 2) == 0
                ? 1 + Dice.Share(liked, Math.Min(n - 1, 4))
                : 1 + Dice.Share(StateHash.Combine(hash, 4), n - 1);
        }
    }
}
