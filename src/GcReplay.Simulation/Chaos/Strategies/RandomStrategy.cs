namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>Each answer as likely as any other.</summary>
internal sealed class RandomStrategy : IChaosStrategy
{
    public string Name => "random";

    public string Summary => "each answer is as likely as any other";

    public IChoiceSource Source(ulong seed) => new SeededChoices(seed);
}
