using System.Collections.Immutable;

namespace GcReplay.Heaps.Layouts;

/// <summary>What a field's bits are.</summary>
public enum FieldRole
{
    Integer = 0,
    Flag,

    /// <summary>Number of owned references (CPython: ob_refcnt).</summary>
    ReferenceCount,

    /// <summary>The collector's own count, instead of what the field is otherwise (CPython: gc_refs in _gc_prev).</summary>
    CollectorCount,

    /// <summary>Index into <see cref="Layout.Types"/>.</summary>
    TypeId,

    /// <summary>Index into <see cref="Layout.Phases"/>.</summary>
    Phase,

    /// <summary>Index of an interpreter.</summary>
    InterpreterId,

    /// <summary>Index of a thread.</summary>
    ThreadId,

    /// <summary>Address of a struct named by the target; 0 for none. Followed to find instances.</summary>
    Pointer,

    /// <summary>Address of a list head that lies elsewhere: a collection record holds that list under the field's name.</summary>
    HeldList,

    /// <summary>Reference to an object that keeps it alive.</summary>
    Owned,

    /// <summary>Reference that keeps nothing alive: weakref targets, trashcan chains, cursors.</summary>
    Borrowed,

    /// <summary>Address of a list node (an object's list head words or a list head).</summary>
    Link,

    /// <summary>Any address.</summary>
    Address,

    /// <summary>A script of the program: its index in <see cref="Layout.Scripts"/> + 1; 0 for none.</summary>
    Script,

    /// <summary>Address of the next object in a chain that is no list of the collector (CPython: deaths that the trashcan puts off);
    /// keeps nothing alive.</summary>
    Chain,

    /// <summary>A number in IEEE 754's 64-bit format.</summary>
    Real,
}

/// <summary>A part of a struct: some bits of one word, and what they mean now.</summary>
/// <param name="Offset">Bytes from the struct's address to the word, a multiple of 8; negative in front of an object.</param>
/// <param name="Shift">Lowest bit.</param>
/// <param name="Width">Number of bits. The value of an address role is the word with all other bits cleared, not shifted.</param>
/// <param name="Meanings">The first whose condition holds counts; with none the bits are an integer.</param>
public sealed record Field(string Name, int Offset, int Shift, int Width, ImmutableArray<Meaning> Meanings)
{
    /// <summary>A whole word with one meaning.</summary>
    public static Field Word(string name, int offset, FieldRole role, string target = "") =>
        new(name, offset, 0, 64, [new Meaning(role, Condition.Always, target)]);

    /// <summary>Some bits with one meaning.</summary>
    public static Field Bits(string name, int offset, int shift, int width, FieldRole role = FieldRole.Integer) =>
        new(name, offset, shift, width, [new Meaning(role, Condition.Always)]);

    public static Field Flag(string name, int offset, int bit) => Bits(name, offset, bit, 1, FieldRole.Flag);

    /// <summary>The field's bits of its word: an address keeps its place, a number is shifted down.</summary>
    public ulong Extract(ulong word, FieldRole role)
    {
        var mask = Width == 64 ? ulong.MaxValue : (1UL << Width) - 1;
        return role is FieldRole.Pointer or FieldRole.HeldList or FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Address or FieldRole.Chain
            ? word & (mask << Shift)
            : word >> Shift & mask;
    }
}

/// <summary>A meaning of a field, and when it has it (CPython's <c>_gc_prev</c> is a link, a gc_refs count or a trashcan chain).</summary>
/// <param name="Target">For a pointer, the name of the struct pointed at.</param>
public sealed record Meaning(FieldRole Role, Condition When, string Target = "");

/// <summary>When a meaning or colour applies: every part that is given must hold. Closed on purpose: a layout is data.</summary>
/// <param name="FlagsSet">Names of fields of the object, mostly of one bit, that must not be 0.</param>
/// <param name="FlagsClear">Names of fields of the object, mostly of one bit, that must be 0.</param>
/// <param name="Phases">Phase of the collection record whose list holds the object must be one of these; empty: any.</param>
/// <param name="Lists">The object must be on a list or in a container of one of these names, or held under one of these names by a
/// collection record; empty: any.</param>
/// <param name="Regions">The object must lie in one of these regions; empty: anywhere.</param>
/// <param name="Epoch">Name of a field of the root or of a collection record whose value the object's bits named by
/// <paramref name="EpochField"/> must equal (collectors that flip the sense of their mark bit); empty: not asked.</param>
public sealed record Condition(
    ImmutableArray<string> FlagsSet,
    ImmutableArray<string> FlagsClear,
    ImmutableArray<string> Phases,
    ImmutableArray<string> Lists,
    ImmutableArray<string> Regions,
    string Epoch = "",
    string EpochField = "")
{
    public static readonly Condition Always = new([], [], [], [], []);

    /// <summary>Whether nothing is asked.</summary>
    public bool IsAlways =>
        FlagsSet.IsEmpty && FlagsClear.IsEmpty && Phases.IsEmpty && Lists.IsEmpty && Regions.IsEmpty && Epoch.Length == 0 && EpochField.Length == 0;

    public static Condition WhenSet(params string[] flags) => Always with { FlagsSet = [.. flags] };

    public static Condition WhenOn(params string[] lists) => Always with { Lists = [.. lists] };

    public static Condition InPhase(params string[] phases) => Always with { Phases = [.. phases] };

    public static Condition InRegion(params string[] regions) => Always with { Regions = [.. regions] };
}
