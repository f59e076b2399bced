using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Programs of PyPy's incminimark with its state after every operation, and what became of them at its revisions: an object
/// with <c>format</c>, or an array of such.</summary>
internal sealed class IncminimarkPrograms : ConformanceFamily
{
    private const string Format = "incminimark-conformance-1";
    private const string Newest = "HEAD";

    /// <summary>Before this one the reference's own simulation of addresses failed, where the collector did nothing wrong.</summary>
    private const string FixOfTheReference = "a32585dfef4";

    /// <summary>Keys of <c>params</c> that are parameters of the collector as they are.</summary>
    private static readonly ImmutableArray<string> Parameters =
    [
        "nursery_words", "large_object_words", "small_request_threshold_words", "card_page_indices", "page_words", "arena_words", "debug",
        "major_collection_threshold", "growth_rate_max", "min_heap_bytes",
    ];

    public override string Name => $"programs of PyPy's incminimark (\"format\": \"{Format}\")";

    public override bool Recognises(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? IsProgram(root[0]) : IsProgram(root);

    public override IEnumerable<ConformanceProgram> Read(string file, JsonElement root) =>
        root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().SelectMany((element, index) => Programs(file, element, index)) : Programs(file, root, 0);

    private static bool IsProgram(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("format", out var format)
        && format.ValueKind == JsonValueKind.String && format.GetString() == Format;

    private static IEnumerable<ConformanceProgram> Programs(string file, JsonElement root, int index)
    {
        var place = new JsonPlace(file, $"number {index}");
        var name = place.Text(place.Member(root, "name"), "\"name\"");
        place = place with { Program = name };
        var program = Program(place, name, root);
        if (!root.TryGetProperty("outcomes", out var outcomes))
        {
            yield return program;
            yield break;
        }

        if (outcomes.ValueKind != JsonValueKind.Object)
            throw place.Error("\"outcomes\" (an object)", outcomes);
        foreach (var outcome in outcomes.EnumerateObject())
            yield return AtRevision(place, root, program, outcome.Name, Outcome.Parse(place, outcome.Value));
    }

    /// <summary>The program with its whole expectation at the newest revision.</summary>
    private static ConformanceProgram Program(JsonPlace place, string name, JsonElement root)
    {
        var shapes = PrebuiltShape.Read(place, place.Member(root, "prebuilt"));
        var expect = Expectations(place, place.Member(root, "expect"));
        var outcome = Outcome.Read(place, place.Member(root, "outcome"));
        var elements = place.Items(place.Member(root, "ops"), "\"ops\"");
        if (expect.Length != (outcome == Outcome.Ok ? elements.Length : Math.Min(outcome.At, elements.Length - 1)))
            throw place.Error($"expected one entry of \"expect\" for each of \"ops\" that completes, found {expect.Length} for {elements.Length}");

        var reader = new OperationReader(shapes.Length);
        var translator = new IncminimarkTranslator(name);
        for (var i = 0; i < shapes.Length; i++)
            translator.Prebuilt(i, shapes[i].Kind, shapes[i].Slots);
        var operations = ImmutableArray.CreateBuilder<MutatorOperation>(elements.Length);
        for (var i = 0; i < elements.Length; i++)
        {
            var slots = reader.Slots;
            operations.Add(reader.Read(place with { Operation = i }, elements[i], i < expect.Length && expect[i].Result is not null));
            translator.Operation(operations[i], slots);
        }

        var (tree, plan) = translator.Build();
        var parameters = place.Member(root, "params");
        var expected = new ExpectedRun
        {
            Operations = operations.MoveToImmutable(),
            Prebuilts = shapes,
            Initial = IncminimarkExpectation.ReadWhole(place, place.Member(root, "initial")),
            Expectations = expect,
            Outcome = outcome,
            Derived = DerivedParameters.Read(place, parameters),
        };
        return Make(place.File, name, Newest, tree, plan, ParametersOf(place, parameters), expected);
    }

    /// <summary>The program at one revision: states are known at the newest, and at the last before the fix until it fails.</summary>
    private static ConformanceProgram AtRevision(JsonPlace place, JsonElement root, ConformanceProgram program, string revision, Outcome outcome)
    {
        var expected = ((IncminimarkComparison)program.Compare()).Expected;
        if (revision == Newest && outcome != expected.Outcome)
            throw place.Error($"\"outcome\" is {expected.Outcome}, and in \"outcomes\" {Newest} has {outcome}");
        if (revision != Newest)
            expected = expected with { Expectations = [], Outcome = outcome };
        if (root.TryGetProperty("buggy_rev", out var buggy) && place.Text(buggy, "\"buggy_rev\"") == revision)
        {
            expected = expected with { Expectations = Expectations(place, place.Member(root, "expect_buggy")) };
            if (Outcome.Read(place, place.Member(root, "outcome_buggy")) != outcome)
                throw place.Error($"\"outcome_buggy\" is not the one of {revision} in \"outcomes\"");
        }

        if (expected.Expectations.Length > expected.Operations.Length)
            throw place.Error($"\"expect_buggy\" has {expected.Expectations.Length} entries for {expected.Operations.Length} operations");
        if (root.TryGetProperty("fix", out var fix) && place.Text(fix, "\"fix\"") == FixOfTheReference)
            expected = expected with { Outcome = Outcome.Ok };
        return Make(place.File, $"{program.Id}@{revision}", revision, program.Tree, program.Operations, program.Parameters, expected);
    }

    private static ConformanceProgram Make(
        string file, string id, string revision, HeapProgram tree, ImmutableArray<PlannedOperation> plan,
        ImmutableSortedDictionary<string, string> parameters, ExpectedRun expected) => new()
    {
        File = file,
        Id = id,
        Tree = tree,
        Collector = $"{IncminimarkOperations.Collector}@{revision}",
        Parameters = parameters,
        Operations = plan,
        Compare = () => new IncminimarkComparison(expected),
    };

    private static ImmutableArray<IncminimarkExpectation> Expectations(JsonPlace place, JsonElement element)
    {
        var lengths = new int[IncminimarkState.ListNames.Length];
        var entries = place.Items(element, "\"expect\"");
        var read = ImmutableArray.CreateBuilder<IncminimarkExpectation>(entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            read.Add(IncminimarkExpectation.Read(place with { Operation = i }, entries[i]));
            read[i].CheckLists(place with { Operation = i }, lengths);
        }

        return read.MoveToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> ParametersOf(JsonPlace place, JsonElement parameters)
    {
        var arena = place.Text(place.Member(parameters, "arena"), "\"arena\"");
        var singleStep = place.Boolean(place.Member(parameters, "single_step"), "\"single_step\"");
        return Parameters.Select(key => KeyValuePair.Create(key, Number(place, place.Member(parameters, key), key)))
            .Append(KeyValuePair.Create("arena", arena)).Append(KeyValuePair.Create("single_step", singleStep ? "on" : "off"))
            .ToImmutableSortedDictionary();
    }

    private static string Number(JsonPlace place, JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && number is >= 0 and < 1e15
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw place.Error($"\"{key}\" (a number from 0 to 1e15)", element);
}
