using GcReplay.Heaps.Events;

namespace GcReplay.Tests.Debugging;

/// <summary>Small runs that tests and transcripts tell about.</summary>
internal static class HandMadeStories
{
    /// <summary>Two threads: main stores into a cache, collects, and touches an object it freed; worker drops one in between.</summary>
    public static HandMadeTrace SmallRun()
    {
        var trace = new HandMadeTrace();
        trace.MapArena();
        trace.Begin(EventKind.OperationBegin, 0);
        var cache = trace.New(nameId: 1);
        trace.End();
        trace.Begin(EventKind.OperationBegin, 1);
        var key = trace.New(nameId: 2);
        trace.Store(cache, 0, key);
        trace.End();
        trace.Begin(EventKind.OperationBegin, 2);
        trace.Begin(EventKind.CollectionBegin);
        trace.Begin(EventKind.PhaseBegin, 1);
        trace.Add(EventKind.Visit, cache.Address.Value, cache.Slot(0).Value, key.Address.Value, 1);
        trace.Add(EventKind.ThreadSwitch, 0, 1);
        trace.Begin(EventKind.OperationBegin, 3, thread: 1);
        trace.Store(cache, 1, key, thread: 1);
        trace.End(thread: 1);
        trace.Add(EventKind.ThreadSwitch, 1, 0, thread: 1);
        trace.Add(EventKind.Mark, key.Address.Value);
        trace.End();
        trace.Begin(EventKind.PhaseBegin, 2);
        trace.Free(key);
        trace.End();
        trace.End();
        trace.End();
        trace.Begin(EventKind.OperationBegin, 1);
        trace.Store(key, 0, cache);
        trace.Store(cache, 0, null);
        trace.End();
        return trace.Done();
    }
}
