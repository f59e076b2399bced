using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>An invariant is broken. Attached to the event after which that is so; it is no event itself.</summary>
/// <param name="Code">Name of the sanitizer.</param>
/// <param name="Message">Fact, names, likely cause.</param>
/// <param name="About">Where: an object, a list's head, a word.</param>
/// <param name="Object">Birth number of the object it is about; 0 when it is about none.</param>
/// <param name="List">Full name of the list it is about; empty when it is about none.</param>
/// <param name="ObjectType">Kind of the object, for signatures; empty when there is none.</param>
public sealed record Violation(
    string Code, long Event, string Message, Address About, ulong Object = 0, string List = "", string ObjectType = "")
{
    /// <summary>Phase of the heap, or of the object's list, for signatures; empty outside a collection.</summary>
    public string Phase { get; init; } = "";
}
