using System.Collections.Immutable;
using System.Text.Json;
using GcReplay.Simulation.Programs;
using static GcReplay.Simulation.Conformance.ProgramBuilder;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Records of one experiment: objects of a sub-interpreter outlive it, and then one of them is touched. State of the code,
/// allocator and action are given; lists, links, counts, crash and writes into the ended interpreter are what happened.</summary>
internal sealed class SubInterpreterRecords : ConformanceFamily
{
    private const string Sub = "sub";

    /// <summary>Roots of the program, by the names of the objects. F is held by M alone: its root is empty but while it is touched.</summary>
    public static readonly string[] Objects = ["M", "A", "B", "C", "D", "F"];

    /// <summary>Beginning of a record's <c>state</c>, and the revision that it is.</summary>
    private static readonly (string State, string Revision)[] Revisions =
    [
        ("before 7247407", "shared-state"),
        ("between 7247407 and 1a4d1c1", "7247407"),
        ("after gh-92036", "gh-92036"),
        ("fix lost by gh-94673", "gh-94673"),
        ("after gh-116510", "gh-116510"),
    ];

    public override string Name => "records of sub-interpreters of CPython (an array of objects with \"build\", \"malloc\" and \"action\")";

    public override bool Recognises(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0
        && root[0] is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("build", out _) && first.TryGetProperty("action", out _);

    public override IEnumerable<ConformanceProgram> Read(string file, JsonElement root) =>
        root.EnumerateArray().Select((record, index) => Record(new JsonPlace(file, $"number {index}"), record));

    private static ConformanceProgram Record(JsonPlace place, JsonElement record)
    {
        var build = place.Text(place.Member(record, "build"), "\"build\"");
        var malloc = place.Text(place.Member(record, "malloc"), "\"malloc\"");
        var action = place.Text(place.Member(record, "action"), "\"action\"");
        place = place with { Program = $"{build} {malloc} {action}" };
        if (malloc is not ("pymalloc" or "debug"))
            throw place.Error($"unknown \"malloc\" '{malloc}'; expected pymalloc or debug");
        foreach (var key in new[] { "lists", "before", "after_end", "old_state_mapped", "crashed", "exit" })
            place.Member(record, key);

        var state = place.Text(place.Member(record, "state"), "\"state\"");
        var revision = Revisions.FirstOrDefault(r => state.StartsWith(r.State, StringComparison.Ordinal)).Revision
            ?? throw place.Error($"unknown \"state\" '{state}'; expected one that begins with: {string.Join("; ", Revisions.Select(r => r.State))}");
        var builder = new ProgramBuilder(place.Program);
        Prepare(builder);
        Act(place, builder, action);
        var (tree, operations) = builder.Build();
        var expected = record.Clone();
        return new ConformanceProgram
        {
            File = place.File,
            Id = place.Program,
            Tree = tree,
            Collector = $"cpython39@{revision}",
            Allocator = malloc,
            Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("gc.enabled", "off"),
            Operations = operations,
            Compare = () => new SubInterpreterComparison(expected),
        };
    }

    private static int Root(string name) => Array.IndexOf(Objects, name);

    /// <summary>M in main; A in generation 2, B in generation 1, F, C and D in generation 0 of the sub-interpreter. Then its end.</summary>
    private static void Prepare(ProgramBuilder builder)
    {
        New(builder, "M", 1);
        builder.Add(OperationTable.Interpreter, builder.Interpreter(Sub));
        builder.Add(OperationTable.Enter, builder.Interpreter(Sub));
        New(builder, "A", 0);
        builder.Add(OperationTable.Collect, Extent(2));
        New(builder, "B", 0);
        builder.Add(OperationTable.Collect, Extent(0));
        New(builder, "F", 0);
        builder.Add(OperationTable.Store, builder.Global(Root("M")), Number(0), builder.Global(Root("F")));
        builder.Add(OperationTable.Drop, builder.Global(Root("F")));
        New(builder, "C", 0);
        New(builder, "D", 1);
        builder.Add(OperationTable.Store, builder.Global(Root("D")), Number(0), builder.Global(Root("C")));
        builder.Add(OperationTable.Enter, builder.Interpreter(ProgramNames.Main));
        builder.EndOperation();
        builder.Add(OperationTable.End, builder.Interpreter(Sub));
        builder.EndOperation();
    }

    private static void New(ProgramBuilder builder, string name, int slots) =>
        builder.Assign(Root(name), OperationTable.New, Kind(ObjectKinds.Plain), Number(slots), Text(name), null);

    private static void Act(JsonPlace place, ProgramBuilder builder, string action)
    {
        switch (action)
        {
            case "none":
                return;
            case "untrack A" or "untrack B" or "untrack C":
                builder.Add(OperationTable.Untrack, builder.Global(Root(action[^1..])));
                break;
            case "untrack F":
                builder.Assign(Root("F"), OperationTable.Load, builder.Global(Root("M")), Number(0));
                builder.Add(OperationTable.Untrack, builder.Global(Root("F")));
                builder.Add(OperationTable.Drop, builder.Global(Root("F")));
                break;
            case "drop D":
                builder.Add(OperationTable.Drop, builder.Global(Root("D")));
                break;
            case "drop M[0]":
                builder.Add(OperationTable.Clear, builder.Global(Root("M")), Number(0));
                break;
            case "collect in main":
                builder.Add(OperationTable.Collect, Extent(2));
                break;
            default:
                throw place.Error($"unknown \"action\" '{action}'");
        }

        builder.EndOperation();
    }
}
