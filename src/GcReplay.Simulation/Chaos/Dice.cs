using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Chaos;

/// <summary>Draws numbers from a seed: the n-th draw is a hash of seed and n, so that two dice with one seed draw the same.</summary>
public sealed class Dice(ulong seed)
{
    private ulong drawn;

    public ulong Next() => StateHash.Combine(seed, unchecked(drawn++));

    /// <summary>From 0 to <paramref name="n"/> - 1.</summary>
    public int Below(int n) => Share(Next(), n);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True once in <paramref name="n"/> draws.</summary>
    public bool OneIn(int n) => Below(n) == 0;

    public T Of<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>An index, as often as its weight says.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
            total += weight;
        var left = Below(total);
        for (var i = 0; ; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
    }

    /// <summary>A well-mixed word as a number below <paramref name="n"/>.</summary>
    /// <remarks>High bits of a 128-bit product: no modulo bias worth a retry for the small n used here.</remarks>
    internal static int Share(ulong hash, int n) => (int)Math.BigMul(hash, (ulong)n, out _);
}
