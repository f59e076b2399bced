using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Compares a run with <c>expect</c>, operation by operation and field by field.</summary>
/// <param name="counts">Whether the program shows the counts of generations.</param>
/// <param name="detail">Whether it shows the phases of collections.</param>
internal sealed class CPython39Comparison(
    ImmutableArray<Expectation> expectations, ImmutableArray<ResultRule> results, bool counts, bool detail) : Comparison
{
    private readonly HeapState expected = new();
    private readonly List<string> events = [];
    private readonly Stack<bool> collects = new();
    private ImmutableArray<Statement> statements;
    private Differences differences = null!;
    private HeapView view = null!;
    private Serials serials = null!;
    private StateReader reader = null!;
    private PhaseRecords? phases;
    private int scripts;

    public override void Start(HeapView runView, ImmutableArray<Statement> runStatements, Differences runDifferences)
    {
        (view, statements, differences) = (runView, runStatements, runDifferences);
        serials = new Serials(view);
        reader = new StateReader(view, serials);
        phases = detail ? new PhaseRecords(view, serials) : null;
    }

    public override void AfterEvent(long number, in Event e)
    {
        phases?.AfterEvent(e);
        switch (e.Kind)
        {
            case EventKind.Allocate:
                if (serials.Born(e) is { } born)
                    events.Add($"[\"A\",{born}]");
                break;
            case EventKind.ScriptBegin:
                scripts++;
                Add(ScriptLetter(view.Layout.Sites[e.Site].Name), serials.At(e.A));
                break;
            case EventKind.ScriptEnd:
                scripts--;
                break;
            case EventKind.OperationBegin when scripts > 0:
                BeginInner(statements[(int)e.A]);
                break;
            case EventKind.OperationEnd when scripts > 0:
                EndInner(e.B);
                break;
            case EventKind.Clear:
                Add(e.B == 0 ? 'c' : 'd', serials.At(e.A));
                break;
            case EventKind.Free when e.D != (ulong)FreeKind.Released && serials.Of(e.C) is var dead and not Serials.Unknown:
                Add('x', dead);
                break;
            case EventKind.Resurrect:
                Add('r', serials.At(e.A));
                break;
            default:
                break;
        }
    }

    public override void AfterOperation(int operation, ulong? result)
    {
        var entry = expectations[operation];
        entry.ApplyTo(expected);
        void Report(string field, JsonNode? wanted, JsonNode? found) => differences.Add(operation, field, wanted, found);

        var r = ResultOf(results[operation], result);
        if (r != entry.Result)
            Report("r", entry.Result, r);
        CompareRecords("ev", entry.Events, events, Report);
        expected.Compare(reader.Read(), counts, Report);
        if (phases is not null)
            CompareRecords("ph", entry.Phases, phases.Take(), Report);
        events.Clear();
    }

    public override void AfterRun(RunResult result, int operations)
    {
        if (result.Failure is { } failure)
            differences.Add(operations, "run", "ok", $"{failure.Kind} at event {failure.Event}: {failure.Message}");
    }

    private static long ResultOf(ResultRule rule, ulong? result) => rule switch
    {
        ResultRule.Repetition => 1,
        ResultRule.Deref => result switch { null => 0, 0 => 2, _ => 1 },
        ResultRule.Number => (long)(result ?? 0),
        _ => result is null ? 0 : 1,
    };

    private static char ScriptLetter(string site) => site switch
    {
        "tp_finalize" => 'f',
        "weakref-callback" => 'w',
        "tp_del" => 'l',
        _ => '?',
    };

    private static void CompareRecords(
        string field, ImmutableArray<string> wanted, List<string> found, Action<string, JsonNode?, JsonNode?> report)
    {
        if (!wanted.SequenceEqual(found))
            report(field, Records(wanted), Records(found));
    }

    private static JsonArray Records(IEnumerable<string> records) => [.. records.Select(record => JsonNode.Parse(record))];

    /// <summary>The temporary tuple has no events, and phases show none of <c>A ( )</c>.</summary>
    private void Add(char kind, int serial)
    {
        if (serial == Serials.Temporary)
            return;
        var record = $"[\"{kind}\",{serial}]";
        events.Add(record);
        phases?.Add(record);
    }

    private void BeginInner(Statement statement)
    {
        var isCollect = statement.Operation == OperationTable.Collect;
        collects.Push(isCollect);
        if (isCollect)
            events.Add($"[\"(\",{statement.Operands[0]!.Number}]");
    }

    private void EndInner(ulong result)
    {
        if (collects.Pop())
            events.Add($"[\")\",{result}]");
    }
}
