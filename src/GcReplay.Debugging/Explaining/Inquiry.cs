using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>One failure under inquiry: what is asked, and the chain as far as it is known.</summary>
internal sealed class Inquiry(Debugger debugger, RunFailure? failure, IReadOnlyList<Violation> violations)
{
    private readonly List<ChainLink> links = [];
    private ChainLink? cause;

    /// <summary>Answers who, when and where. Its own timeline stays where the user stands: ask <see cref="Debugger.At"/>.</summary>
    public Debugger Debugger => debugger;

    /// <summary>Answers what reasoning asks again and again.</summary>
    public Witness Witness { get; } = new(debugger);

    /// <summary>How the run ended; null when it ended well.</summary>
    public RunFailure? Failure => failure;

    /// <summary>The first violation of each sanitizer, earliest first.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>The first of all; null when no sanitizer ever fails.</summary>
    public Violation? Corruption => violations.Count == 0 ? null : violations[0];

    /// <summary>The failure first, the cause last, and in between back in time.</summary>
    public IReadOnlyList<ChainLink> Chain
    {
        get
        {
            var last = cause ?? links.Find(l => l.Role == ChainRole.Corruption);
            var others = links.Where(l => l != last).OrderBy(l => l.Role != ChainRole.Failure).ThenByDescending(l => l.Event);
            return last is null ? [.. others] : [.. others, last];
        }
    }

    /// <summary>What happened and why, in two sentences; empty until a reasoner knows.</summary>
    public string Summary { get; set; } = "";

    /// <summary>The first of them, as the clause of which it was made; empty until then.</summary>
    public string Why { get; set; } = "";

    public Progress Progress => debugger.Progress;

    /// <summary>Adds a link, unless the chain has one with this event and role, or its event is not in a window.</summary>
    public void Add(ChainLink link)
    {
        if ((link.Event > debugger.Timeline.Start || link.Role is ChainRole.Failure or ChainRole.Corruption) && !links.Any(l => l.Event == link.Event && l.Role == link.Role))
            links.Add(link);
    }

    /// <summary>As <see cref="Add(ChainLink)"/>.</summary>
    public void Add(long number, ChainRole role, string message, params IEnumerable<ulong> objects) =>
        Add(new ChainLink(number, role, message) { Objects = [.. objects] });

    /// <summary>Says which link is the cause. Without one the chain ends with the first corrupt event.</summary>
    public void End(ChainLink link)
    {
        links.RemoveAll(l => l.Event == link.Event && l.Role == link.Role);
        cause = link;
    }

    /// <summary>The state just after an event; before the first for 0. It is one and the same timeline each time: read what you need
    /// before you ask again.</summary>
    public Timeline At(long number) => debugger.At(number);

    /// <summary>Kind and operands of an event, with names of that moment.</summary>
    public string What(long number) => EventText.What(At(number));
}
