using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>A struct of the runtime in memory: an interpreter's state, a thread, a collection record.</summary>
/// <param name="Name">As a user names it: <c>main</c>, <c>sub.collection</c>; at one position unique among
/// threads and among all others.</param>
/// <param name="HasEnded">Whether its memory was freed: its words are what the allocator left of them.</param>
/// <param name="Interpreter">Index of the interpreter it is or belongs to; null for what belongs to the whole process.</param>
public sealed record StructInstance(StructLayout Layout, Address Address, string Name, bool HasEnded, int? Interpreter)
{
    public StructRole Role => Layout.Role;

    /// <summary>The bytes it covers; at least one word where the layout leaves the size open.</summary>
    public bool Covers(Address address) => address >= Address && address < Address + Math.Max(Layout.Size, 8);
}

/// <summary>The interpreter whose list holds an object: what an untrack follows, not who allocated it.</summary>
/// <param name="Interpreter">Index into <see cref="Layout.Interpreters"/>.</param>
/// <param name="IsDestroyed">Whether the struct with the list's head was freed.</param>
public readonly record struct Owner(int Interpreter, bool IsDestroyed);
