using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Reports.Scenes;

/// <summary>What is shown of the state after one event.</summary>
internal sealed record Scene(long Position)
{
    /// <summary>Kind and operands of the event, with names of that moment.</summary>
    public required string What { get; init; }

    /// <summary>Its thread and statement.</summary>
    public required string Where { get; init; }

    /// <summary>The interpreter that runs the event; empty when words do not say.</summary>
    public required string Actor { get; init; }

    /// <summary>Collections under way, and interpreters with what became of them.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>Lines of the program that threads are at, from 1.</summary>
    public required IReadOnlyList<int> Lines { get; init; }

    /// <summary>Numbers of the objects that the event names.</summary>
    public required IReadOnlyList<ulong> Named { get; init; }

    /// <summary>By number.</summary>
    public required IReadOnlyList<SceneObject> Objects { get; init; }

    /// <summary>Living objects that are not shown; null for too many to count.</summary>
    public required int? Others { get; init; }

    /// <summary>References between what is shown.</summary>
    public required IReadOnlyList<SceneEdge> Edges { get; init; }

    /// <summary>Lists and other containers of the runtime, those without members aside.</summary>
    public required IReadOnlyList<SceneList> Lists { get; init; }

    /// <summary>Names of those without members.</summary>
    public required IReadOnlyList<string> EmptyLists { get; init; }
}

/// <summary>An object of the cast.</summary>
/// <param name="Label"><c>#2 method 'compile'</c>.</param>
/// <param name="Owner">The interpreter whose list it is on; empty for none.</param>
/// <param name="Words">Counts and flags of its header that are not zero.</param>
/// <param name="References">What it refers to, in words.</param>
internal sealed record SceneObject(
    ulong Number, string Label, ObjectState State, Colour Colour, string Birthplace, string Owner, bool IsOwnerDestroyed, string List, string Words,
    string References);

/// <summary>A reference from a root or an object of the cast to one.</summary>
/// <param name="From">0 for a root.</param>
/// <param name="Place">Of the root, or the slot in the object.</param>
/// <param name="IsDead">Whether what it names is freed.</param>
internal sealed record SceneEdge(ulong From, string Place, ulong To, bool IsOwned, bool IsDead);

/// <summary>A list, or another container of the runtime.</summary>
/// <param name="Caption">What there is to know beside the members.</param>
/// <param name="HeadState">Null for a container that is no linked list: it is drawn without links.</param>
/// <param name="Members">Those that are shown.</param>
/// <param name="Ending">What the last link leads to; empty when it is the head again.</param>
internal sealed record SceneList(
    string Name, string Caption, HeadState? HeadState, bool IsBroken, IReadOnlyList<SceneMember> Members, string Ending, bool IsCircular);

/// <summary>A member of a list.</summary>
/// <param name="Number">Of an object; 0 for what is none.</param>
/// <param name="Skipped">Members before it that are not shown.</param>
/// <param name="IsPrevBroken">Whether its link to the one before is wrong, or names freed memory.</param>
/// <param name="IsNextBroken">The same of the link to the one after it.</param>
/// <param name="HasPrev">Whether its prev word is a link now.</param>
internal sealed record SceneMember(
    ulong Number, string Label, Colour Colour, ObjectState State, long Skipped, bool IsPrevBroken, bool IsNextBroken, bool HasPrev, string Fault);
