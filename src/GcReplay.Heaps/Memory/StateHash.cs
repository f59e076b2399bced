using System.Runtime.CompilerServices;

namespace GcReplay.Heaps.Memory;

/// <summary>The hash that identifies a whole state: a sum of <see cref="Mix"/> over all words, so that one write changes it in
/// constant time and the order of writes does not matter.</summary>
public static class StateHash
{
    /// <summary>What one word adds to the state hash. Zero words add nothing, so that untouched memory costs nothing.</summary>
    /// <remarks>Arithmetic is modulo 2^64. Source: the finaliser is MurmurHash3's fmix64.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong address, ulong word)
    {
        if (word == 0)
            return 0;
        unchecked
        {
            var h = (word * 0x9E3779B97F4A7C15UL) ^ ((address + 0x632BE59BD9B4E019UL) * 0xD6E8FEB86659FD93UL);
            return Finish(h);
        }
    }

    /// <summary>A well-mixed value of two words; the building block of addresses of choices.</summary>
    public static ulong Combine(ulong left, ulong right)
    {
        unchecked
        {
            return Finish((left * 0x9E3779B97F4A7C15UL) + right + 0x2545F4914F6CDD1DUL);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Finish(ulong h)
    {
        unchecked
        {
            h ^= h >> 33;
            h *= 0xFF51AFD7ED558CCDUL;
            h ^= h >> 33;
            h *= 0xC4CEB9FE1A85EC53UL;
            return h ^ (h >> 33);
        }
    }
}
