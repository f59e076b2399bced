using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>The kinds a type can have. Whether the run's collector knows a kind is checked when the program is compiled.</summary>
public static class ObjectKinds
{
    /// <summary>Slots that hold references, seen by the collector.</summary>
    public const string Plain = "plain";

    /// <summary>No references: invisible to a collector that only looks for cycles.</summary>
    public const string Leaf = "leaf";

    public static readonly ImmutableArray<string> All = [Plain, Leaf];

    /// <summary>Every program's types begin with these: a kind's name is a type without a declaration.</summary>
    public static readonly ImmutableArray<TypeDeclaration> Types = [.. All.Select(kind => new TypeDeclaration(kind, kind, 0))];
}
