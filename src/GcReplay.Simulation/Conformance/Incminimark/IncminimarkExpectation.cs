using System.Collections.Immutable;
using System.Text.Json;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>One entry of <c>expect</c>, or <c>initial</c>: what an operation gives, what happens in it, and what it changes.</summary>
internal sealed class IncminimarkExpectation
{
    private const int FlagsEnd = 1 << 13;

    private readonly List<(long Identity, ObjectState State)> objects = [];
    private readonly List<(int List, int Keep, ImmutableArray<long> Added)> lists = [];
    private readonly List<(int Number, double Value)> numbers = [];
    private int? phase;

    /// <summary>As compact JSON; null when it gives nothing.</summary>
    public string? Result { get; private set; }

    /// <summary>As compact JSON: <c>"m"</c>, <c>"t"</c>, <c>[0,1]</c>.</summary>
    public ImmutableArray<string> Events { get; private set; } = [];

    public ImmutableArray<long> Freed { get; private set; } = [];

    public ImmutableArray<long> Merged { get; private set; } = [];

    public static IncminimarkExpectation Read(JsonPlace place, JsonElement entry)
    {
        var read = new IncminimarkExpectation();
        if (entry.ValueKind != JsonValueKind.Object)
            throw place.Error("an entry of \"expect\" (an object)", entry);
        foreach (var field in entry.EnumerateObject())
            read.ReadField(place, field.Name, field.Value);
        return read;
    }

    /// <summary>A whole state, as before the first operation: every number is there, and gc_state.</summary>
    public static IncminimarkExpectation ReadWhole(JsonPlace place, JsonElement entry)
    {
        var read = Read(place, entry);
        if (read.phase is null)
            throw place.Error("expected \"st\" in a whole state");
        var missing = IncminimarkState.NumberNames.Where((_, i) => read.numbers.All(number => number.Number != i)).ToList();
        return missing.Count == 0 ? read : throw place.Error($"expected every number in a whole state, found none for {string.Join(", ", missing)}");
    }

    /// <summary>Takes a state to the one after this operation.</summary>
    public void ApplyTo(IncminimarkState state)
    {
        state.Phase = phase ?? state.Phase;
        foreach (var gone in Freed.Concat(Merged))
            state.Objects.Remove(gone);
        foreach (var (identity, now) in objects)
            state.Objects[identity] = now;
        foreach (var (list, keep, added) in lists)
        {
            state.Lists[list].RemoveRange(keep, state.Lists[list].Count - keep);
            state.Lists[list].AddRange(added);
        }

        foreach (var (number, value) in numbers)
            state.Numbers[number] = value;
    }

    /// <summary>What a list keeps must be there: an entry cannot be applied to any other state.</summary>
    /// <param name="lengths">Lengths of the lists, by place; brought to those after this operation.</param>
    public void CheckLists(JsonPlace place, int[] lengths)
    {
        foreach (var (list, keep, added) in lists)
        {
            if (keep > lengths[list])
                throw place.Error($"list \"{IncminimarkState.ListNames[list]}\" keeps {keep} of {lengths[list]} items");
            lengths[list] = keep + added.Length;
        }
    }

    private void ReadField(JsonPlace place, string field, JsonElement value)
    {
        switch (field)
        {
            case "ret":
                Result = value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number
                    ? JsonSerializer.Serialize(value)
                    : throw place.Error("\"ret\" (a number, true or false)", value);
                break;
            case "ev":
                Events = [.. place.Items(value, "\"ev\"").Select(item => JsonSerializer.Serialize(item))];
                break;
            case "st":
                phase = (int)place.Number(value, "\"st\"", 0, 3);
                break;
            case "o":
                objects.AddRange(Members(place, value, "\"o\"").Select(o => (OfName(place, o.Name), State(place, o.Value))));
                break;
            case "free":
                Freed = Identities(place, value, "\"free\"");
                break;
            case "merged":
                Merged = Identities(place, value, "\"merged\"");
                break;
            case "l":
                foreach (var (name, list) in Members(place, value, "\"l\""))
                    ReadList(place, name, list);
                break;
            case "a":
                foreach (var (name, number) in Members(place, value, "\"a\""))
                    numbers.Add((Place(place, IncminimarkState.NumberNames, name, "number"), Double(place, number)));
                break;
            default:
                throw place.Error($"unknown field \"{field}\" of an entry of \"expect\"");
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonPlace place, JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(property => (property.Name, property.Value))
            : throw place.Error($"{what} (an object)", element);

    private static int Place(JsonPlace place, ImmutableArray<string> names, string name, string what) =>
        names.IndexOf(name) is >= 0 and var at ? at : throw place.Error($"unknown {what} \"{name}\"; expected one of {string.Join(", ", names)}");

    private static double Double(JsonPlace place, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) ? value : throw place.Error("a number", element);

    private static ObjectState State(JsonPlace place, JsonElement element)
    {
        var items = place.Items(element, "space and flags");
        if (items.Length is not (2 or 3))
            throw place.Error("space, flags and perhaps cards", element);
        var space = place.Text(items[0], "a space");
        if (space is not ("n" or "y" or "a" or "r" or "p" or "sa" or "sr"))
            throw place.Error($"unknown space '{space}'");
        return new ObjectState(space, (int)place.Number(items[1], "flags", 0, FlagsEnd - 1), items.Length > 2 ? place.Text(items[2], "cards") : null);
    }

    private void ReadList(JsonPlace place, string name, JsonElement value)
    {
        var list = Place(place, IncminimarkState.ListNames, name, "list");
        var keep = 0;
        if (value.ValueKind == JsonValueKind.Object)
        {
            keep = (int)place.Number(place.Member(value, "keep"), "\"keep\"", 0, int.MaxValue);
            value = place.Member(value, "add");
        }

        var added = name == IncminimarkState.Barriers
            ? [.. place.Numbers(value, "word offsets", 0).Select(offset => (long)offset)]
            : Identities(place, value, $"list \"{name}\"");
        lists.Add((list, keep, added));
    }

    private static ImmutableArray<long> Identities(JsonPlace place, JsonElement element, string what) =>
        [.. place.Items(element, what).Select(item => OfElement(place, item))];

    private static long OfElement(JsonPlace place, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => OfName(place, element.GetString()!),
        JsonValueKind.Number => OfName(place, element.GetRawText()),
        _ => throw place.Error("an identity", element),
    };

    private static long OfName(JsonPlace place, string name) =>
        Identity.Parse(name) ?? throw place.Error($"expected an identity (a serial, -1, -2 … or sN), found '{name}'");
}
