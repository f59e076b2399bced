using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>One invariant of a heap.</summary>
public interface ISanitizer
{
    /// <summary>Short and stable: the code of its violations, part of a failure's signature.</summary>
    string Name { get; }

    /// <summary>The invariant as a sentence.</summary>
    string Claim { get; }

    /// <summary>The kinds of event after which the invariant can have to hold: after others nobody asks.</summary>
    IReadOnlyList<EventKind> Kinds { get; }

    /// <summary>Whether the invariant can have to hold in heaps of a layout: of others nobody asks it.</summary>
    bool IsPromised(HeapView view) => true;

    /// <summary>Whether the invariant must hold after this event, which is of one of <see cref="Kinds"/>.</summary>
    /// <param name="view">At the state after the event.</param>
    bool HoldsAfter(in Event e, HeapView view);

    /// <summary>False when the index of what changed rules out that the invariant is broken. Ask only where it must hold. Cost: what
    /// changed since it was asked last.</summary>
    /// <param name="index">At the state after the event.</param>
    bool MayFail(HeapIndex index, in Event after) => true;

    /// <summary>Where the invariant is broken; empty when it holds. Ask only where it must hold. Looks at the whole heap.</summary>
    /// <param name="number">Of the event.</param>
    IEnumerable<Violation> Check(HeapView view, in Event after, long number);
}
