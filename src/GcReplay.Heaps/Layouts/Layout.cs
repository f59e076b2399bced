using System.Collections.Immutable;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Layouts;

/// <summary>What the words of a run mean, as plain data: it travels in the trace, so that a reader without the collector still
/// shows colours, lists and owners.</summary>
public sealed record Layout
{
    public required string Collector { get; init; }

    public required string Revision { get; init; }

    /// <summary>All structs, of the runtime and of objects. Found by name.</summary>
    public required ImmutableArray<StructLayout> Structs { get; init; }

    /// <summary>Kinds of object; an object's type id is an index into this.</summary>
    public required ImmutableArray<ObjectType> Types { get; init; }

    /// <summary>The one anchor: every other struct is reached from here by <see cref="FieldRole.Pointer"/> fields or containers
    /// of structs or, when it has ended, through the shadow's object table.</summary>
    public required Address Root { get; init; }

    /// <summary>Name of the struct at <see cref="Root"/>.</summary>
    public required string RootStruct { get; init; }

    /// <summary>First rule that holds gives an object's colour; none when no rule does.</summary>
    public required ImmutableArray<ColourRule> Colours { get; init; }

    /// <summary>Names of phases; a phase word is an index into this. 0 is outside a collection.</summary>
    public required ImmutableArray<string> Phases { get; init; }

    /// <summary>Places where the collector decides, by the index in an event's site; 0 is no site.</summary>
    public required ImmutableArray<Site> Sites { get; init; }

    /// <summary>Program names of objects, by name id; 0 is the empty name.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>Ranges of the process by purpose, for conditions and for showing an address.</summary>
    public required ImmutableArray<Region> Regions { get; init; }

    /// <summary>Program names of interpreters by index; 0 is main. A name can be created again after its end.</summary>
    public required ImmutableArray<string> Interpreters { get; init; }

    /// <summary>Names of the program's scripts, for fields of <see cref="FieldRole.Script"/>.</summary>
    public ImmutableArray<string> Scripts { get; init; } = [];

    /// <summary>What a tracing collector promises; null when it says nothing.</summary>
    public TracingRules? Tracing { get; init; }

    public StructLayout Struct(string name) =>
        Structs.FirstOrDefault(s => s.Name == name) ?? throw new GcReplayException(
            $"layout of {Collector}@{Revision}: there is no struct '{name}'. The trace's header is damaged or was written by hand.");
}

/// <summary>What role a struct plays for the views; decides what is looked for in it.</summary>
public enum StructRole
{
    Plain = 0,
    Root,
    Interpreter,
    Thread,

    /// <summary>One running collection. Its phase is the phase of the objects on the lists that it contains or points at.</summary>
    CollectionRecord,

    /// <summary>An object of the mutator; offsets count from the object's address and may be negative.</summary>
    Object,
}

/// <param name="Size">Bytes; 0 when it varies.</param>
public sealed record StructLayout(
    string Name,
    StructRole Role,
    int Size,
    ImmutableArray<Field> Fields,
    ImmutableArray<Container> Containers)
{
    public Field? Field(string name) => Fields.FirstOrDefault(f => f.Name == name);
}

/// <summary>A kind of object.</summary>
/// <param name="Struct">Name of the struct that describes its fields.</param>
/// <param name="PrefixWords">Words of its cell in front of the object's address (CPython's PyGC_Head: 2).</param>
/// <param name="IsCollected">Whether the cyclic collector knows it (CPython: Py_TPFLAGS_HAVE_GC).</param>
public sealed record ObjectType(string Name, string Struct, int PrefixWords, bool IsCollected);

/// <summary>A place in the collector's code where it decides: the name after the upstream function and branch, and the reason in words.</summary>
public sealed record Site(string Name, string Reason);

/// <summary>A range of the process [Start, End).</summary>
public sealed record Region(string Name, Address Start, Address End)
{
    public bool Contains(Address address) => address >= Start && address < End;
}

/// <summary>Colour of the tri-colour abstraction (GC Handbook, 2.2), or none outside a collection.</summary>
public enum Colour
{
    None = 0,
    White,
    Grey,
    Black,
}

/// <summary>An object has <paramref name="Colour"/> when <paramref name="When"/> holds and no earlier rule's condition did.</summary>
public sealed record ColourRule(Colour Colour, Condition When);
