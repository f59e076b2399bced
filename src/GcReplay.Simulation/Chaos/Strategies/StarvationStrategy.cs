using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>In windows of time one thread does not get to run as long as another can, and in some of them nothing collects.
/// Source: rr's chaos mode (O'Callahan, "Introducing rr chaos mode", 2016).</summary>
/// <remarks>Its state is how often threads could switch so far.</remarks>
internal sealed class StarvationStrategy : IChaosStrategy
{
    public string Name => "starvation";

    public string Summary => "for a while one thread does not run, or nothing is collected (rr's chaos mode)";

    public IChoiceSource Source(ulong seed) => new Choices(seed);

    private sealed class Choices(ulong seed) : IChoiceSource
    {
        private readonly SeededChoices others = new(seed);

        /// <summary>Switches in a window.</summary>
        private readonly ulong length = 4UL << Dice.Share(StateHash.Combine(seed, 1), 6);

        private ulong switches;

        public int? Answer(in ChoiceAddress address, int n) =>
            Dice.Share(Draw(2), 3) == 0 && address.Site.EndsWith("-here", StringComparison.Ordinal) ? 0 : others.Answer(address, n);

        public int? AnswerWho(in ChoiceAddress address, ReadOnlySpan<int> threads)
        {
            switches++;
            var answer = others.Answer(address, threads.Length)!.Value;
            // The starved thread is drawn among few numbers: those of a program are small.
            return threads[answer] == Dice.Share(Draw(3), 4) ? (answer + 1) % threads.Length : answer;
        }

        private ulong Draw(ulong what) => StateHash.Combine(StateHash.Combine(seed, what), switches / length);
    }
}
