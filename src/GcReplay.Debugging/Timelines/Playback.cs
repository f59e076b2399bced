using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Timelines;

/// <summary>Applies recorded events to a state and takes them back: the inner loops of every move.</summary>
internal sealed class Playback(AddressSpace space, Shadow shadow)
{
    /// <summary>Kinds from which the shadow derives something.</summary>
    private static readonly ulong ShadowKinds = Mask(
        EventKind.OperationBegin, EventKind.OperationEnd, EventKind.CollectionBegin, EventKind.CollectionEnd,
        EventKind.PhaseBegin, EventKind.PhaseEnd, EventKind.ScriptBegin, EventKind.ScriptEnd,
        EventKind.Map, EventKind.Unmap, EventKind.Allocate, EventKind.Free, EventKind.Move, EventKind.ThreadSwitch);

    /// <summary>The event that is being applied or taken back: named when it turns out to be impossible.</summary>
    public long At { get; private set; }

    /// <summary>Applies the events [from, end) of a block.</summary>
    public void Forward(EventBlock block, int from, int end)
    {
        var change = block.ChangeStart(from);
        for (var i = from; i < end; i++)
        {
            At = block.FirstEvent + i;
            var kind = block.Kinds[i];
            // A fresh mapping is the one event whose own words lie in pages that exist only after it.
            if (kind == (byte)EventKind.Map)
                shadow.Apply(At, block[i]);
            for (var changeEnd = block.ChangeEnds[i]; change < changeEnd; change++)
                Flip(block.ChangeAddresses[change], block.ChangeXors[change]);
            if ((ShadowKinds >> kind & 1) != 0 && kind != (byte)EventKind.Map)
                shadow.Apply(At, block[i]);
        }
    }

    /// <summary>Takes the events [from, end) of a block back, last first.</summary>
    public void Backward(EventBlock block, int from, int end)
    {
        var change = block.ChangeEnds[end - 1] - 1;
        for (var i = end - 1; i >= from; i--)
        {
            At = block.FirstEvent + i;
            var kind = block.Kinds[i];
            if ((ShadowKinds >> kind & 1) != 0 && kind != (byte)EventKind.Map)
                shadow.Revert(block[i]);
            for (var start = block.ChangeStart(i); change >= start; change--)
                Flip(block.ChangeAddresses[change], block.ChangeXors[change]);
            if (kind == (byte)EventKind.Map)
                shadow.Revert(block[i]);
        }
    }

    private static ulong Mask(params EventKind[] kinds) => kinds.Aggregate(0UL, (mask, kind) => mask | 1UL << (int)kind);

    private void Flip(ulong address, ulong xor)
    {
        if (address < Windows.ProcessEnd)
            space.Xor(new Address(address), xor);
        else
            shadow.Poke(new Address(address), space.Peek(new Address(address)) ^ xor);
    }
}
