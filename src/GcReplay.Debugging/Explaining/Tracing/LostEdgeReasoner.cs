using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A reference of which the collector should know and does not: from black to white while marking, from old to young between minor
/// collections, an item whose card is not set; and cards that nobody will look at.</summary>
internal sealed class LostEdgeReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "black-to-white" or "old-to-young" or "card-contents" };

    public void Explain(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        var violation = inquiry.Corruption!;
        if (BrokenStore.Explains(inquiry, violation.Event))
            return;
        var verdict = LostEdges.At(witness.ViewAt(violation.Event), violation.About) is { } edge
            ? new LostTrail(witness).NotTold(edge, violation.Event, violation.Code != "black-to-white")
            : Cards(witness, violation);
        if (verdict is null)
            return;
        if (LostEdges.At(witness.ViewAt(violation.Event), violation.About) is { } lost && Way(witness, lost, violation.Event) is { } way)
            inquiry.Add(new ChainLink(violation.Event, ChainRole.Evidence, way) { Objects = [lost.Target.Number] });
        FailureWalk.Add(inquiry);
        Conclusion.Add(inquiry, violation, verdict, violation.Object == 0 ? [] : [violation.Object]);
    }

    /// <summary>How the program can reach the target through the reference; null when it can not.</summary>
    private static string? Way(Witness witness, Edge edge, long number)
    {
        var view = witness.ViewAt(number);
        if (edge.Holder is not { } name || view.Object(name.Number) is not { } holder || view.Object(edge.Target.Number) is not { } target || Reach.Way(view, holder) is not { Count: > 0 } way)
            return null;
        return $"the program can reach {target}: {string.Join("; ", Reach.Shown(way))}; {edge.Name} -> {target}";
    }

    /// <summary>The list of objects with cards and what is on it do not agree.</summary>
    private static Verdict? Cards(Witness witness, Violation violation)
    {
        var o = new ObjectName(violation.Object, false);
        var dealings = witness.Dealings.With(o, 1, violation.Event);
        if (!witness.IsOnCardList(o, violation.Event))
        {
            var set = dealings.LastOrDefault(d => d.Kind == EventKind.Card).Number;
            return set == 0 ? null : new Verdict(set, $"{witness.What(set)}: sets a card, and the object is not put on {violation.List} behind it", "a card was set and its object was not listed");
        }

        var listed = dealings.LastOrDefault(d => d.Kind == EventKind.Push && witness.IsOnCardList(o, d.Number) && !witness.IsOnCardList(o, d.Number - 1)).Number;
        if (listed == 0)
            return null;
        var begin = witness.SpanBegin(listed);
        var barrier = dealings.LastOrDefault(d => d.Kind == EventKind.Barrier && d.Number >= begin && d.Number < listed).Number;
        return barrier == 0
            ? new Verdict(listed, $"{witness.What(listed)}: lists an object that has no cards", "an object without cards was listed as one with cards")
            : new Verdict(barrier, $"{witness.What(barrier)}: decides to list an object that has no cards", "a barrier listed an object without cards as one with cards")
                .With(new ChainLink(listed, ChainRole.Precondition, witness.What(listed)));
    }
}
