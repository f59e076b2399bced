using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs.Importing;

/// <summary>A recording as a heap program of one thread without loops, and what the recording says must come of each object.</summary>
/// <param name="Objects">In order of birth: number 1 is first, as the run will number them.</param>
/// <param name="Kept">How many objects got a global although slots hold them and the recording knows no roots of them: no root reaches
/// them, and yet something happens to them later.</param>
public sealed record ImportedProgram(HeapProgram Program, ImmutableArray<ImportedObject> Objects, int Kept)
{
    /// <summary>In order of the recording. With reference counting and no collection, the object is alive before the statement of
    /// this label and freed by it.</summary>
    public ImmutableArray<ExpectedDeath> Deaths =>
        [.. Objects.Where(one => one.Death > 0).OrderBy(one => one.Death).Select(one => new ExpectedDeath(Label(one.Death), one.Number))];

    /// <summary>Objects that the recording leaves alive.</summary>
    public IEnumerable<ImportedObject> Survivors => Objects.Where(one => one.Death == 0);

    /// <summary>The label of a statement by its ordinal.</summary>
    public static string Label(int ordinal) => $"{ProgramNames.Main}/{ordinal}";
}

/// <param name="Number">N of <c>#N</c>.</param>
/// <param name="Birth">Ordinal of the statement that makes it, from 1.</param>
/// <param name="ReachableUntil">Ordinal of the last statement after which the program surely still reaches it: no collector may free it
/// before. An object with a death is reachable until the statement before that.</param>
/// <param name="Death">Ordinal of the statement that drops the last reference to it, or 0.</param>
public sealed record ImportedObject(int Number, int Birth, int ReachableUntil, int Death);

public sealed record ExpectedDeath(string Label, int Object);
