using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Heaps.Views;

/// <summary>What follows from a layout alone, looked up once for all views of it.</summary>
internal sealed class LayoutPlan
{
    private readonly Dictionary<string, StructPlan> structs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StructLayout> runtimeStructs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (bool HasContents, bool HasBlocks)> kindsByName = new(StringComparer.Ordinal);
    private readonly bool[] markingPhases;
    private readonly bool[] sweepingPhases;

    public LayoutPlan(Layout layout)
    {
        Layout = layout;
        foreach (var structure in layout.Structs)
        {
            if (structs.TryAdd(structure.Name, new StructPlan(structure, structs.Count)) && structure.Role != StructRole.Object)
                runtimeStructs.Add(structure.Name, structure);
        }

        Types = [.. layout.Types.Select(t => Of(layout.Struct(t.Struct)))];
        Families = LinkFamily.Of(layout);
        LinkedList[] garbage = [.. layout.Structs.SelectMany(s => s.Containers).OfType<LinkedList>().Where(list => !list.GarbageAt.IsEmpty)];
        GarbageLists = [.. layout.Phases.Select(phase => garbage.Where(list => list.GarbageAt.Contains(phase)).ToArray())];
        KnowsGarbage = garbage.Length > 0;
        // order: whether there is one, no more.
        HasPhases = structs.Values.Any(s => s.Phase is not null);
        // order: as above.
        CountsReferences = structs.Values.Any(s => s.ReferenceCount is not null);
        Tracing = ByNames(layout);
        markingPhases = [.. layout.Phases.Select(p => Tracing.MarkingPhases.Contains(p))];
        sweepingPhases = [.. layout.Phases.Select(p => Tracing.SweepingPhases.Contains(p))];
        Traces = markingPhases.Contains(true) && layout.Colours.Any(r => r.Colour == Colour.Black) && !CountsReferences;
    }

    public Layout Layout { get; }

    /// <summary>By type id.</summary>
    public StructPlan[] Types { get; }

    public LinkFamily[] Families { get; }

    /// <summary>By phase, the lists whose members are garbage when it begins.</summary>
    public LinkedList[][] GarbageLists { get; }

    public bool KnowsGarbage { get; }

    public bool HasPhases { get; }

    public bool CountsReferences { get; }

    public TracingRules Tracing { get; }

    public bool Traces { get; }

    public bool IsMarking(int phase) => phase < markingPhases.Length && markingPhases[phase];

    public bool IsSweeping(int phase) => phase < sweepingPhases.Length && sweepingPhases[phase];

    public StructPlan Of(StructLayout structure)
    {
        if (structs.TryGetValue(structure.Name, out var plan))
            return plan;
        plan = new StructPlan(structure, structs.Count);
        structs.Add(structure.Name, plan);
        return plan;
    }

    /// <summary>The struct of a name, when it is none of an object.</summary>
    public StructLayout? RuntimeStruct(string name) => runtimeStructs.GetValueOrDefault(name);

    /// <summary>Whether the layout has containers of a name that hold objects, and such that hold blocks of memory.</summary>
    public (bool HasContents, bool HasBlocks) KindsNamed(string name)
    {
        if (kindsByName.TryGetValue(name, out var kinds))
            return kinds;
        var named = Layout.Structs.Where(s => s.Role != StructRole.Object).SelectMany(s => s.Containers)
            .Where(c => c is not LinkedList && (c.Name == name || name.EndsWith("." + c.Name, StringComparison.Ordinal))).ToArray();
        kinds = (named.Any(c => !IsOfBlocks(c)), named.Any(IsOfBlocks));
        kindsByName.Add(name, kinds);
        return kinds;
    }

    private static bool IsOfBlocks(Container container) => container is Vector { ItemRole: FieldRole.Pointer, ItemStruct.Length: > 0 };

    /// <summary>What the layout says, and where it does not say which phases mark and sweep, what their names tell.</summary>
    private static TracingRules ByNames(Layout layout)
    {
        var rules = layout.Tracing ?? new TracingRules();
        return rules with
        {
            MarkingPhases = rules.MarkingPhases.IsEmpty ? Named("mark") : rules.MarkingPhases,
            SweepingPhases = rules.SweepingPhases.IsEmpty ? Named("sweep") : rules.SweepingPhases,
        };

        ImmutableArray<string> Named(string part) => [.. layout.Phases.Where(p => p.Contains(part, StringComparison.OrdinalIgnoreCase))];
    }
}
