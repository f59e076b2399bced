using System.Globalization;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

public sealed class GotoCommand : Command
{
    public override string Name => "goto";

    public override IReadOnlyList<string> Aliases => ["g"];

    public override string Usage => "goto N|N%|start|end|failure|first-bad|mark NAME";

    public override string Summary => "to the position just after event N, or to a named place, whatever lies between";

    public override string Example => "goto failure";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        if (arguments.Count == 2 && arguments[0] != "mark")
            throw arguments.Wrong($"'{arguments[1]}' is too much");
        var from = debugger.Timeline.Position;
        debugger.Timeline.MoveTo(Target(debugger, arguments), debugger.Progress);
        return Arrival.Result(debugger, new Halt(HaltReason.Arrived, []), from);
    }

    private static long Target(Debugger debugger, Arguments arguments)
    {
        var end = debugger.Timeline.EventCount;
        var text = arguments[0];
        return text switch
        {
            "start" => 0,
            "end" => end,
            "failure" => debugger.FailureEvent() is var failure and > 0
                ? failure
                : throw new GcReplayException(
                    $"this run did not fail: no crash, assertion, hang or hazard in {end} events. To look for corruption: first-bad"),
            "mark" => Marked(debugger, arguments),
            "first-bad" => FirstBadCommand.Find(debugger).Event,
            _ when text.EndsWith('%') => Percent(text[..^1], end) ?? throw arguments.Wrong($"'{text}' is not 0% to 100%"),
            _ => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw arguments.Wrong($"'{text}' is no position"),
        };
    }

    private static long Marked(Debugger debugger, Arguments arguments)
    {
        if (arguments.Count == 1)
            throw arguments.Wrong("the mark's name is missing");
        return debugger.Notebook.Find(arguments[1])?.Position ?? throw new GcReplayException(
            $"there is no mark '{arguments[1]}'{(Spelling.Suggest(arguments[1], debugger.Notebook.Marks().Select(m => m.Name)) is { Length: > 0 } hint ? hint : ".")} For those there are: marks");
    }

    private static long? Percent(string text, long end) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
            ? (long)(percent * end / 100)
            : null;
}
