using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Compares a run of the experiment with a record: before the end, after it, and after the action.</summary>
/// <remarks><c>other</c> in a record is an object or list of the interpreter's own, which the simulation has none of: it matches anything.
/// Where it stands between the head and the object that the action untracks, the write through it does not reach the head and is not
/// compared.</remarks>
internal sealed class SubInterpreterComparison(JsonElement record) : Comparison
{
    private const int BeforeEnd = 0;
    private const int AfterEnd = 1;
    private const int AfterAction = 2;
    private const string Other = "other";
    private const int OldestNext = 48;

    private HeapView view = null!;
    private Differences differences = null!;
    private SubInterpreterState state = null!;
    private JsonNode? afterAction;
    private JsonArray writes = [];
    private bool showsOldState;

    public override void Start(HeapView runView, ImmutableArray<Statement> statements, Differences runDifferences) =>
        (view, differences) = (runView, runDifferences);

    public override void AfterEvent(long number, in Event e)
    {
    }

    public override void AfterOperation(int operation, ulong? result)
    {
        switch (operation)
        {
            case BeforeEnd:
                state = new SubInterpreterState(view);
                Compare(operation, "lists", state.IsShared ? "shared" : "per-interpreter");
                Compare(operation, "before", state.Places());
                break;
            case AfterEnd:
                showsOldState = !state.IsShared && state.IsOldStateMapped;
                Compare(operation, "after_end", state.Places());
                Compare(operation, "old_state_mapped", state.IsOldStateMapped ? 1 : 0);
                Compare(operation, "old_heads", showsOldState ? state.OldHeads() : null);
                state.KeepOldWords();
                break;
            case AfterAction:
                afterAction = state.Places();
                writes = state.WritesIntoOldState();
                break;
            default:
                break;
        }
    }

    public override void AfterRun(RunResult result, int operations)
    {
        if (operations <= AfterEnd || result.Failure is { Kind: not ("crash" or "hazard") })
        {
            differences.Add(operations, "run", "the action", result.Failure?.Message ?? "the end");
            return;
        }

        var crashed = result.Failure?.Kind == "crash";
        var last = crashed ? AfterAction : operations - 1;
        Compare(last, "after_action", afterAction);
        Compare(last, "writes_into_old_state", showsOldState ? WithoutUnreached(writes) : null);
        Compare(last, "crashed", crashed);
        Compare(last, "exit", crashed ? 139 : 0);
    }

    private JsonArray WithoutUnreached(JsonArray found)
    {
        return IsBehindOther() ? [.. found.Where(write => (long)write![0]! != OldestNext).Select(write => write!.DeepClone())] : found;
    }

    /// <summary>Whether something of the interpreter's own stands in front of the object that the action untracks.</summary>
    private bool IsBehindOther() =>
        record.GetProperty("action").GetString() is ['u', 'n', 't', 'r', 'a', 'c', 'k', ' ', .. var name]
        && record.GetProperty("after_end").TryGetProperty(name, out var links) && links.GetProperty("prev").GetString() == Other;

    private void Compare(int operation, string field, JsonNode? found) =>
        Compare(operation, field, record.TryGetProperty(field, out var wanted) ? JsonSerializer.SerializeToNode(wanted) : null, found);

    private void Compare(int operation, string field, JsonNode? wanted, JsonNode? found)
    {
        if (wanted is JsonObject wantedObject && found is JsonObject foundObject)
        {
            foreach (var key in wantedObject.Select(p => p.Key).Union(foundObject.Select(p => p.Key)))
                Compare(operation, $"{field}.{key}", wantedObject[key], foundObject[key]);
        }
        else if (wanted is JsonArray wantedArray && found is JsonArray foundArray && wantedArray.Count == foundArray.Count)
        {
            for (var i = 0; i < wantedArray.Count; i++)
                Compare(operation, $"{field}[{i}]", wantedArray[i], foundArray[i]);
        }
        else if (!IsOther(wanted) && !JsonNode.DeepEquals(wanted, found))
        {
            differences.Add(operation, field, wanted?.DeepClone(), found?.DeepClone());
        }
    }

    private static bool IsOther(JsonNode? wanted) => wanted is JsonValue value && value.TryGetValue<string>(out var text) && text == Other;
}
