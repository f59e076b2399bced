using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>The GC state of each interpreter, or the one they share: how it begins, and what its end does to objects that are still on
/// its lists. The revisions differ here.</summary>
/// <remarks>Source: Modules/gcmodule.c _PyGC_InitState, _PyGC_Fini; Python/pylifecycle.c Py_EndInterpreter.</remarks>
internal sealed class InterpreterStates(
    CPython39Collector collector, Process process, GcLists lists, CPython39Revision revision, Address statics,
    IReadOnlyDictionary<string, string> parameters, GarbageList garbageList)
{
    private readonly Fault undo1a4d1c1 = process.Fault(CPython39Faults.Undo1a4d1c1);
    private readonly Fault undoGh92036 = process.Fault(CPython39Faults.UndoGh92036);
    private readonly Fault undoGh116510 = process.Fault(CPython39Faults.UndoGh116510);

    public ulong StructBytes => (ulong)revision.InterpreterBytes;

    /// <summary>Generation 0's head of the GC state of an interpreter.</summary>
    public Address Of(Address interpreter) =>
        revision.KeepsStatePerInterpreter ? interpreter + revision.StateOffset : statics + StaticWords.SharedState;

    public void SetUpShared()
    {
        if (!revision.KeepsStatePerInterpreter)
            Init(Of(Address.Null));
    }

    public void Begin(Address interpreter)
    {
        if (revision.KeepsStatePerInterpreter)
            Init(Of(interpreter));
    }

    /// <summary>_PyGC_Fini, for an interpreter whose garbage was collected.</summary>
    public void End(Address interpreter)
    {
        if (!revision.KeepsStatePerInterpreter)
            return;
        var state = Of(interpreter);
        garbageList.Drop(state);
        for (var i = 0; i < GcState.Generations; i++)
        {
            var head = state + i * GcState.GenerationBytes;
            if (revision.UntracksAtInterpreterEnd && !undo1a4d1c1.Strikes())
                UntrackSurvivors(head);
            if (revision.UnlinksHeadsAtInterpreterEnd && !undoGh116510.Strikes())
                lists.Behead(head, process.Site("unlink-head-at-end"));
        }

        // Frozen objects were forgotten by the fixes before.
        if (revision.UnlinksHeadsAtInterpreterEnd)
            lists.Behead(state + GcState.Permanent, process.Site("unlink-head-at-end"));
    }

    private void UntrackSurvivors(Address head)
    {
        for (var node = lists.NextOf(head); node != head; node = lists.NextOf(head))
        {
            var reference = GcLists.ObjectOf(node);
            lists.Untrack(reference, process.Site("untrack-at-end"));
            if (revision.LeaksSurvivorsAtInterpreterEnd && !undoGh92036.Strikes())
                collector.Retain(reference, Address.Null);
        }
    }

    private void Init(Address state)
    {
        uint[] thresholds = [Setting("gc.threshold0", 700), Setting("gc.threshold1", 10), Setting("gc.threshold2", 10)];
        // Smaller first thresholds than the real one, too: they bring collections that a small program would never see.
        uint[] perturbed = [thresholds[0], 1, 7, 50];
        thresholds[0] = perturbed[process.Choices.Choose(perturbed.Length, "gc.threshold0")];
        for (var i = 0; i < GcState.Generations; i++)
        {
            lists.Init(state + i * GcState.GenerationBytes);
            process.Journal.Write(state + (i * GcState.GenerationBytes) + GcState.ThresholdAndCount, thresholds[i]);
        }

        lists.Init(state + GcState.Permanent);
        process.Event(EventKind.Counters, state.Value);
        process.Journal.Write(state + GcState.Generation0, state.Value);
        collector.SetHalf(state + GcState.NestingAndEnabled, true, parameters.GetValueOrDefault("gc.enabled", "on") == "on" ? 1U : 0);
    }

    private uint Setting(string key, uint otherwise) =>
        parameters.TryGetValue(key, out var text) ? uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
