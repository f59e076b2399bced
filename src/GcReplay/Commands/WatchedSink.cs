using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Commands;

/// <summary>Tells how far a run is, once for each block.</summary>
internal sealed class WatchedSink(IBlockSink sink, Action<long> report) : IBlockSink
{
    public EventBlock Take(EventBlock block, AddressSpace state)
    {
        report(block.LastEvent);
        return sink.Take(block, state);
    }
}
