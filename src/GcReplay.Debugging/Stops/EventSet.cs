namespace GcReplay.Debugging.Stops;

/// <summary>Numbers of events, as one bit for each event of the trace.</summary>
public sealed class EventSet(long events)
{
    private readonly ulong[] bits = new ulong[(events >> 6) + 1];

    public void Add(long number) => bits[number >> 6] |= 1UL << (int)(number & 63);

    /// <summary>Whether any event from <paramref name="first"/> to <paramref name="last"/> is in it. Cost: one word for 64 events.</summary>
    public bool ContainsAny(long first, long last)
    {
        for (var number = first; number <= last; number = (number | 63) + 1)
        {
            var word = bits[number >> 6] & ulong.MaxValue << (int)(number & 63);
            if (last >> 6 == number >> 6)
                word &= ulong.MaxValue >> (int)(63 - (last & 63));
            if (word != 0)
                return true;
        }

        return false;
    }

    public bool Contains(long number) => (bits[number >> 6] >> (int)(number & 63) & 1) != 0;
}
