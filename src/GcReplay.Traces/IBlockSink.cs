using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces;

/// <summary>Takes the events of a run, block by block: the trace file's writer, a comparison with a recorded trace, a list in a test.</summary>
public interface IBlockSink
{
    /// <summary>Takes a full block (or the last, shorter one) and gives an empty one to go on with, its FirstEvent set.</summary>
    /// <param name="block">Belongs to the sink from now on.</param>
    /// <param name="state">The state after the block's last event, for a checkpoint. Not to be changed or kept.</param>
    EventBlock Take(EventBlock block, AddressSpace state);
}
