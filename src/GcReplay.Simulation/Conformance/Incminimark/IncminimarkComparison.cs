using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Compares a run with what the file says: every field of the states that it shows, and how the run ends. What comes after the
/// first failure is not looked at: the reference stopped there.</summary>
internal sealed class IncminimarkComparison(ExpectedRun expected) : Comparison
{
    private readonly IncminimarkState wanted = new();
    private readonly MutatorModel model = new(expected.Prebuilts);
    private HeapView view = null!;
    private Differences differences = null!;
    private Identities identities = null!;
    private EventRecords records = null!;
    private StateReader? reader;
    private HeapWalk? walk;
    private IdentityTokens? tokens;
    private Outcome? failure;
    private int completed;

    public ExpectedRun Expected { get; } = expected;

    public override void Start(HeapView runView, ImmutableArray<Statement> statements, Differences runDifferences)
    {
        (view, differences) = (runView, runDifferences);
        identities = new Identities(view);
        records = new EventRecords(view, identities, () => reader!.Phase);
    }

    /// <remarks>The reference notices a dead object also where a minor collection only compares its address with those of the nursery.</remarks>
    public override void AfterEvent(long number, in Event e)
    {
        if (failure is not null)
            return;
        if (reader is null && e.Kind == EventKind.OperationBegin)
            Begin();
        if (reader is null)
            return;
        records.AfterEvent(e);
        if (e.Kind == EventKind.Hazard || e.Kind == EventKind.Visit && records.IsInMinor && !identities.IsAllocated(new Address(e.C)))
            failure = Outcome.Of(Outcome.FreedMemory, completed, "op", reader.Phase);
    }

    public override void AfterOperation(int operation, ulong? result)
    {
        completed = operation + 1;
        if (failure is not null)
            return;
        reader!.LearnShadows();
        var done = Expected.Operations[operation];
        var given = Given(done, result);
        var token = done.Name == "take_id" && result is { } id ? tokens!.Take(model.Resolve(done.Arguments[0]), id) : null;
        model.Apply(done, given);
        if (walk!.Check(afterFull: done.Name == "collect") is { } code)
            failure = Outcome.Of(code, operation, "check", reader.Phase);
        else if (!tokens!.HaveKeptTheirPlaces())
            failure = Outcome.Of("identity-changed", operation, "check", reader.Phase);
        else if (reader.HasDanglingEntry())
            failure = Outcome.Of(Outcome.FreedMemory, operation, "lists", reader.Phase);
        else if (operation < Expected.Expectations.Length)
            Compare(operation, Expected.Expectations[operation], ResultOf(done, result, given, token));
        else
            records.Take();
    }

    public override void AfterRun(RunResult result, int operations)
    {
        if (failure is null && result.Failure is { } fault)
        {
            var code = fault.Kind switch { "assertion" => fault.Code, "hang" => "no-progress", _ => Outcome.FreedMemory };
            failure = Outcome.Of(code, operations, "op", reader?.Phase ?? 0);
        }

        if ((failure ?? Outcome.Ok) != Expected.Outcome)
            differences.Add(failure?.At ?? Expected.Outcome.At, "outcome", Expected.Outcome.ToString(), (failure ?? Outcome.Ok).ToString());
    }

    /// <summary>Before the first operation: what the parameters gave, and the first state.</summary>
    private void Begin()
    {
        reader = new StateReader(view, identities);
        walk = new HeapWalk(view, identities, reader, model);
        tokens = new IdentityTokens(view, identities, reader.IsInNursery);
        foreach (var (key, field, value) in Expected.Derived.Numbers)
        {
            if (reader.Number(field) != (ulong)value)
                differences.Add(0, $"params.{key}", value, reader.Number(field));
        }

        Expected.Initial.ApplyTo(wanted);
        wanted.Compare(reader.Read(), (field, inFile, inRun) => differences.Add(0, $"initial.{field}", inFile, inRun));
    }

    private void Compare(int operation, IncminimarkExpectation entry, string? result)
    {
        void Report(string field, JsonNode? inFile, JsonNode? inRun) => differences.Add(operation, field, inFile, inRun);

        entry.ApplyTo(wanted);
        var (events, freed, merged) = records.Take();
        if (entry.Result != result)
            Report("ret", Parse(entry.Result), Parse(result));
        if (!entry.Events.SequenceEqual(events))
            Report("ev", new JsonArray([.. entry.Events.Select(Parse)]), new JsonArray([.. events.Select(Parse)]));
        if (!entry.Freed.SequenceEqual(freed))
            Report("free", IncminimarkState.ToJson(entry.Freed), IncminimarkState.ToJson(freed));
        if (!entry.Merged.SequenceEqual(merged))
            Report("merged", IncminimarkState.ToJson(entry.Merged), IncminimarkState.ToJson(merged));
        wanted.Compare(reader!.Read(), Report);
    }

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);

    /// <summary>The identity that an operation pushed; null when it pushed nothing.</summary>
    private long? Given(in MutatorOperation operation, ulong? result) => OperationShape.Find(operation.Name)!.Pushes switch
    {
        Pushes.Always => walk!.Top(),
        Pushes.WhenThereIsOne when result is not null => walk!.Top(),
        _ => null,
    };

    /// <summary>What <c>ret</c> is, as compact JSON.</summary>
    private static string? ResultOf(in MutatorOperation operation, ulong? result, long? given, int? token)
    {
        if (given is { } identity)
            return identity == Identity.Null ? null : IncminimarkState.ToJson([identity])[0]!.ToJsonString();
        return operation.Name switch
        {
            "readweak" or "next_dead" => null,
            "take_id" => token?.ToString(CultureInfo.InvariantCulture) ?? "\"identity-changed\"",
            _ when result is null => "\"skipped\"",
            "copy_array" or "pin" or "unpin" => result == 0 ? "false" : "true",
            _ => null,
        };
    }
}
