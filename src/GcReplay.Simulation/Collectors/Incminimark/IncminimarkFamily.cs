using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>PyPy's incremental, generational collector, at the states of its code that its copy barrier, shadows and assertions went
/// through.</summary>
/// <remarks>Source: rpython/memory/gc/incminimark.py, minimarkpage.py.</remarks>
public sealed class IncminimarkFamily : CollectorFamily
{
    public override string Name => IncminimarkOperations.Collector;

    public override string Summary => "PyPy's incminimark: a nursery, incremental marking and sweeping, cards, pinning, ids";

    public override ImmutableArray<string> Revisions => [.. IncminimarkRevision.All.Select(r => r.Name)];

    public override ImmutableArray<Parameter> Parameters => IncminimarkSettings.Parameters;

    // In the order of Kind.
    public override ImmutableArray<string> Kinds =>
        [ObjectKinds.Plain, ObjectKinds.Leaf, ObjectKinds.Node, ObjectKinds.Str, ObjectKinds.WeakRef];

    public override bool HasPrebuilts => true;

    public override bool CallsScripts => false;

    /// <summary>The card words in front of an array are named by eight bits of its Allocate event.</summary>
    public override string? CannotMake(string kind, long slots, IReadOnlyDictionary<string, string> parameters)
    {
        // One card for each item fits so far: the parameters do not matter.
        if (kind != ObjectKinds.Plain || slots <= byte.MaxValue * 64)
            return null;
        var settings = IncminimarkSettings.Of(parameters);
        var isLarge = Kind.Array.Bytes(slots) > settings.NonlargeMaxBytes;
        return isLarge && settings.CardBytes(slots) / IncminimarkSettings.WordBytes > byte.MaxValue
            ? $"the cards of {slots} items take more than {byte.MaxValue} words with card_page_indices={settings.CardPageIndices}. Try: --set card_page_indices=128"
            : null;
    }

    public override ImmutableArray<Site> Sites => IncminimarkSites.All;

    public override ImmutableArray<PlantedFault> Faults => IncminimarkFaults.All;

    public override ImmutableArray<string> Phases => IncminimarkLayout.Phases;

    public override ImmutableArray<Misuse> Misuses =>
    [
        new(["finalizer"], ["pin", Misuse.Prebuilt], "upstream asserts that neither pinned nor prebuilt objects have finalizers"),
        // Measured on upstream for single objects, and true of increments of any size: a minor collection comes before each step of marking and makes
        // parents of pinned objects grey again. Where those that reach each other are as large as a step, the step visits them and no more, and puts
        // them on the stack once more. Upstream's step is 16 MiB when nothing is set; here it is no less than 1280 bytes.
        new(["pin"], ["singlestep", "single_step=on", Misuse.Large], "parents of pinned objects are grey again after each step: marking never ends where these fill a step"),
    ];

    public override ImmutableArray<string> ProgramFaults => ["nursery-exhausted-by-pins"];

    public override ImmutableArray<ColourRule> Colours => IncminimarkPromises.Colours;

    public override TracingRules Tracing => IncminimarkPromises.Tracing;

    public override ImmutableArray<Region> Regions => [.. IncminimarkRegions.All, SmallObjects.Arenas];

    public override string StaticsStruct(string revision) => IncminimarkLayout.StaticsStruct;

    public override string RecordStruct => "";

    public override ulong StaticBytes(string revision) => (ulong)IncminimarkLayout.StaticBytes;

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics) => Structs(revision, statics, ImmutableSortedDictionary<string, string>.Empty);

    public override ImmutableArray<StructLayout> Structs(string revision, Address statics, IReadOnlyDictionary<string, string> parameters) =>
        [PlainInterpreter, .. IncminimarkLayout.Structs(IncminimarkSettings.Of(parameters))];

    public override ObjectType TypeOf(string kind, string name) => IncminimarkLayout.TypeOf((Kind)Kinds.IndexOf(kind), name);

    public override Collector Create(
        Process process, string revision, Address statics, ImmutableArray<int> typeKinds, IReadOnlyDictionary<string, string> parameters) =>
        new IncminimarkCollector(
            process, IncminimarkRevision.All.First(r => r.Name == revision), statics, typeKinds, IncminimarkSettings.Of(parameters));
}
