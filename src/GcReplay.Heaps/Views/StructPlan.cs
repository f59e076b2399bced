using GcReplay.Heaps.Layouts;

namespace GcReplay.Heaps.Views;

/// <summary>A struct's layout, looked up once: fields by name and by what the views ask for on every object.</summary>
internal sealed class StructPlan
{
    private readonly Dictionary<string, Field> byName = [];

    public StructPlan(StructLayout layout)
    {
        Layout = layout;
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
        (OnlyReferences, OnlyCount) = CommonShape();
        HoldsLists = HeldLists.Length > 0 || layout.Containers.Any(c => c is LinkedList);
    }

    public StructLayout Layout { get; }

    public Field? TypeId { get; }

    public Field? ReferenceCount { get; }

    public Field? Phase { get; }

    public Field? Interpreter { get; }

    public Field? Thread { get; }

    public Field[] ReferenceFields { get; }

    public Field[] LinkFields { get; }

    public Field[] HeldLists { get; }

    /// <summary>The one owned vector that holds all references of such objects; null when they have others, or it is not so simple.</summary>
    public Vector? OnlyReferences { get; }

    /// <summary>The whole-word field with the number of its items; null when the layout fixes it.</summary>
    public Field? OnlyCount { get; }

    /// <summary>Whether it contains or holds linked lists: then its phase speaks for their members alone.</summary>
    public bool HoldsLists { get; }

    public Field? Field(string name) => byName.GetValueOrDefault(name);

    private (Vector? References, Field? Count) CommonShape()
    {
        var holders = Layout.Containers.Where(ContainerView.MayHoldReferences).ToArray();
        if (ReferenceFields.Length > 0 || holders is not [Vector { IsIndirect: false, ItemRole: FieldRole.Owned } vector])
            return default;
        var count = Field(vector.CountField);
        var isPlain = vector.CountField.Length == 0 || count is { Width: 64, Meanings: [{ Role: FieldRole.Integer }] };
        return isPlain ? (vector, count) : default;
    }

    private Field? FirstWith(FieldRole role) => Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == role));
}
