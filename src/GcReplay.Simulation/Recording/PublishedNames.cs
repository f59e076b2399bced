using System.Collections.Frozen;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Simulation.Collectors;

namespace GcReplay.Simulation.Recording;

/// <summary>Every name that the collectors, allocators and the runtime of this build give to something in a trace, whatever the program:
/// who knows GcReplay knows these.</summary>
public static class PublishedNames
{
    private static readonly Lazy<FrozenSet<string>> Names = new(() => Collect().ToFrozenSet(StringComparer.Ordinal));

    /// <remarks>Cost: a run of an empty program is prepared for each revision and allocator, once.</remarks>
    public static IReadOnlySet<string> All => Names.Value;

    private static IEnumerable<string> Collect() =>
        Families.All.SelectMany(family => family.Revisions.SelectMany(revision => Allocators.Allocators.Names.SelectMany(allocator => Of(family, revision, allocator))))
            .Concat(Sanitizers.All.Select(sanitizer => sanitizer.Name))
            .Concat(["read", "write", "accesses"]);

    private static IEnumerable<string> Of(CollectorFamily family, string revision, string allocator)
    {
        var empty = new RunOptions { ProgramName = "", ProgramText = "thread main {\n}\n", Collector = $"{family.Name}@{revision}", Allocator = allocator };
        var layout = new PreparedRun(empty, "").Header.Layout;
        return
        [
            family.Name, revision, allocator,
            .. family.Parameters.Select(parameter => parameter.Key),
            .. layout.Structs.Select(item => item.Name),
            .. layout.Structs.SelectMany(item => item.Fields).Select(field => field.Name),
            .. layout.Structs.SelectMany(item => item.Containers).Select(container => container.Name),
            .. layout.Phases,
            .. layout.Sites.SelectMany(site => new[] { site.Name, site.Reason }),
            .. layout.Regions.Select(region => region.Name),
        ];
    }
}
