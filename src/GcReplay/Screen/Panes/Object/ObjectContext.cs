using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes.Object;

/// <summary>The sides that an object is shown from.</summary>
internal enum ObjectTab
{
    /// <summary>What it is, and its words.</summary>
    Fields = 0,

    /// <summary>What refers to it.</summary>
    In,

    /// <summary>The way from a root to it.</summary>
    Path,

    /// <summary>Its biography.</summary>
    Life,
}

/// <summary>From which side the object is shown, and what was asked about it: such answers look through the heap or the trace.</summary>
internal sealed class ObjectContext
{
    private (ulong Number, CommandResult Answer)? biography;
    private (ulong Hash, Address Target, IReadOnlyList<Reference> References, IReadOnlyList<Reference> Links)? referrers;
    private (ulong Number, ObjectTab Tab) shown;

    public PaneScroll Scroll { get; } = new();

    public ObjectTab Tab { get; set; }

    /// <summary>The field of the selected row: the selection stays on it, whichever object comes into focus.</summary>
    public string Field { get; set; } = "";

    /// <summary>Whether the object or its side is another than at the last call.</summary>
    public bool IsNew(ulong number)
    {
        var isNew = shown != (number, Tab);
        shown = (number, Tab);
        return isNew;
    }

    /// <summary>What refers to an object, and which links of lists name it.</summary>
    /// <remarks>Cost: all slots of all living objects, once for each state.</remarks>
    public (IReadOnlyList<Reference> References, IReadOnlyList<Reference> Links) Referrers(HeapView view, Address target)
    {
        if (referrers is not { } known || known.Hash != view.Space.Hash || known.Target != target)
            referrers = known = (view.Space.Hash, target, [.. view.ReferrersOf(target)], [.. view.LinksTo(target)]);
        return (known.References, known.Links);
    }

    /// <summary>An object's life, as the command tells it.</summary>
    /// <remarks>Cost: a pass through the events that name it, once.</remarks>
    public CommandResult Biography(Debugger debugger, ulong number)
    {
        if (biography is not { } known || known.Number != number)
        {
            var command = new BiographyCommand();
            biography = known = (number, command.Run(debugger, new Arguments(command, [$"#{ObjectNumber.Text(number)}"])));
        }

        return known.Answer;
    }
}
