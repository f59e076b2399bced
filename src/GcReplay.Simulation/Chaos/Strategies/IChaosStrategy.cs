namespace GcReplay.Simulation.Chaos.Strategies;

/// <summary>A way to answer choices from a seed.</summary>
public interface IChaosStrategy
{
    /// <summary>The value of <c>--set chaos.strategy=NAME</c>.</summary>
    string Name { get; }

    string Summary { get; }

    /// <summary>Answers for one run; the same seed and the same run get the same.</summary>
    IChoiceSource Source(ulong seed);
}
