namespace GcReplay.Heaps.Sanitizers;

/// <summary>How often sanitizers are still asked in a heap that is corrupt. There almost everything is suspected, and each suspicion costs
/// a look at the whole heap: those that find nothing are bounded, and then become rarer and rarer.</summary>
/// <remarks>Only what comes behind the first corrupt event can be found late. It counts objects, not time: the same run is asked at the
/// same events everywhere.</remarks>
internal sealed class Patience(int sanitizers)
{
    /// <summary>Objects that may be looked at in vain before questions become rare: about a second, and more than a small heap ever asks for.</summary>
    private const long ObjectsMax = 1 << 22;

    private readonly long[] pauses = new long[sanitizers];
    private readonly long[] left = new long[sanitizers];
    private readonly long[] rareSince = new long[sanitizers];
    private long objectsSeen;

    /// <summary>Whether a sanitizer is not to be asked this time. Each question counts.</summary>
    public bool Skips(int sanitizer) => left[sanitizer] > 0 && left[sanitizer]-- > 0;

    /// <summary>The event at which a sanitizer began to be asked only now and then; 0 when it is asked always.</summary>
    public long RareSince(int sanitizer) => rareSince[sanitizer];

    /// <summary>A look at so many objects found nothing.</summary>
    public void LookedInVain(int sanitizer, long number, int objects)
    {
        objectsSeen += objects;
        if (objectsSeen <= ObjectsMax)
            return;
        if (rareSince[sanitizer] == 0)
            rareSince[sanitizer] = number;
        left[sanitizer] = pauses[sanitizer] = Math.Max(1, pauses[sanitizer] * 2);
    }
}
