using System.Text.Json.Nodes;
using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Where the objects of the experiment are, and what their links and the heads of the ended interpreter name.</summary>
/// <remarks>Made while the sub-interpreter lives; heads and objects keep their names when their memory is gone.</remarks>
internal sealed class SubInterpreterState
{
    private const ulong DeadBytes = 0xDDDD_DDDD_DDDD_DDDD;
    private const string Other = "other";

    private readonly HeapView view;
    private readonly Dictionary<ulong, string> names = new() { [0] = "0" };
    private readonly List<ListInstance> oldHeads;
    private readonly Address oldEnd;
    private readonly Dictionary<ulong, ulong> oldWords = [];

    public SubInterpreterState(HeapView view)
    {
        this.view = view;
        foreach (var list in view.Lists())
        {
            if (NameOf(list) is { } name)
                names[list.Head.Value] = name;
        }

        foreach (var o in view.LiveObjects())
            names[view.Families[0].NodeOf(o.Address).Value] = o.Name;
        oldHeads = [.. view.Lists().Where(list => list.Holder.Interpreter == 1 && NameOf(list) is not null)];
        IsShared = oldHeads.Count == 0;
        if (IsShared)
            oldHeads = [.. view.Lists().Where(list => NameOf(list) is not null)];
        Check.That(oldHeads.Count > 0, $"the layout leads to no lists");
        oldEnd = oldHeads[0].Holder.Address + oldHeads[0].Holder.Layout.Size;
    }

    /// <summary>Whether all interpreters have the same lists.</summary>
    public bool IsShared { get; }

    /// <summary>Whether the GC state that the ended interpreter used can be read.</summary>
    public bool IsOldStateMapped => view.Space.IsMapped(oldHeads[0].Head);

    /// <summary>List, count and links of each object that lives.</summary>
    public JsonObject Places()
    {
        var places = new JsonObject();
        var listOf = ListsOfMembers();
        foreach (var o in view.LiveObjects().OrderBy(o => Array.IndexOf(SubInterpreterRecords.Objects, o.Name)))
        {
            var next = o.Read("_gc_next")!.Value.Value;
            places.Add(o.Name, new JsonObject
            {
                ["in"] = next == 0 ? "untracked" : listOf.GetValueOrDefault(o.Address.Value, "no live list"),
                ["rc"] = o.Read("ob_refcnt")!.Value.Value,
                ["next"] = NameOf(next),
                ["prev"] = NameOf(o.Read("_gc_prev")!.Value.Value),
            });
        }

        return places;
    }

    /// <summary>Next and prev of the heads of the ended interpreter.</summary>
    public JsonArray OldHeads() => [.. oldHeads.Select(list => (JsonNode)new JsonArray(
        NameOfWord(list.Head + list.Container.NextOffset), NameOfWord(list.Head + list.Container.PrevOffset)))];

    /// <summary>Remembers the words of the old state.</summary>
    public void KeepOldWords()
    {
        for (var at = oldHeads[0].Head; at < oldEnd; at += 8)
            oldWords[at.Value] = Word(at);
    }

    /// <summary>Words of the old state that are not as they were kept: offset from generation 0's head, and what they name now.</summary>
    public JsonArray WritesIntoOldState()
    {
        var writes = new JsonArray();
        for (var at = oldHeads[0].Head; at < oldEnd; at += 8)
        {
            if (oldWords.TryGetValue(at.Value, out var before) && before != Word(at))
                writes.Add(new JsonArray(at - oldHeads[0].Head, NameOfWord(at)));
        }

        return writes;
    }

    /// <summary><c>sub.g2</c>; null for a list that is no generation.</summary>
    private string? NameOf(ListInstance list)
    {
        const string generation = "generation";
        if (!list.Container.Name.StartsWith(generation, StringComparison.Ordinal))
            return null;
        return $"{view.InterpreterName(list.Holder.Interpreter ?? 0)}.g{list.Container.Name[generation.Length..]}";
    }

    private Dictionary<ulong, string> ListsOfMembers()
    {
        var listOf = new Dictionary<ulong, string>();
        foreach (var list in view.Lists())
        {
            if (list.Holder.HasEnded || NameOf(list) is not { } name)
                continue;
            foreach (var member in list.Walk().Members)
                listOf[member.Value] = name;
        }

        return listOf;
    }

    private string NameOf(ulong address) => names.GetValueOrDefault(address, Other);

    private string NameOfWord(Address at) => Word(at) is var word && word == DeadBytes ? "dead" : NameOf(word);

    private ulong Word(Address at) => view.TryRead(at, out var word) ? word : 0;
}
