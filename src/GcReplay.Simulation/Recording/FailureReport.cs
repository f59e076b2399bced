using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>Makes the last event of a run that can not go on, and says in words what happened.</summary>
internal sealed class FailureReport(Journal journal, TraceHeader header)
{
    /// <summary>Adds the event of a fault. The event that it interrupts keeps the words already written.</summary>
    public RunFailure Record(SimulatedFault fault)
    {
        // Hazards of the interrupted event come first: they happened before the fault.
        var interrupted = journal.Current;
        var spans = journal.OpenSpans;
        switch (fault)
        {
            case SimulatedCrash crash:
                journal.Event(EventKind.Crash, crash.Address.Value, crash.IsWrite ? 1UL : 0);
                return Failure("crash", crash.IsWrite ? "write" : "read", interrupted, spans, crash.Message);
            case SimulatedAssertion assertion:
                journal.Event(EventKind.Assertion, assertion.About.Value, 0, 0, 0, assertion.Site);
                var site = header.Layout.Sites[assertion.Site];
                return Failure("assertion", site.Name, interrupted, spans, $"assertion {site.Name}: {site.Reason}");
            case SimulatedHang hang:
                journal.Event(EventKind.Hang, hang.Accesses);
                return Failure("hang", "accesses", interrupted, spans, $"{hang.Accesses} accesses in one operation: links make an endless loop");
            default:
                throw new BrokenAssumptionException($"no event for {fault.GetType().Name}");
        }
    }

    /// <summary>The first hazard as a failure; null when there was none.</summary>
    public RunFailure? FirstHazard()
    {
        if (journal.FirstHazard is not { } first)
            return null;
        var access = first.Hazard.C != 0 ? "write" : "read";
        var text = $"{access} {(access == "write" ? "to" : "from")} freed memory at {new Address(first.Hazard.A)}; the run went on";
        return Failure("hazard", access, first.During, first.Spans, text) with { Event = first.Number };
    }

    private RunFailure Failure(string kind, string code, Event during, IReadOnlyList<Event> spans, string what)
    {
        var site = during.Site > 0 ? header.Layout.Sites[during.Site].Name : "";
        var subject = Subject(during);
        var message = $"{what}, during {during.Kind}{(subject.Length > 0 ? " of " + subject : "")}{Place(spans)}";
        return new RunFailure(kind, code, journal.LastEvent, message, $"{kind} {code} | {during.Kind} | {Phase(spans)} | {site} | {TypeName(during)}");
    }

    private string Subject(Event e) => ObjectOf(e) is { } entry ? $"#{ObjectNumber.Text(entry.Number)} {TypeName(e)}{Quoted(header.Layout.Names[entry.NameId])}" : "";

    private string TypeName(Event e) =>
        ObjectOf(e) is { } entry && entry.TypeId < header.Layout.Types.Length ? header.Layout.Types[entry.TypeId].Name : "";

    private static string Quoted(string name) => name.Length == 0 ? "" : $" '{name}'";

    private ObjectEntry? ObjectOf(Event e)
    {
        var operands = EventShapes.Of(e.Kind).Operands;
        ulong[] values = [e.A, e.B, e.C, e.D];
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i].Kind == OperandKind.Object && journal.Shadow.OccupantAt(new Address(values[i])) is { IsRuntime: false } entry)
                return entry;
        }

        return null;
    }

    private string Place(IReadOnlyList<Event> spans)
    {
        var begin = spans.LastOrDefault(span => span.Kind == EventKind.OperationBegin);
        if (begin.Kind == EventKind.None)
            return "";
        var operation = header.Operations[(int)begin.A];
        return $" ({operation.Block}, line {operation.Line}: {operation.Text})";
    }

    private string Phase(IReadOnlyList<Event> spans) =>
        spans.LastOrDefault(span => span.Kind == EventKind.PhaseBegin) is { Kind: EventKind.PhaseBegin } begin
            ? header.Layout.Phases[(int)begin.A]
            : "";
}
