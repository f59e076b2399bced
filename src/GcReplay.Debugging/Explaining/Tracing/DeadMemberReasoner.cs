using GcReplay.Debugging.Provenance;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A container of the collector names what is dead: it was dead already when it was put there, or its death did not take it off.</summary>
internal sealed class DeadMemberReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "dead-list", Object: > 0 } violation && inquiry.At(violation.Event).View.List(violation.List) is null;

    public void Explain(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        var violation = inquiry.Corruption!;
        var dead = new ObjectName(violation.Object, false);
        if ((KeptDead.Of(witness, dead, violation.Event) ?? NotTakenOff(witness, dead, violation.List)) is not { } verdict)
            return;
        FailureWalk.Add(inquiry);
        Conclusion.Add(inquiry, violation, verdict, [violation.Object]);
    }

    private static Verdict? NotTakenOff(Witness witness, ObjectName dead, string list) =>
        witness.Debugger.Objects.Find(dead, witness.Progress) is { Death: > 0 } life
            ? new Verdict(life.Death, $"{witness.What(life.Death)}: frees it while it is on {list}", $"its death did not take it off {list}")
            : null;
}
