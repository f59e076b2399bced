using System.Collections.Immutable;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>An operation of a file, read: what the mutator does, by root slots and prebuilt objects.</summary>
/// <param name="Arguments">References (<see cref="NullReference"/> for a literal null), fields, indexes, lengths: what stands in the
/// file behind the name, in its order; for strings their length, for a
/// threshold the bits of the double.</param>
internal readonly record struct MutatorOperation(string Name, ImmutableArray<long> Arguments)
{
    /// <summary>Stands for a literal null among references.</summary>
    public const long NullReference = long.MinValue;

    /// <summary>Whether a reference is a prebuilt object: its index is the complement.</summary>
    public static bool IsPrebuilt(long reference) => reference is < 0 and not NullReference;
}
