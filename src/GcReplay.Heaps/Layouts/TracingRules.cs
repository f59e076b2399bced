using System.Collections.Immutable;

namespace GcReplay.Heaps.Layouts;

/// <summary>What a collector that finds garbage by tracing promises about its words: with it checks tell a collector that is wrong
/// from one that is at work. What is left out is not promised.</summary>
/// <remarks>Conditions are about objects. Lists of the collector are named as conditions name them.</remarks>
public sealed record TracingRules
{
    /// <summary>Phases in which no black object may refer to a white one; empty: those with "mark" in their names.</summary>
    public ImmutableArray<string> MarkingPhases { get; init; } = [];

    /// <summary>Phases in which garbage may wait to be freed after other garbage; empty: those with "sweep" in their names.</summary>
    public ImmutableArray<string> SweepingPhases { get; init; } = [];

    /// <summary>Phases in which, between operations, no object carries the mark.</summary>
    public ImmutableArray<string> UnmarkedPhases { get; init; } = [];

    /// <summary>An object that carries the mark.</summary>
    public Condition? Marked { get; init; }

    /// <summary>An object that is never freed, so that what it refers to must live; with any of these conditions.</summary>
    public ImmutableArray<Condition> Immortal { get; init; } = [];

    /// <summary>Lists that keep their members alive as roots do.</summary>
    public ImmutableArray<string> StrongLists { get; init; } = [];

    /// <summary>Lists whose members must be living objects.</summary>
    public ImmutableArray<string> LiveLists { get; init; } = [];

    /// <summary>A young object, which the next minor collection moves or frees; with any of these conditions.</summary>
    public ImmutableArray<Condition> Young { get; init; } = [];

    /// <summary>Lists of old objects whose references the next minor collection looks at.</summary>
    public ImmutableArray<string> Remembered { get; init; } = [];

    /// <summary>List of old objects of which the next minor collection looks at the items whose cards are set; empty when there are no
    /// cards.</summary>
    public string CardList { get; init; } = "";

    /// <summary>All lists by which the next minor collection finds old objects.</summary>
    public IEnumerable<string> YoungSources => CardList.Length == 0 ? Remembered : Remembered.Append(CardList);

    /// <summary>What remains where an object moved away: no living object looks so.</summary>
    public Condition? Forwarded { get; init; }

    /// <summary>Map from young objects to the places, of runtime objects, that they will move to; empty when there is none.</summary>
    public string Shadows { get; init; } = "";

    /// <summary>An object that is a key of <see cref="Shadows"/>.</summary>
    public Condition? HasShadow { get; init; }
}
