using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Collectors.Incminimark.Arenas;
using GcReplay.Simulation.Interpreters;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>What all parts of the collector share. None of it changes in a run.</summary>
internal sealed record GcContext(
    Process Process, GcWords Words, ObjectModel Objects, IncminimarkSettings Settings, IncminimarkRevision Revision, SmallObjects SmallObjects)
{
    public Journal Journal => Process.Journal;

    /// <summary>get_total_memory_used.</summary>
    public double TotalMemoryUsed => unchecked(Journal.ReadOwn(Words.Address + GcField.SmallObjects + ArenaWords.TotalMemoryUsed) + (ulong)Words.RawmallocedTotalSize);

    /// <summary>threshold_reached: as upstream, in doubles.</summary>
    public bool ThresholdReached(long extra) => Words.NextMajorCollectionThreshold - TotalMemoryUsed < extra;

    public void Event(EventKind kind, ulong a, ulong b = 0, ulong c = 0, ulong d = 0, int site = 0) => Process.Event(kind, a, b, c, d, site);

    public int Site(string name) => Process.Site(name);

    public Fault Fault(string name) => Process.Fault(name);

    /// <summary>Ends the run with one of upstream's assertions.</summary>
    public void Assert(bool holds, string site, Address about)
    {
        if (!holds)
            throw Process.Assertion(site, about);
    }
}
