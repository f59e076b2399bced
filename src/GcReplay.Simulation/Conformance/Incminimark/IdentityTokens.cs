using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Tokens of ids, in the order in which objects were first asked for theirs. An id is an address: the same whenever the object
/// is asked again, no other living object's, and where the object is once it has left the nursery.</summary>
internal sealed class IdentityTokens(HeapView view, Identities identities, Func<Address, bool> isInNursery)
{
    private readonly Dictionary<long, (int Token, ulong Id)> tokens = [];

    /// <summary>The token of an object that gave an id; null when it gave another one before, or another living object has the same.</summary>
    public int? Take(long identity, ulong id)
    {
        if (tokens.TryGetValue(identity, out var known))
            return known.Id == id ? known.Token : null;
        // order: whether there is one
        if (tokens.Any(other => other.Value.Id == id && identities.IsAlive(other.Key)))
            return null;
        tokens.Add(identity, (tokens.Count, id));
        return tokens[identity].Token;
    }

    /// <summary>Whether every living object that has an id is there, or still in the nursery.</summary>
    public bool HaveKeptTheirPlaces()
    {
        // order: whether all are
        foreach (var (identity, (_, id)) in tokens)
        {
            if (identities.IsAlive(identity) && view.Shadow.Object(Identities.NumberOf(identity))!.Value.Address is var address
                && address.Value != id && !isInNursery(address))
                return false;
        }

        return true;
    }
}
