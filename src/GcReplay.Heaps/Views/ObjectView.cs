using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What became of an object, as far as the present state knows.</summary>
public enum ObjectState
{
    Live = 0,

    /// <summary>Freed; its memory was not reused since.</summary>
    Freed,

    /// <summary>Freed; its memory was given back to the system.</summary>
    Unmapped,
}

/// <summary>An object as its words and the shadow show it now.</summary>
public sealed class ObjectView(HeapView view, ObjectEntry entry)
{
    public ObjectEntry Entry { get; } = entry;

    public ulong Number => Entry.Number;

    public bool IsRuntime => Entry.IsRuntime;

    public Address Address => Entry.Address;

    /// <summary>By the object's type word when it names a type, else as the shadow remembers it.</summary>
    public ObjectType Type => view.TypeOf(Entry);

    /// <summary>The struct that describes its words.</summary>
    public StructLayout Layout => view.PlanOf(Entry).Layout;

    /// <summary>Its name in the program, or the empty string.</summary>
    public string Name => view.NameOf(Entry);

    public ObjectState State => view.StateOf(Entry);

    public bool IsLive => State == ObjectState.Live;

    /// <summary>Index of the interpreter that allocated it.</summary>
    public int Birthplace => Entry.Birthplace;

    /// <summary>The interpreter whose list holds it; null when it is on no list, or on one that belongs to none.</summary>
    public Owner? Owner => view.OwnerOf(Entry);

    public Colour Colour => view.ColourOf(Entry);

    /// <summary>Phase of the collection whose list holds it (an index into <see cref="Layout.Phases"/>); null when none does.</summary>
    public int? Phase => view.PhaseOf(Entry);

    /// <summary>The list that it is on: the one that following its links reaches.</summary>
    public ListInstance? List => view.ListOf(Entry);

    /// <summary>Owned and borrowed references that are not null, fields before containers.</summary>
    public IEnumerable<Reference> References => view.References(Entry);

    /// <summary>Who refers to it. Cost: all slots of all living objects.</summary>
    public IEnumerable<Reference> Referrers => view.ReferrersOf(Address);

    /// <summary>All fields of its struct with the meanings that they have now.</summary>
    public IEnumerable<FieldValue> Fields => Layout.Fields.Select(Read);

    public FieldValue Read(Field field) => view.Read(view.PlanOf(Entry), Address, field, Entry);

    /// <summary>A field by its upstream name; null when objects of this kind have none.</summary>
    public FieldValue? Read(string field) => view.PlanOf(Entry).Field(field) is { } known ? Read(known) : null;

    /// <summary>The containers in it: slots, cards, rows of raw words.</summary>
    public IEnumerable<ContainerView> Containers => Layout.Containers.Select(c => ContainerView.Of(view, Layout, Address, c));

    /// <summary><c>#17 method 'compile'</c>.</summary>
    public override string ToString() => view.TextOf(Entry);
}
