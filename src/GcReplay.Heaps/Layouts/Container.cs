namespace GcReplay.Heaps.Layouts;

/// <summary>A container of objects, or of facts about objects, inside a struct. The set is closed: each has one view that reads
/// it from words.</summary>
/// <param name="Name">As upstream calls it; conditions and <c>list NAME</c> use it.</param>
/// <param name="Offset">Bytes from the struct's address (from the object's address for one inside objects).</param>
public abstract record Container(string Name, int Offset);

/// <summary>A linked list whose nodes are parts of objects.</summary>
/// <param name="Offset">Of the head.</param>
/// <param name="NextOffset">From a node (and from the head) to its next word.</param>
/// <param name="PrevOffset">From a node to its prev word; -1 when singly linked.</param>
/// <param name="NodeToObject">Bytes from a node to its object.</param>
/// <param name="TagMask">Bits of a link word that are no address.</param>
/// <param name="IsCircular">Whether the head is a node of the ring (the last next names the head); otherwise 0 ends the list.</param>
/// <param name="PrevInvalidIn">Phases in which the prev words of a held list are no links (names of <see cref="Layout.Phases"/>).</param>
public sealed record LinkedList(
    string Name, int Offset, int NextOffset, int PrevOffset, int NodeToObject, ulong TagMask, bool IsCircular,
    System.Collections.Immutable.ImmutableArray<string> PrevInvalidIn) : Container(Name, Offset)
{
    /// <summary>Phases when they begin the members are what a collection takes for garbage: no other object that goes on living, and no root,
    /// refers to one (names of <see cref="Layout.Phases"/>).</summary>
    public System.Collections.Immutable.ImmutableArray<string> GarbageAt { get; init; } = [];
}

/// <summary>Consecutive words: a count and items.</summary>
/// <param name="Offset">Of the first item, or of the pointer to it.</param>
/// <param name="IsIndirect">Whether the word at the offset points at the first item.</param>
/// <param name="CountField">Field of the same struct that holds the number of items; empty: <paramref name="Count"/> items.</param>
/// <param name="ItemRole">What an item is. Owned items of a struct that is no object are roots.</param>
/// <param name="ItemStruct">For items that are pointers, the struct pointed at.</param>
public sealed record Vector(
    string Name, int Offset, bool IsIndirect, string CountField, int Count, FieldRole ItemRole, string ItemStruct = "")
    : Container(Name, Offset);

/// <summary>A stack of chunks (RPython's AddressStack): the word at the offset points at the newest chunk, which holds a pointer to
/// the chunk before it, then items.</summary>
/// <param name="CountField">Field with the number of items in the newest chunk; older chunks are full.</param>
/// <param name="ItemsPerChunk">Items of a full chunk.</param>
public sealed record ChunkedStack(string Name, int Offset, string CountField, int ItemsPerChunk) : Container(Name, Offset);

/// <summary>A deque of chunks (RPython's AddressDeque): words at the offset point at the oldest and the newest chunk; a chunk holds
/// a pointer to the next newer chunk, then items.</summary>
/// <param name="FirstField">Field with the index of the first item in the oldest chunk.</param>
/// <param name="EndField">Field with the index behind the last item in the newest chunk.</param>
public sealed record ChunkedDeque(string Name, int Offset, string FirstField, string EndField, int ItemsPerChunk) : Container(Name, Offset);

/// <summary>A ring buffer: the word at the offset points at the items.</summary>
/// <param name="StartField">Field with the index of the first item.</param>
/// <param name="CountField">Field with the number of items.</param>
/// <param name="CapacityField">Field with the number of places.</param>
public sealed record Ring(string Name, int Offset, string StartField, string CountField, string CapacityField) : Container(Name, Offset);

/// <summary>A hash map with open addressing: the word at the offset points at pairs of key and value words; a key of 0 is an empty
/// place, a key of 1 a deleted one.</summary>
/// <param name="CapacityField">Field with the number of places.</param>
public sealed record Map(string Name, int Offset, string CapacityField, FieldRole KeyRole, FieldRole ValueRole) : Container(Name, Offset);

/// <summary>A bitmap by address: the word at the offset points at it; bit k stands for the granule at base + k × granule.</summary>
/// <param name="BaseField">Field with the first address covered.</param>
/// <param name="BytesField">Field with the number of bytes covered.</param>
/// <param name="GranuleBytes">Bytes of memory for each bit.</param>
public sealed record Bitmap(string Name, int Offset, string BaseField, string BytesField, int GranuleBytes) : Container(Name, Offset);

/// <summary>One bit for each object of a page or block, at the block's head: bit k stands for the k-th object.</summary>
/// <param name="FirstObject">Bytes from the struct to the first object.</param>
/// <param name="SizeField">Field with the size of an object in bytes.</param>
/// <param name="CountField">Field with the number of objects.</param>
public sealed record ObjectBits(string Name, int Offset, int FirstObject, string SizeField, string CountField) : Container(Name, Offset);

/// <summary>Bits by range of indexes of an array object (cards), at an offset that may be negative and may grow downwards.</summary>
/// <param name="LengthField">Field of the object with its number of items.</param>
/// <param name="ItemsPerBit">Items for each bit.</param>
/// <param name="GrowsDown">Whether byte k lies at offset - k instead of offset + k.</param>
/// <param name="When">The object has these bits only when the condition holds.</param>
public sealed record CardBits(string Name, int Offset, string LengthField, int ItemsPerBit, bool GrowsDown, Condition When) : Container(Name, Offset);

/// <summary>Words shown as they are.</summary>
public sealed record RawWords(string Name, int Offset, int Count) : Container(Name, Offset);
