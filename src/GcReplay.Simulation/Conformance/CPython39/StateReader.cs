using GcReplay.Heaps;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Reads the present state from words, by the names that the layout gives them.</summary>
internal sealed class StateReader(HeapView view, Serials serials)
{
    private static readonly string[] ListNames = ["main.generation0", "main.generation1", "main.generation2", "main.permanent"];
    private static readonly string[] CountFields = ["count0", "count1", "count2"];
    private static readonly string[] LongLivedFields = ["long_lived_total", "long_lived_pending"];

    private static readonly string[] StatisticsFields =
    [
        "collections0", "collected0", "uncollectable0", "collections1", "collected1", "uncollectable1",
        "collections2", "collected2", "uncollectable2",
    ];

    public HeapState Read()
    {
        var state = new HeapState();
        var main = view.Interpreter(0);
        Check.That(main is not null, $"the layout leads to no main interpreter");
        for (var i = 0; i < ListNames.Length; i++)
            ReadMembers(ListNames[i], state.Lists[i]);
        foreach (var entry in view.LiveObjects())
            ReadObject(entry, state);
        state.Finalized.Sort();
        state.Garbage = ReadGarbage(main);
        state.Counts = Numbers(main, CountFields);
        state.LongLived = Numbers(main, LongLivedFields);
        state.Statistics = Numbers(main, StatisticsFields);
        return state;
    }

    private void ReadMembers(string name, List<int> members)
    {
        var list = view.List(name);
        Check.That(list is not null, $"the layout has no list {name}");
        foreach (var member in list.Walk().Members)
            members.Add(serials.At(member));
    }

    private void ReadObject(ObjectView o, HeapState state)
    {
        var serial = serials.Of(o.Number);
        if (serial < 0)
            return;
        state.SetReferenceCount(serial, (long)o.Read("ob_refcnt")!.Value.Value);
        if (o.Read("FINALIZED") is { Value: not 0 })
            state.Finalized.Add(serial);
        if (o.Read("wr_object") is { } target)
            state.Weakrefs.Add(serial, target.Value == 0 ? HeapState.Dead : serials.At(target.Value));
    }

    private long[] Numbers(StructInstance instance, string[] fields)
    {
        var numbers = new long[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var value = view.Read(instance, fields[i]);
            Check.That(value is not null, $"the layout has no field {fields[i]} in {instance.Layout.Name}");
            numbers[i] = (long)value.Value.Value;
        }

        return numbers;
    }

    /// <summary>gc.garbage: a list of its own, made when it is first needed.</summary>
    private List<int> ReadGarbage(StructInstance main)
    {
        var pointer = view.Read(main, "garbage");
        Check.That(pointer is not null, $"the layout has no field garbage in {main.Layout.Name}");
        if (pointer.Value.Value == 0)
            return [];
        var list = view.Instances().FirstOrDefault(i => i.Address == pointer.Value.Target);
        var items = list?.Layout.Containers.FirstOrDefault(c => c.Name == "garbage");
        Check.That(list is not null && items is not null, $"the layout leads to no list of garbage at {pointer.Value.Target}");
        return [.. ContainerView.Of(view, list.Layout, list.Address, items).Members().Select(serials.At)];
    }
}
