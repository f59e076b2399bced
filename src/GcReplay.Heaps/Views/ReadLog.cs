using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What an answer was read from: it stands as long as these words, the cells around them and around what they name, and the
/// membership of these objects stay the same.</summary>
public sealed class ReadLog
{
    /// <summary>Every word read, by address; null for one that could not be read.</summary>
    public Dictionary<ulong, ulong?> Words { get; } = [];

    /// <summary>Addresses of objects whose list the membership index told.</summary>
    public HashSet<ulong> Members { get; } = [];

    /// <summary>Whether all living objects were looked through: any birth or death may matter.</summary>
    public bool AskedForAll { get; internal set; }

    internal void Add(Address address, ulong? word) => Words[address.Value] = word;

    internal void Add(ReadLog other)
    {
        // order: each into its own place.
        foreach (var (address, word) in other.Words)
            Words[address] = word;
        Members.UnionWith(other.Members);
        AskedForAll |= other.AskedForAll;
    }
}
