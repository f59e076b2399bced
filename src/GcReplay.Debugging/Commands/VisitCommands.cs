using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

/// <summary>Through the positions that this session was at.</summary>
public sealed class VisitCommand(bool forward) : Command
{
    public override string Name => forward ? "forward" : "back";

    public override string Usage => $"{Name} [COUNT]";

    public override string Summary => forward
        ? "to the position that back came from"
        : "to the position before the last movement, and further with each";

    public override string Example => forward ? "forward" : "back 2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var visits = debugger.Visits;
        var room = forward ? visits.Ahead : visits.Behind;
        if (room == 0)
            throw new GcReplayException(forward ? "there is no position to go forward to: back was not given since the last movement. Try: next" : "there is no earlier position of this session. Try: goto start");
        var count = (int)Math.Min(arguments.CountAt(0, 1), room);
        var from = debugger.Timeline.Position;
        debugger.Timeline.MoveTo(visits.Peek(forward ? count : -count), debugger.Progress);
        visits.Go(forward ? count : -count);
        return Arrival.Result(debugger, new Halt(HaltReason.Arrived, []), from);
    }
}

public sealed class FenceCommand : Command
{
    public override string Name => "fence";

    public override string Usage => "fence [N|here|off]";

    public override string Summary => "a position that runs backwards do not pass; alone, says where it is";

    public override string Example => "fence 50";

    public override bool IsRepeatable => false;

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(0, 1);
        var end = debugger.Timeline.EventCount;
        if (arguments.Count == 1)
        {
            debugger.Runner.Fence = arguments[0] switch
            {
                "off" => 0,
                "here" => debugger.Timeline.Position,
                _ => long.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position <= end
                    ? position
                    : throw arguments.Wrong($"'{arguments[0]}' is no position from 0 to {end}"),
            };
        }

        var fence = debugger.Runner.Fence;
        return new CommandResult(
            [fence == 0 ? "no fence: runs backwards go to the start of the trace" : $"runs backwards that start behind position {fence} end there"],
            new JsonObject { ["fence"] = fence == 0 ? null : fence });
    }
}
