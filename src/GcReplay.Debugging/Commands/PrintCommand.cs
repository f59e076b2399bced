using System.Text.Json.Nodes;
using GcReplay.Debugging.Expressions;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

public sealed class PrintCommand : Command
{
    public override string Name => "print";

    public override IReadOnlyList<string> Aliases => ["p"];

    public override string Usage => "print EXPR";

    public override string Summary => "what an expression comes to here; see help expressions";

    public override string Example => "print owner(#2) != birthplace(#2)";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, int.MaxValue);
        var expression = Expression.Read(debugger, arguments.Text);
        var value = expression.Evaluate(Moment.Of(debugger.Timeline));
        if (value.IsUnknown)
            throw Unknown(debugger, expression, value);
        var text = ValueText.Of(debugger.Timeline, value);
        return new CommandResult([$"{expression.Text} = {text}"], new JsonObject
        {
            ["expression"] = expression.Text,
            ["kind"] = value.Kind.ToString().ToLowerInvariant(),
            ["value"] = value.Kind switch
            {
                ValueKind.Truth => value.Bits != 0,
                ValueKind.Number => value.Bits,
                _ => text,
            },
        });
    }

    internal static GcReplayException Unknown(Debugger debugger, Expression expression, in Value value)
    {
        var name = ObjectName.FromOperand(value.Number);
        return value.Number != 0 && debugger.Lives.Text(name) is { } absence
            ? new GcReplayException($"{expression.Text} has no answer: {absence}")
            : new GcReplayException($"{expression.Text} has no answer at position {debugger.Timeline.Position}: {value.Text}");
    }
}
