
namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>A reference of which the collector should know and does not: from black to white while marking, from old to young between minor
/// collections, an item whose card is not set.</summary>
internal sealed class LostEdgeReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "black-to-white" or "old-to-young" or "card-contents" };

    public void Explain(Inquiry inquiry)
    {
        var scene = new Scene(inquiry.Debugger);
        var violation = inquiry.Corruption!;
        if (LostEdges.At(scene.ViewAt(violation.Event), violation.About) is not { } edge)
            return;
        var verdict = new LostTrail(scene).NotTold(edge, violation.Event, violation.Code != "black-to-white");
        foreach (var link in verdict.Before)
            inquiry.Add(link);
        inquiry.End(new ChainLink(verdict.Event, ChainRole.Decision, verdict.What) { Objects = [edge.Target.Number] });
        inquiry.Summary = $"After event {violation.Event}, {violation.Message}. The cause is at event {verdict.Event}: {verdict.Why}.";
    }
}
