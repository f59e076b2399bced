namespace GcReplay.Debugging.Stops;

/// <summary>Numbers of events, as one bit for each event of the trace.</summary>
public sealed class EventSet(long events)
{
    private readonly ulong[] bits = new ulong[(events >> 6) + 1];

    public void Add(long number) => bits[number >> 6] |= 1UL << (int)(number & 63);

    public bool Contains(long number) => (bits[number >> 6] >> (int)(number & 63) & 1) != 0;
}
