using GcReplay.Debugging.Stops;

namespace GcReplay.Debugging.Commands;

public sealed class StepCommand(bool forward) : Movement(forward)
{
    public override string Name => Forward ? "step" : "reverse-step";

    public override IReadOnlyList<string> Aliases => Forward ? ["s"] : ["rs"];

    public override string Summary => Forward ? "one event on, of any thread" : "one event back, of any thread";

    public override string Example => Forward ? "step 10" : "rs";

    protected override Halt Move(Debugger debugger, long count) => debugger.Runner.Step(count, Forward, debugger.Progress);
}

public sealed class NextCommand(bool forward) : Movement(forward)
{
    public override string Name => Forward ? "next" : "reverse-next";

    public override IReadOnlyList<string> Aliases => Forward ? ["n"] : ["rn"];

    public override string Summary => Forward
        ? "to this thread's next event that is not deeper: over what an operation, collection or phase does, to its end"
        : "to this thread's previous event that is not deeper";

    public override string Example => Forward ? "next" : "reverse-next 3";

    protected override Halt Move(Debugger debugger, long count) =>
        Repeat(count, false, () => debugger.Runner.Next(Forward, debugger.Progress));
}

public sealed class FinishCommand(bool forward) : Movement(forward)
{
    public override string Name => Forward ? "finish" : "reverse-finish";

    public override IReadOnlyList<string> Aliases => Forward ? ["fin"] : ["rfin"];

    public override string Summary => Forward
        ? "to the end of the innermost operation, collection, phase or script that this thread is in"
        : "to the beginning of the innermost operation, collection, phase or script that this thread is in";

    public override string Example => Forward ? "finish" : "rfin";

    protected override Halt Move(Debugger debugger, long count) =>
        Repeat(count, false, () => debugger.Runner.Finish(Forward, debugger.Progress));
}

public sealed class ContinueCommand(bool forward) : Movement(forward)
{
    public override string Name => Forward ? "continue" : "reverse-continue";

    public override IReadOnlyList<string> Aliases => Forward ? ["c"] : ["rc"];

    public override string Summary => Forward
        ? "on to a breakpoint, watchpoint, crash, assertion, hang, hazard or finding"
        : "back to a breakpoint, watchpoint, crash, assertion, hang, hazard or finding";

    public override string Example => Forward ? "continue" : "rc";

    protected override Halt Move(Debugger debugger, long count) =>
        Repeat(count, true, () => debugger.Runner.Continue(Forward, debugger.Progress));
}
