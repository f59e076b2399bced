using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Stops;

namespace GcReplay.Debugging.Commands;

public sealed class BreakCommand(bool temporary) : Command
{
    public override string Name => temporary ? "tbreak" : "break";

    public override IReadOnlyList<string> Aliases => temporary ? [] : ["b"];

    public override string Usage => $"{Name} [{StopPlaces.Usage}] [if EXPR]";

    public override string Summary => temporary
        ? "like break, and deleted when it stopped a run"
        : "stops at a kind of event, an object, a phase, a line of the program, a label, a site of the collector, a sanitizer's finding";

    public override string Example => temporary ? "tbreak #2" : "break Store if event.object == #2";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var (words, guard) = Guards.Split(debugger, arguments);
        var condition = words.Count == 0 ? new AtAny() : StopPlaces.Read(debugger, arguments, words);
        var stop = debugger.Stops.Add(condition, temporary, guard);
        return new CommandResult([stop.ToString()], StopJson.Of(stop));
    }
}

/// <summary>The condition behind <c>if</c>.</summary>
internal static class Guards
{
    /// <summary>The words in front of <c>if</c>, and what stands behind it.</summary>
    public static (IReadOnlyList<string> Words, Expression? Guard) Split(Debugger debugger, Arguments arguments)
    {
        var words = Enumerable.Range(0, arguments.Count).Select(i => arguments[i]).ToList();
        var at = words.IndexOf("if");
        if (at < 0)
            return (words, null);
        if (at == words.Count - 1)
            throw arguments.Wrong("a condition is missing behind if");
        return (words[..at], Expression.Condition(debugger, string.Join(' ', words[(at + 1)..])));
    }
}
