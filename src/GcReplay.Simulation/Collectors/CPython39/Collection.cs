using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>One run of the cyclic collector, from the choice of a generation to the statistics.</summary>
/// <remarks>Source: Modules/gcmodule.c collect_generations, collect, untrack_tuples, untrack_dicts, handle_resurrected_objects of 3.9.
/// Scripts may run other threads in between: what a collection needs, it keeps in its record.</remarks>
internal sealed class Collection(
    CPython39Collector collector, Process process, GcLists lists, PhaseSpans phases, Reachability reachability, Garbage garbage, Tuples tuples, Dicts dicts,
    FreeLists freeLists)
{
    /// <summary>gc.collect(generation): 0 when a collection is running in this interpreter.</summary>
    public ulong Collect(int generation, bool isAutomatic, int site = 0)
    {
        var state = collector.State;
        if (process.Journal.Read(state + GcState.Collecting) != 0)
            return 0;
        var (record, begin) = Begin(state, generation, isAutomatic, site);
        var (collected, uncollectable) = Run(state, record, generation);
        process.Event(EventKind.CollectionEnd, (ulong)begin, collected, uncollectable);
        process.Journal.Write(state + GcState.Collecting, 0);
        process.Journal.WriteOwn(process.Thread + RuntimeWords.Thread.Collection, process.Journal.ReadOwn(record + RecordWords.Outer));
        process.PopCStack(record);
        return collected + uncollectable;
    }

    /// <summary>collect_generations: the oldest generation whose count is above its threshold, unless the long-lived rule puts a
    /// full collection off.</summary>
    public void CollectGenerations()
    {
        var state = collector.State;
        for (var i = GcState.Generations - 1; i >= 0; i--)
        {
            var word = Generation(state, i) + GcState.ThresholdAndCount;
            if (collector.Half(word, true) <= collector.Half(word, false))
                continue;
            if (i == GcState.Generations - 1 && IsPutOff(state))
                continue;
            Collect(i, isAutomatic: true, process.Site("generation-over-threshold"));
            return;
        }
    }

    private static Address Generation(Address state, int generation) => state + generation * GcState.GenerationBytes;

    private bool IsPutOff(Address state) =>
        process.Journal.Read(state + GcState.LongLivedPending) < process.Journal.Read(state + GcState.LongLivedTotal) / 4;

    private (Address Record, long Event) Begin(Address state, int generation, bool isAutomatic, int site)
    {
        var interpreter = process.InterpreterId(process.Interpreter);
        var thread = process.Thread;
        var top = process.CStackTop.Value;
        process.Event(EventKind.CollectionBegin, (ulong)generation, (ulong)interpreter, top, isAutomatic ? 1UL : 0, site);
        var begin = process.Journal.LastEvent;
        var record = process.PushCStack(RecordWords.Bytes);
        var journal = process.Journal;
        journal.WriteOwn(record + RecordWords.Interpreter, (ulong)interpreter);
        journal.WriteOwn(record + RecordWords.Generation, (ulong)generation);
        journal.WriteOwn(record + RecordWords.Outer, journal.ReadOwn(thread + RuntimeWords.Thread.Collection));
        journal.WriteOwn(thread + RuntimeWords.Thread.Collection, record.Value);
        journal.Write(state + GcState.Collecting, 1);
        foreach (var list in (int[])
            [RecordWords.Unreachable, RecordWords.FinalUnreachable, RecordWords.Finalizers, RecordWords.Callbacks, RecordWords.Seen])
            lists.Init(record + list);
        return (record, begin);
    }

    private (ulong Collected, ulong Uncollectable) Run(Address state, Address record, int generation)
    {
        var young = Generation(state, generation);
        var isOldest = generation == GcState.Generations - 1;
        var old = isOldest ? young : Generation(state, generation + 1);
        var unreachable = record + RecordWords.Unreachable;
        var final = record + RecordWords.FinalUnreachable;
        var finalizers = record + RecordWords.Finalizers;
        phases.Run(record, Phase.MergeYounger, () => MergeYounger(state, record, generation, young, old));
        reachability.Deduce(record, RecordWords.Young, young, unreachable, Phase.UpdateRefs);
        phases.Run(record, Phase.UntrackContainers, () => Age(state, generation, young, old));
        phases.Run(record, Phase.LegacyFinalizers, () => garbage.MoveLegacyFinalizers(record, unreachable, finalizers));
        var collected = 0UL;
        phases.Run(record, Phase.HandleWeakrefs, () => collected = garbage.HandleWeakrefs(unreachable, record + RecordWords.Callbacks, old));
        phases.Run(record, Phase.FinalizeGarbage, () => garbage.Finalize(record, unreachable, record + RecordWords.Seen));
        // handle_resurrected_objects: what is reachable now, a finalizer brought back.
        garbage.ClearCollecting(unreachable);
        reachability.Deduce(record, RecordWords.Resurrecting, unreachable, final, Phase.UpdateRefsAgain);
        garbage.ClearUnreachableMask(final);
        lists.Merge(unreachable, old);
        collected += lists.Length(final);
        phases.Run(record, Phase.DeleteGarbage, () => garbage.Delete(record, final, old));
        var uncollectable = 0UL;
        phases.Run(record, Phase.HandleLegacyFinalizers, () => uncollectable = garbage.HandleLegacyFinalizers(state, finalizers, old));
        if (isOldest)
            freeLists.Clear();
        CountStatistics(state, generation, collected, uncollectable);
        return (collected, uncollectable);
    }

    private void MergeYounger(Address state, Address record, int generation, Address young, Address old)
    {
        process.Journal.WriteOwn(record + RecordWords.Young, young.Value);
        process.Journal.WriteOwn(record + RecordWords.Old, old.Value);
        process.Event(EventKind.Counters, state.Value);
        if (generation + 1 < GcState.Generations)
        {
            var above = Generation(state, generation + 1) + GcState.ThresholdAndCount;
            collector.SetHalf(above, true, unchecked(collector.Half(above, true) + 1));
        }

        for (var i = 0; i <= generation; i++)
            collector.SetHalf(Generation(state, i) + GcState.ThresholdAndCount, true, 0);
        for (var i = 0; i < generation; i++)
            lists.Merge(Generation(state, i), young);
    }

    /// <summary>Tuples that can not be part of a cycle leave the lists, in a full collection also dicts; the other survivors join the
    /// older generation, or become the long-lived ones.</summary>
    private void Age(Address state, int generation, Address young, Address old)
    {
        Untrack(young, Kind.Tuple);
        if (young == old)
        {
            Untrack(young, Kind.Dict);
            process.Event(EventKind.Counters, state.Value);
            process.Journal.Write(state + GcState.LongLivedPending, 0);
            process.Journal.Write(state + GcState.LongLivedTotal, lists.Length(young));
            return;
        }

        if (generation == GcState.Generations - 2)
        {
            process.Event(EventKind.Counters, state.Value);
            process.Journal.Write(state + GcState.LongLivedPending, unchecked(process.Journal.Read(state + GcState.LongLivedPending) + lists.Length(young)));
        }

        lists.Merge(young, old);
    }

    private void Untrack(Address young, Kind kind)
    {
        for (Address node = lists.NextOf(young), next; node != young; node = next)
        {
            next = lists.NextOf(node);
            var reference = GcLists.ObjectOf(node);
            if (collector.KindOf(reference) == kind && (kind == Kind.Tuple ? tuples.CanUntrack(reference) : dicts.CanUntrack(reference)))
                lists.Untrack(reference, process.Site(kind == Kind.Tuple ? "untrack-tuple" : "untrack-dict"));
        }
    }

    private void CountStatistics(Address state, int generation, ulong collected, ulong uncollectable)
    {
        process.Event(EventKind.Counters, state.Value);
        var at = state + GcState.Statistics + generation * GcState.StatisticsBytes;
        process.Journal.Write(at, unchecked(process.Journal.Read(at) + 1));
        process.Journal.Write(at + 8, unchecked(process.Journal.Read(at + 8) + collected));
        process.Journal.Write(at + 16, unchecked(process.Journal.Read(at + 16) + uncollectable));
    }
}
