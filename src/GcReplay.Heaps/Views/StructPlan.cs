using GcReplay.Heaps.Layouts;

namespace GcReplay.Heaps.Views;

/// <summary>A struct's layout, looked up once: fields by name and by what the views ask for on every object.</summary>
internal sealed class StructPlan
{
    private readonly Dictionary<string, Field> byName = [];

    /// <param name="index">Tells structs of one layout apart.</param>
    public StructPlan(StructLayout layout, int index)
    {
        Layout = layout;
        Index = index;
        foreach (var field in layout.Fields)
            byName.TryAdd(field.Name, field);
        TypeId = FirstWith(FieldRole.TypeId);
        ReferenceCount = FirstWith(FieldRole.ReferenceCount);
        Phase = FirstWith(FieldRole.Phase);
        Interpreter = FirstWith(FieldRole.InterpreterId);
        Thread = FirstWith(FieldRole.ThreadId);
        ReferenceFields = [.. layout.Fields.Where(f => f.Meanings.Any(m => m.Role is FieldRole.Owned or FieldRole.Borrowed))];
        LinkFields = [.. layout.Fields.Where(f => f.Meanings.Any(m => m.Role == FieldRole.Link))];
        HeldLists = [.. layout.Fields.Where(f => f.Meanings.Any(m => m.Role == FieldRole.HeldList))];
        PointerFields = [.. layout.Fields.Where(f => f.Meanings.Any(m => m.Role == FieldRole.Pointer))];
        PointerVectors = [.. layout.Containers.OfType<Vector>().Where(v => v is { ItemRole: FieldRole.Pointer, ItemStruct.Length: > 0 })];
        LinkedLists = [.. layout.Containers.OfType<LinkedList>()];
        OwnedFields = [.. layout.Fields.Where(f => f.Meanings.Any(m => m.Role == FieldRole.Owned))];
        OwningContainers = [.. layout.Containers.Where(ContainerView.MayOwn)];
        Owned = OwnedPlaces.Of(this);
        Cards = layout.Containers.OfType<CardBits>().FirstOrDefault();
        HoldsLists = HeldLists.Length > 0 || LinkedLists.Length > 0;
    }

    public StructLayout Layout { get; }

    public int Index { get; }

    public Field? TypeId { get; }

    public Field? ReferenceCount { get; }

    public Field? Phase { get; }

    public Field? Interpreter { get; }

    public Field? Thread { get; }

    public Field[] ReferenceFields { get; }

    public Field[] LinkFields { get; }

    public Field[] HeldLists { get; }

    /// <summary>Fields that can name a struct.</summary>
    public Field[] PointerFields { get; }

    /// <summary>Vectors of pointers to structs.</summary>
    public Vector[] PointerVectors { get; }

    public LinkedList[] LinkedLists { get; }

    /// <summary>Fields that can be owned references.</summary>
    public Field[] OwnedFields { get; }

    /// <summary>Containers whose items can be owned references.</summary>
    public Container[] OwningContainers { get; }

    /// <summary>Where its owned references lie, when that is so simple that the words tell without a view.</summary>
    public OwnedPlaces? Owned { get; }

    public CardBits? Cards { get; }

    /// <summary>Whether it contains or holds linked lists: then its phase speaks for their members alone.</summary>
    public bool HoldsLists { get; }

    public Field? Field(string name) => byName.GetValueOrDefault(name);

    private Field? FirstWith(FieldRole role) => Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == role));
}

/// <summary>The common shape of owned references: whole-word fields that are owned always, then one vector inside the struct or
/// pointed at, with a plain count.</summary>
/// <param name="Count">The whole-word field with the number of items; null when the layout fixes it.</param>
internal sealed record OwnedPlaces(Field[] Fields, Vector? Vector, Field? Count)
{
    /// <summary>Null when the struct's owned references have another shape.</summary>
    public static OwnedPlaces? Of(StructPlan plan)
    {
        var fields = plan.OwnedFields;
        if (!fields.All(f => f is { Width: 64, Meanings: [{ Role: FieldRole.Owned, When: var when }] } && ReferenceEquals(when, Condition.Always)))
            return null;
        var vectors = plan.OwningContainers;
        if (vectors.Length == 0)
            return new OwnedPlaces(fields, null, null);
        if (vectors is not [Vector vector])
            return null;
        var count = plan.Field(vector.CountField);
        var isPlain = vector.CountField.Length == 0 || count is { Width: 64, Meanings: [{ Role: FieldRole.Integer }] };
        return isPlain ? new OwnedPlaces(fields, vector, count) : null;
    }
}
