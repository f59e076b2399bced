using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Collectors.PlugIns;
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
        var subject = SubjectOf(journal.Shadow, interrupted);
        switch (fault)
        {
            case SimulatedCrash crash:
                journal.Event(EventKind.Crash, crash.Address.Value, crash.IsWrite ? 1UL : 0);
                return Failure("crash", crash.IsWrite ? "write" : "read", interrupted, subject, spans, crash.Message);
            case SimulatedAssertion assertion:
                journal.Event(EventKind.Assertion, assertion.About.Value, assertion.Wanted, 0, 0, assertion.Site);
                var site = header.Layout.Sites[assertion.Site];
                return Failure("assertion", site.Name, interrupted, subject, spans, $"assertion {site.Name}: {site.Reason}");
            case SimulatedHang hang:
                journal.Event(EventKind.Hang, hang.Accesses);
                return Failure("hang", "accesses", interrupted, subject, spans, $"{hang.Accesses} accesses in one operation: links make an endless loop");
            case PlugInFault plugIn:
                journal.Event(EventKind.Assertion, plugIn.About.Value, 0, 0, 0, header.Layout.Sites.Length - 1);
                return Failure("plug-in", plugIn.Code, interrupted, subject, spans, plugIn.Message);
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
        return Failure("hazard", access, first.During, first.Subject, first.Spans, text) with { Event = first.Number };
    }

    /// <summary>The object that an event is about, as its memory stands now; null when it is about none.</summary>
    public static ObjectEntry? SubjectOf(Shadow shadow, in Event e)
    {
        var operands = EventShapes.Of(e.Kind).Operands;
        ulong[] values = [e.A, e.B, e.C, e.D];
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i].Kind == OperandKind.Object && shadow.OccupantAt(new Address(values[i])) is { IsRuntime: false } entry)
                return entry;
        }

        return null;
    }

    private RunFailure Failure(string kind, string code, Event during, ObjectEntry? subject, IReadOnlyList<Event> spans, string what)
    {
        var site = during.Site > 0 ? header.Layout.Sites[during.Site].Name : "";
        var message = $"{what}, during {during.Kind}{(subject is { } entry ? " of " + Text(entry) : "")}{Place(spans)}";
        return new RunFailure(kind, code, journal.LastEvent, message, $"{kind} {code} | {during.Kind} | {Phase(spans)} | {site} | {TypeName(subject)}");
    }

    private string Text(ObjectEntry entry)
    {
        var name = header.Layout.Names[entry.NameId];
        return $"#{ObjectNumber.Text(entry.Number)} {TypeName(entry)}{(name.Length == 0 ? "" : $" '{name}'")}";
    }

    private string TypeName(ObjectEntry? entry) =>
        entry is { } known && known.TypeId < header.Layout.Types.Length ? header.Layout.Types[known.TypeId].Name : "";

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
