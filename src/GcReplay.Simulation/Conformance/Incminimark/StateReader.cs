using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Reads what the file shows from words, through the layout.</summary>
/// <remarks>Made when the process is set up: the collector's static words stay where they are.</remarks>
internal sealed class StateReader
{
    /// <summary>Upstream's names, by place in <see cref="IncminimarkState.ListNames"/>.</summary>
    private static readonly ImmutableArray<string> Containers =
    [
        "old_objects_pointing_to_young", "old_objects_with_cards_set", "objects_to_trace", "more_objects_to_trace", "prebuilt_root_objects",
        "old_objects_pointing_to_pinned", "old_rawmalloced_objects", "raw_malloc_might_sweep", "young_rawmalloced_objects",
        "young_objects_with_weakrefs", "old_objects_with_weakrefs", "nursery_objects_shadows", "nursery_barriers",
        "probably_young_objects_with_finalizers", "old_objects_with_finalizers", "run_finalizers",
    ];

    /// <summary>Upstream's names, by place in <see cref="IncminimarkState.NumberNames"/>.</summary>
    private static readonly ImmutableArray<string> Fields =
    [
        "total_memory_used", "rawmalloced_total_size", "size_objects_made_old", "threshold_objects_made_old", "nursery_surviving_size",
        "next_major_collection_threshold", "next_major_collection_initial", "majors", "pinned_objects_in_nursery", "arenas_count",
        "nursery_free", "nursery_top",
    ];

    private static readonly int Barriers = IncminimarkState.ListNames.IndexOf(IncminimarkState.Barriers);
    private static readonly int ShadowList = IncminimarkState.ListNames.IndexOf("shadows");
    private static readonly ImmutableArray<int> RawLists = [.. new[] { "raw_old", "raw_sweep" }.Select(name => IncminimarkState.ListNames.IndexOf(name))];
    private static readonly int YoungRawList = IncminimarkState.ListNames.IndexOf("raw_young");

    private readonly HeapView view;
    private readonly Identities identities;
    private readonly ObjectShape?[] shapes;
    private readonly ImmutableArray<(StructInstance Instance, Field Field)> fields;
    private readonly ImmutableArray<ContainerView> containers;
    private readonly (StructInstance Instance, Field Field) state;
    private readonly Address nursery;
    private readonly Region nurseryRegion;
    private readonly Region prebuiltRegion;

    public StateReader(HeapView view, Identities identities)
    {
        this.view = view;
        this.identities = identities;
        fields = [.. Fields.Select(FieldNamed)];
        containers = [.. Containers.Select(ContainerNamed)];
        state = FieldNamed("gc_state");
        shapes = new ObjectShape?[view.Layout.Types.Length];
        nursery = new Address(Number("nursery"));
        nurseryRegion = RegionNamed("nursery");
        prebuiltRegion = RegionNamed("prebuilt");
    }

    /// <summary>gc_state.</summary>
    public int Phase => (int)Word(state);

    /// <summary>A number of the collector by its field's name.</summary>
    public ulong Number(string field) => Word(FieldNamed(field));

    public bool IsInNursery(Address address) => nurseryRegion.Contains(address);

    /// <summary>The shape that an object was born with.</summary>
    public ObjectShape ShapeOf(in ObjectEntry entry) =>
        shapes[entry.TypeId] ??= new ObjectShape(view, view.Layout.Struct(view.Layout.Types[entry.TypeId].Struct));

    public IncminimarkState Read()
    {
        LearnShadows();
        var read = new IncminimarkState { Phase = Phase };
        for (var i = 0; i < fields.Length; i++)
            read.Numbers[i] = Real(fields[i]);
        var raw = new HashSet<ulong>();
        var youngRaw = new HashSet<ulong>();
        for (var i = 0; i < containers.Length; i++)
        {
            var members = i == ShadowList ? Keys(containers[i]) : containers[i].Items();
            read.Lists[i].AddRange(members.Select(item => i == Barriers ? (new Address(item.Value) - nursery) / 8 : identities.At(new Address(item.Value))));
            if (RawLists.Contains(i) || i == YoungRawList)
                (i == YoungRawList ? youngRaw : raw).UnionWith(containers[i].Items().Select(item => item.Value));
        }

        read.Lists[ShadowList].Sort();
        foreach (var o in view.LiveObjects())
            read.Objects[Identities.Of(o.Number)] = ShapeOf(o.Entry).StateOf(SpaceOf(o.Address, raw, youngRaw), o.Address);
        foreach (var (number, identity) in identities.Shadows)
        {
            if (view.Shadow.Object(number, runtime: true) is { } entry && view.Shadow.CellAt(entry.Address) is { State: CellState.Live, IsRuntime: true } cell
                && cell.Row == entry.Row)
                read.Objects[identity] = ShapeOf(entry).StateOf(raw.Contains(entry.Address.Value) ? "sr" : "sa", entry.Address);
        }

        return read;
    }

    /// <summary>Whether a list of objects holds something that is no living object.</summary>
    public bool HasDanglingEntry()
    {
        for (var i = 0; i < containers.Length; i++)
        {
            if (i != Barriers && containers[i].Items().Any(item => identities.LivingAt(new Address(item.Value)) is null))
                return true;
        }

        return false;
    }

    public void LearnShadows()
    {
        foreach (var key in Keys(containers[ShadowList]))
        {
            if (view.TryRead(key.Slot + 8, out var shadow))
                identities.Learn(new Address(key.Value), new Address(shadow));
        }
    }

    private static IEnumerable<ContainerItem> Keys(ContainerView map) => map.Items().Where(item => item.Suffix == ".key");

    private string SpaceOf(Address address, HashSet<ulong> raw, HashSet<ulong> youngRaw) =>
        nurseryRegion.Contains(address) ? "n"
        : prebuiltRegion.Contains(address) ? "p"
        : youngRaw.Contains(address.Value) ? "y"
        : raw.Contains(address.Value) ? "r"
        : "a";

    private double Real((StructInstance Instance, Field Field) field) => field.Field.Name switch
    {
        "nursery_free" or "nursery_top" => (new Address(Word(field)) - nursery) / 8,
        _ when field.Field.Meanings is [{ Role: FieldRole.Real }, ..] => BitConverter.UInt64BitsToDouble(Word(field)),
        _ => unchecked((long)Word(field)),
    };

    private ulong Word((StructInstance Instance, Field Field) field) => view.Read(field.Instance, field.Field).Value;

    private (StructInstance Instance, Field Field) FieldNamed(string name)
    {
        var instance = view.Instances().FirstOrDefault(i => i.Layout.Field(name) is not null);
        Check.That(instance is not null, $"the layout leads to no field {name}");
        return (instance, instance.Layout.Field(name)!);
    }

    private ContainerView ContainerNamed(string name)
    {
        var instance = view.Instances().FirstOrDefault(i => i.Layout.Containers.Any(c => c.Name == name));
        Check.That(instance is not null, $"the layout leads to no container {name}");
        return ContainerView.Of(view, instance.Layout, instance.Address, instance.Layout.Containers.First(c => c.Name == name));
    }

    private Region RegionNamed(string name)
    {
        var region = view.Layout.Regions.FirstOrDefault(r => r.Name == name);
        Check.That(region is not null, $"the layout has no region {name}");
        return region;
    }
}
