namespace GcReplay.Benchmarks;

/// <summary>A program that builds a large heap and then works in it: objects of four sizes in a ring that a cursor goes round, old
/// objects replaced, cycles given up, so that every generation and the full collection have their part.</summary>
internal static class LargeHeap
{
    private const int ObjectsInGroup = 4;

    /// <summary>512 bytes each in cpython39.</summary>
    private const int FullGroups = 140_000;
    private const int FullRounds = 520_000;
    private const int QuickGroups = 12_000;
    private const int QuickRounds = 24_000;

    public static Workload Workload(string collector, bool isQuick)
    {
        var (groups, rounds) = isQuick ? (QuickGroups, QuickRounds) : (FullGroups, FullRounds);
        return Workload(collector, groups * ObjectsInGroup, rounds);
    }

    /// <param name="rounds">Of work in the ring when it is built: ten operations each, two of them allocations.</param>
    public static Workload Workload(string collector, int objects, int rounds) =>
        Benchmarks.Workload.Of($"{objects:N0} objects, {collector}", Text(objects / ObjectsInGroup, rounds), collector);

    private static string Text(int groups, int rounds) => $$"""
        globals chain first a b c cursor spare
        thread main {
          first = new plain 6
          chain = copy first
          loop {{groups}} {
            a = new plain 6
            store a 0 chain
            chain = copy a
            b = new plain 30
            store chain 1 b
            store b 0 chain
            c = new leaf 0
            store chain 2 c
            c = new plain 12
            store b 1 c
            store c 0 chain
          }
          store first 0 chain
          cursor = copy chain
          loop {{rounds}} {
            cursor = load cursor 0
            a = load cursor 1
            store cursor 3 spare
            spare = new plain 6
            store spare 0 spare
            store a 2 spare
            b = new plain 4
            store a 3 b
            c = load a 1
            store c 1 cursor
          }
        }
        """;
}
