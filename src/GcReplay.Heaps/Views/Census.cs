using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>The living objects of one state, enumerated once for all checks, and the owned references between them.</summary>
public sealed class Census
{
    private readonly Dictionary<ulong, int> byAddress;
    private readonly int[] owned;

    internal Census(HeapView view)
    {
        Objects = [.. view.LiveEntries()];
        byAddress = new Dictionary<ulong, int>(Objects.Count);
        for (var i = 0; i < Objects.Count; i++)
            byAddress[Objects[i].Address.Value] = i;
        owned = new int[Objects.Count];
        var references = new List<Reference>();
        references.AddRange(view.StructReferences().Where(r => r.IsOwned));
        foreach (var entry in Objects)
            references.AddRange(view.References(entry).Where(r => r.IsOwned));
        foreach (var reference in references)
        {
            if (byAddress.TryGetValue(reference.Target.Value, out var i))
                owned[i]++;
        }

        OwnedReferences = references;
    }

    /// <summary>By ascending number.</summary>
    public IReadOnlyList<ObjectEntry> Objects { get; }

    /// <summary>Owned references in roots first, then in objects by ascending number.</summary>
    public IReadOnlyList<Reference> OwnedReferences { get; }

    /// <summary>Number of owned references to the object with an index in <see cref="Objects"/>.</summary>
    public int OwnedReferencesTo(int index) => owned[index];

    /// <summary>Index of the living object at exactly this address; -1 when there is none.</summary>
    public int IndexOf(Address address) => byAddress.GetValueOrDefault(address.Value, -1);
}
