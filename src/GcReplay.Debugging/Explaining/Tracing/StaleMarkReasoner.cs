using GcReplay.Debugging.Provenance;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>An object carries the mark when nothing is marked: it was not taken off when it was swept, or set when nobody should.</summary>
internal sealed class StaleMarkReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "marked-outside-marking" };

    public void Explain(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        var violation = inquiry.Corruption!;
        var view = witness.ViewAt(violation.Event);
        if (view.ObjectAt(violation.About) is not { } marked)
            return;
        if (StaleMark.Of(witness, new ObjectName(marked.Number, marked.IsRuntime), violation.Event) is not { } verdict)
            return;
        Conclusion.Add(inquiry, violation, verdict, [marked.Number]);
    }
}
