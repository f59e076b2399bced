using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>Chunks of memory for stacks and deques. What is given back is kept for the next one that asks.</summary>
/// <remarks>Source: rpython/memory/support.py, get_chunk_manager. Chunks lie in a range of their own, so that they never change where
/// objects lie.</remarks>
internal sealed class ChunkPool(Journal journal, Address statics)
{
    /// <summary>Items of a chunk, behind the word that links it to the next.</summary>
    public const int ItemsPerChunk = 1019;

    private const long ChunkBytes = 8192;
    private const ulong MappedAtOnce = 0x4_0000;

    private Address Unused => statics + GcField.UnusedChunks;

    private Address End => statics + GcField.ChunksEnd;

    private Address Mapped => statics + GcField.ChunksMapped;

    /// <summary>Writes where chunks begin, in the open event.</summary>
    public void SetUp()
    {
        journal.WriteOwn(End, IncminimarkRegions.Chunks.Value);
        journal.WriteOwn(Mapped, IncminimarkRegions.Chunks.Value);
    }

    /// <summary>Sees to it that the next chunk is there; may open a Map event.</summary>
    public void Prepare()
    {
        if (journal.ReadOwn(Unused) != 0 || journal.ReadOwn(End) != journal.ReadOwn(Mapped))
            return;
        var end = new Address(journal.ReadOwn(End));
        journal.Map(end, MappedAtOnce);
        journal.WriteOwn(Mapped, end.Value + MappedAtOnce);
    }

    /// <summary>Takes a chunk, in the open event.</summary>
    public Address Take()
    {
        var chunk = new Address(journal.ReadOwn(Unused));
        if (!chunk.IsNull)
        {
            journal.WriteOwn(Unused, journal.ReadOwn(chunk));
            return chunk;
        }

        chunk = new Address(journal.ReadOwn(End));
        journal.WriteOwn(End, (chunk + ChunkBytes).Value);
        return chunk;
    }

    /// <summary>Gives a chunk back, in the open event.</summary>
    public void GiveBack(Address chunk)
    {
        journal.WriteOwn(chunk, journal.ReadOwn(Unused));
        journal.WriteOwn(Unused, chunk.Value);
    }
}
