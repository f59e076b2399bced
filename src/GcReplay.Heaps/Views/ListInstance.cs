using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Whose memory the head of a list lies in.</summary>
public enum HeadState
{
    Live = 0,

    /// <summary>In memory that was freed and not reused: its words are what the allocator left.</summary>
    Freed,

    Unmapped,

    /// <summary>In memory that was freed and belongs to something else by now.</summary>
    Reused,
}

/// <summary>What can be wrong with a list at one member.</summary>
public enum ListFaultKind
{
    /// <summary>A next word names memory that is not mapped, or no word's address.</summary>
    Unmapped = 0,

    /// <summary>A next word of a ring is 0.</summary>
    Open,

    /// <summary>A next word leads back to a member that is not the head.</summary>
    Repeat,

    /// <summary>A next word names a freed object.</summary>
    Dead,

    /// <summary>A next word names the head of another list.</summary>
    OtherHead,

    /// <summary>A next word names memory where no object has its links.</summary>
    NoObject,

    /// <summary>A prev word does not name the member before.</summary>
    Prev,

    /// <summary>There is no head to start from.</summary>
    NoHead,
}

/// <summary>One thing that is wrong with a list.</summary>
/// <param name="Position">Index of the member whose link is wrong; -1 for the head.</param>
/// <param name="Node">The node whose link word is wrong.</param>
/// <param name="Found">What the link word names.</param>
/// <param name="IsPrev">Whether the wrong word is a prev word.</param>
public sealed record ListFault(ListFaultKind Kind, int Position, Address Node, Address Found, string Message, bool IsPrev = false);

/// <summary>A list walked from its head: addresses of the member objects in order, and what is wrong with it.</summary>
/// <param name="IsWhole">Whether the walk came back to the head, or to the 0 that ends a list that is no ring.</param>
public sealed record ListWalk(IReadOnlyList<Address> Members, IReadOnlyList<ListFault> Faults, bool IsWhole);

/// <summary>A linked list: a head in a struct of the runtime.</summary>
public sealed class ListInstance
{
    private readonly HeapView view;

    internal ListInstance(HeapView view, StructInstance holder, LinkedList container)
    {
        this.view = view;
        Holder = holder;
        Container = container;
        Family = LinkFamily.Of(container);
    }

    /// <summary>The struct that contains the head.</summary>
    public StructInstance Holder { get; }

    public LinkedList Container { get; }

    public LinkFamily Family { get; }

    /// <summary><c>main.generation2</c>.</summary>
    public string Name => field ??= $"{Holder.Name}.{Container.Name}";

    public Address Head => Holder.Address + Container.Offset;

    public HeadState HeadState =>
        !view.Space.IsMapped(Head) ? HeadState.Unmapped
        : view.Shadow.IsFreed(Head) ? HeadState.Freed
        : Holder.HasEnded ? HeadState.Reused
        : HeadState.Live;

    /// <summary>The interpreter that the members belong to; null for a list of the whole process.</summary>
    public Owner? Owner => Holder.Interpreter is { } interpreter ? new Owner(interpreter, Holder.HasEnded) : null;

    /// <summary>Phase of the collection that holds the list or whose record it lies in; null when none does.</summary>
    public int? Phase => view.PhaseOf(this);

    /// <summary>Whether the members' prev words are links at present.</summary>
    public bool PrevIsValid =>
        Container.PrevOffset >= 0
        && (Container.PrevInvalidIn.IsDefaultOrEmpty || Phase is not { } phase || !Container.PrevInvalidIn.Contains(view.PhaseName(phase)));

    /// <summary>Whether the head says that the list has no members.</summary>
    public bool IsEmpty =>
        view.TryRead(Head + Container.NextOffset, out var word)
        && (Container.IsCircular ? Family.Address(word) == Head : Family.Address(word).IsNull);

    /// <summary>Follows the list from its head; stops at a repeat, at another head, at memory that holds no node, and after
    /// <paramref name="membersMax"/> members.</summary>
    /// <remarks>Cost: the members.</remarks>
    public ListWalk Walk(int membersMax = HeapView.ChainMax) => new ListWalker(view, this, membersMax).Walk();
}
