using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Benchmarks;

/// <summary>A trace whose every event must be played: jumping to a checkpoint would measure something else.</summary>
internal sealed class WithoutCheckpoints(ITraceSource trace) : WrappedTrace(trace)
{
    public override IReadOnlyList<long> Checkpoints => [];

    public override void LoadCheckpoint(int index, AddressSpace into) => throw new InvalidOperationException("there is none");
}
