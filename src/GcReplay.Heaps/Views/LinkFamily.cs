using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>One way in which objects are linked into lists: where the link words lie and which of their bits are no address. All
/// lists of a collector that its objects can move between are of one family.</summary>
public sealed record LinkFamily(int NextOffset, int PrevOffset, int NodeToObject, ulong TagMask, bool IsCircular)
{
    public Address NodeOf(Address objectAddress) => objectAddress - NodeToObject;

    public Address ObjectOf(Address node) => node + NodeToObject;

    public Address Address(ulong linkWord) => new(linkWord & ~TagMask);

    internal static LinkFamily Of(LinkedList list) =>
        new(list.NextOffset, list.PrevOffset, list.NodeToObject, list.TagMask, list.IsCircular);

    internal static LinkFamily[] Of(Layout layout) =>
        [.. layout.Structs.SelectMany(s => s.Containers).OfType<LinkedList>().Select(Of).Distinct()];
}
