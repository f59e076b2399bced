using System.Collections.Immutable;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>What a file says of a program at one revision.</summary>
internal sealed record ExpectedRun
{
    public required ImmutableArray<MutatorOperation> Operations { get; init; }

    public required ImmutableArray<PrebuiltShape> Prebuilts { get; init; }

    /// <summary>The state before the first operation.</summary>
    public required IncminimarkExpectation Initial { get; init; }

    /// <summary>Of the first operations; what the others leave is not known.</summary>
    public required ImmutableArray<IncminimarkExpectation> Expectations { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>Numbers that follow from the parameters.</summary>
    public required DerivedParameters Derived { get; init; }
}
