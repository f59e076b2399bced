using System.Collections.Immutable;
using System.Text.Json;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>One entry of <c>expect</c>: what an operation gives, what happens in it, and what it changes.</summary>
/// <remarks>Records of events and phases are kept as compact JSON text, which two records share exactly when they are equal.</remarks>
internal sealed class Expectation
{
    /// <summary>More objects than any program makes.</summary>
    private const int SerialMax = 1 << 24;

    private readonly List<ListChange> lists = [];
    private ImmutableArray<(int Serial, long Count)> referenceCounts = [];
    private ImmutableArray<(int Weakref, int Target)> weakrefs = [];
    private ImmutableArray<int> dead = [];
    private int[]? finalized;
    private int[]? garbage;
    private long[]? counts;
    private long[]? longLived;
    private long[]? statistics;

    public long Result { get; private set; }

    public ImmutableArray<string> Events { get; private set; } = [];

    public ImmutableArray<string> Phases { get; private set; } = [];

    public static Expectation Read(JsonPlace place, JsonElement entry)
    {
        var read = new Expectation();
        if (entry.ValueKind != JsonValueKind.Object)
            throw place.Error("an entry of \"expect\" (an object)", entry);
        read.Result = place.Number(place.Member(entry, "r"), "\"r\"", 0, long.MaxValue);
        foreach (var field in entry.EnumerateObject())
            read.ReadField(place, field.Name, field.Value);
        return read;
    }

    /// <summary>Takes a state to the one after this operation.</summary>
    public void ApplyTo(HeapState state)
    {
        foreach (var change in lists)
            change.ApplyTo(state.Lists[change.List]);
        foreach (var (serial, count) in referenceCounts)
            state.SetReferenceCount(serial, count);
        foreach (var (weakref, target) in weakrefs)
            state.Weakrefs[weakref] = target;
        foreach (var serial in dead)
        {
            state.SetReferenceCount(serial, HeapState.Dead);
            state.Weakrefs.Remove(serial);
        }

        if (finalized is not null)
            state.Finalized = [.. finalized];
        if (garbage is not null)
            state.Garbage = [.. garbage];
        state.Counts = counts ?? state.Counts;
        state.LongLived = longLived ?? state.LongLived;
        state.Statistics = statistics ?? state.Statistics;
    }

    private void ReadField(JsonPlace place, string name, JsonElement value)
    {
        switch (name)
        {
            case "r":
                break;
            case "ev":
                ReadEvents(place, value);
                break;
            case "g":
                ReadLists(place, value);
                break;
            case "rc":
                referenceCounts = [.. place.Items(value, "\"rc\"").Select(pair => ReadCount(place, pair))];
                break;
            case "fl":
                finalized = place.Numbers(value, "\"fl\"", 0, SerialMax);
                break;
            case "wr":
                weakrefs = [.. place.Items(value, "\"wr\"").Select(pair => ReadWeakref(place, pair))];
                break;
            case "gb":
                garbage = place.Numbers(value, "\"gb\"", 0, SerialMax);
                break;
            case "cnt":
                counts = ReadLongs(place, value, "\"cnt\"", 3);
                break;
            case "ll":
                longLived = ReadLongs(place, value, "\"ll\"", 2);
                break;
            case "st":
                statistics = [.. place.Items(value, "\"st\"", 3).SelectMany(triple => ReadLongs(place, triple, "statistics of a generation", 3))];
                break;
            case "ph":
                Phases = [.. place.Items(value, "\"ph\"").Select(record => JsonSerializer.Serialize(record))];
                break;
            default:
                throw place.Error($"unknown field \"{name}\" of an entry of \"expect\"");
        }
    }

    private void ReadEvents(JsonPlace place, JsonElement value)
    {
        var records = place.Items(value, "\"ev\"");
        Events = [.. records.Select(record => JsonSerializer.Serialize(record))];
        var deaths = ImmutableArray.CreateBuilder<int>();
        foreach (var record in records)
        {
            var items = place.Items(record, "an event", 2);
            if (place.Text(items[0], "the kind of an event") == "x")
                deaths.Add(Serial(place, items[1]));
        }

        dead = deaths.ToImmutable();
    }

    private void ReadLists(JsonPlace place, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw place.Error("\"g\" (an object)", value);
        foreach (var list in value.EnumerateObject())
        {
            if (list.Name is not ("0" or "1" or "2" or "3"))
                throw place.Error($"unknown list \"{list.Name}\" in \"g\"; expected 0 to 3");
            var (set, removed, added) = (Members(place, list.Value, "set"), Members(place, list.Value, "rm"), Members(place, list.Value, "add"));
            lists.Add(new ListChange(list.Name[0] - '0', set, removed ?? [], added ?? []));
        }
    }

    private static int[]? Members(JsonPlace place, JsonElement change, string key)
    {
        if (change.ValueKind != JsonValueKind.Object)
            throw place.Error("the change of a list (an object)", change);
        return change.TryGetProperty(key, out var members) ? place.Numbers(members, $"\"{key}\"", 0, SerialMax) : null;
    }

    private static int Serial(JsonPlace place, JsonElement element) => (int)place.Number(element, "a serial", 0, SerialMax);

    private static (int Serial, long Count) ReadCount(JsonPlace place, JsonElement element)
    {
        var pair = place.Items(element, "a serial and its count", 2);
        return (Serial(place, pair[0]), place.Number(pair[1], "a count", 0, long.MaxValue));
    }

    private static (int Weakref, int Target) ReadWeakref(JsonPlace place, JsonElement element)
    {
        var pair = place.Items(element, "a weak reference and its target", 2);
        return (Serial(place, pair[0]), (int)place.Number(pair[1], "a target", HeapState.Dead, SerialMax));
    }

    private static long[] ReadLongs(JsonPlace place, JsonElement element, string what, int length) =>
        [.. place.Items(element, what, length).Select(item => place.Number(item, what, 0, long.MaxValue))];

    /// <param name="Set">The whole new order; null when members are removed and added.</param>
    private sealed record ListChange(int List, int[]? Set, int[] Removed, int[] Added)
    {
        public void ApplyTo(List<int> members)
        {
            if (Set is not null)
            {
                members.Clear();
                members.AddRange(Set);
                return;
            }

            if (Removed.Length > 0)
            {
                var removed = Removed.ToHashSet();
                members.RemoveAll(removed.Contains);
            }

            members.AddRange(Added);
        }
    }
}
