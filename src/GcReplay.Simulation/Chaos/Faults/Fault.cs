namespace GcReplay.Simulation.Chaos.Faults;

/// <summary>A planted fault as the code that has it sees it. Keep it in a field: asking one that the run does not have costs a test for null.</summary>
public sealed class Fault
{
    internal static readonly Fault None = new(null);

    private readonly ChoiceBook? choices;

    internal Fault(ChoiceBook? choices) => this.choices = choices;

    /// <summary>Whether it strikes here and now: each question is an occurrence of its own.</summary>
    public bool Strikes() => choices is not null && choices.FaultStrikes();
}
