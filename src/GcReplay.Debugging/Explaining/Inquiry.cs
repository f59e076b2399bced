using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>One failure under inquiry: what is asked, and the chain as far as it is known.</summary>
internal sealed class Inquiry(Debugger debugger, RunFailure? failure, IReadOnlyList<Violation> violations)
{
    private readonly List<ChainLink> chain = [];

    /// <summary>Answers who, when and where. Its own timeline stays where the user stands: ask <see cref="Debugger.At"/>.</summary>
    public Debugger Debugger => debugger;

    /// <summary>How the run ended; null when it ended well.</summary>
    public RunFailure? Failure => failure;

    /// <summary>The first violation of each sanitizer, earliest first.</summary>
    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>The first of all; null when no sanitizer ever fails.</summary>
    public Violation? Corruption => violations.Count == 0 ? null : violations[0];

    public IReadOnlyList<ChainLink> Chain => chain;

    /// <summary>What happened and why, in two sentences; empty until a reasoner knows.</summary>
    public string Summary { get; set; } = "";

    public Progress Progress => debugger.Progress;

    /// <summary>Adds a link, unless the chain has one with this event and role.</summary>
    public void Add(ChainLink link)
    {
        if (!chain.Any(l => l.Event == link.Event && l.Role == link.Role))
            chain.Add(link);
    }

    /// <summary>As <see cref="Add(ChainLink)"/>.</summary>
    public void Add(long number, ChainRole role, string message, params IEnumerable<ulong> objects) =>
        Add(new ChainLink(number, role, message) { Objects = [.. objects] });

    /// <summary>As <see cref="Add(ChainLink)"/>, in front of the first link with an earlier event; nothing for one that is not in a window.</summary>
    public void AddInOrder(ChainLink link)
    {
        if (link.Event <= debugger.Timeline.Start || chain.Any(l => l.Event == link.Event && l.Role == link.Role))
            return;
        var at = chain.FindIndex(l => l.Event < link.Event);
        chain.Insert(at < 0 ? chain.Count : at, link);
    }

    /// <summary>Makes a link the last one: the cause.</summary>
    public void End(ChainLink cause)
    {
        chain.RemoveAll(l => l.Event == cause.Event && l.Role == cause.Role);
        chain.Add(cause);
    }

    /// <summary>The state just after an event; before the first for 0. It is one and the same timeline each time: read what you need
    /// before you ask again.</summary>
    public Timeline At(long number) => debugger.At(number);

    /// <summary>Kind and operands of an event, with names of that moment.</summary>
    public string What(long number) => EventText.What(At(number));
}
