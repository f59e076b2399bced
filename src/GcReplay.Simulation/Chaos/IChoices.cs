namespace GcReplay.Simulation.Chaos;

/// <summary>Answers every nondeterministic decision of a run.</summary>
public interface IChoices
{
    /// <summary>An answer from 0 to <paramref name="n"/> - 1 for the decision at <paramref name="site"/>; 0 is the default. The
    /// rest of the decision's address (thread, operation, iteration, occurrence) is known to the implementer.</summary>
    /// <param name="n">At least 1; with 1 nothing is asked and nothing recorded.</param>
    int Choose(int n, string site);
}
