using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes;

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
    /// <summary>Words in live cells up to which a heap is looked through at each position.</summary>
    private const ulong LookedThroughWords = 50_000;

    private (ulong Number, CommandResult Answer)? biography;
    private readonly Dictionary<ObjectTab, (ulong Hash, ulong Number, long Position, IReadOnlyList<Line> Rows)> found = [];
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

    /// <summary>Whether the user asked for this side just now: then a large heap is looked through, too.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Rows that take a look through the heap, made once for each state. In a large heap those of an earlier position are kept, and say so,
    /// until they are asked for again.</summary>
    public IReadOnlyList<Line> Looked(Timeline timeline, ulong number, string key, Func<IReadOnlyList<Line>> look)
    {
        var hash = timeline.Space.Hash;
        var isKnown = found.TryGetValue(Tab, out var known) && known.Number == number;
        if (isKnown && known.Hash == hash)
            return known.Rows;
        if (isKnown && !IsAsked && timeline.Shadow.LiveWords > LookedThroughWords)
            return [Line.Of($"as of event {known.Position}; {key} looks again", Ink.Changed), .. known.Rows];
        var rows = look();
        found[Tab] = (hash, number, timeline.Position, rows);
        return rows;
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
