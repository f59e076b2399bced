using System.Collections.Immutable;
using System.Text.Json;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Programs of 64 roots with the state of CPython 3.9.18 after every operation: an array of objects with <c>ops</c> and
/// <c>expect</c>.</summary>
internal sealed class CPython39Programs : ConformanceFamily
{
    /// <summary>What 3.9.18 is: its fix of bpo-46070 came with gh-92036.</summary>
    private const string Collector = "cpython39@gh-92036";

    private static readonly ImmutableSortedDictionary<string, string> Parameters =
        ImmutableSortedDictionary<string, string>.Empty.Add("gc.enabled", "off");

    public override string Name => "programs of CPython 3.9 (an array of objects with \"ops\" and \"expect\")";

    public override bool Recognises(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0
        && root[0] is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("ops", out _) && first.TryGetProperty("expect", out _);

    public override IEnumerable<ConformanceProgram> Read(string file, JsonElement root) =>
        root.EnumerateArray().Select((program, index) => Program(file, program, index));

    private static ConformanceProgram Program(string file, JsonElement program, int index)
    {
        var place = new JsonPlace(file, $"number {index}");
        var id = place.Text(place.Member(program, "id"), "\"id\"");
        place = place with { Program = id };
        var operations = place.Items(place.Member(program, "ops"), "\"ops\"");
        var expect = place.Items(place.Member(program, "expect"), "\"expect\"");
        if (operations.Length != expect.Length)
            throw place.Error($"expected one entry of \"expect\" for each of \"ops\", found {expect.Length} for {operations.Length}");

        var translator = new CPython39Translator(id);
        for (var i = 0; i < operations.Length; i++)
            translator.Operation(place with { Operation = i }, operations[i]);
        ImmutableArray<Expectation> expectations = [.. expect.Select((entry, i) => Expectation.Read(place with { Operation = i }, entry))];
        var (tree, plan) = translator.Build();
        var results = translator.Results;
        var counts = !program.TryGetProperty("counts", out var isCounted) || place.Boolean(isCounted, "\"counts\"");
        var detail = program.TryGetProperty("detail", out var isDetailed) && place.Boolean(isDetailed, "\"detail\"");
        return new ConformanceProgram
        {
            File = file,
            Id = id,
            Tree = tree,
            Collector = Collector,
            Parameters = Parameters,
            Operations = plan,
            Compare = () => new CPython39Comparison(expectations, results, counts, detail),
        };
    }
}
