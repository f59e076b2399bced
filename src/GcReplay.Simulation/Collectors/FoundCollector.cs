using GcReplay.Heaps;
using GcReplay.Simulation.Collectors.PlugIns;

namespace GcReplay.Simulation.Collectors;

/// <summary>The collector that a specification names.</summary>
/// <param name="PlugIn">The file it was loaded from; null for one of this build.</param>
public sealed record FoundCollector(CollectorFamily Family, string Revision, PlugIn? PlugIn)
{
    /// <param name="specification"><c>NAME</c> or <c>NAME@REVISION</c>; or <c>PATH.dll</c>, <c>PATH.dll:NAME</c>, with <c>@REVISION</c> or without,
    /// for a plug-in, which is loaded.</param>
    /// <exception cref="GcReplayException">There is no such collector or revision, or the file is no plug-in.</exception>
    public static FoundCollector Of(string specification)
    {
        if (!PlugIn.IsNamedBy(specification))
        {
            var (known, its) = Families.Find(specification);
            return new FoundCollector(known, its, null);
        }

        var (path, name, revision) = PlugIn.Parse(specification);
        var plugIn = PlugIn.Load(path, name);
        return new FoundCollector(plugIn.Family, Families.RevisionOf(plugIn.Family, revision), plugIn);
    }
}
