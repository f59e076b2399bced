using System.Collections.Immutable;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>What stands in an operation behind its name.</summary>
internal enum ArgumentForm
{
    /// <summary>A root slot or a prebuilt object.</summary>
    Object,

    /// <summary>The same, or null.</summary>
    Value,
    Values,

    /// <summary>Hexadecimal digits, two for each byte.</summary>
    Hex,

    /// <summary>A root slot.</summary>
    Slot,

    /// <summary>An entry of the list of pins.</summary>
    Pin,

    /// <summary><c>prev</c> or <c>next</c>.</summary>
    Field,
    Index,

    /// <summary>0 or 1.</summary>
    Bit,

    /// <summary>0 to 3.</summary>
    State,
    Bytes,
}

/// <summary>The operations of the vocabulary.</summary>
/// <param name="Pushes">Whether it adds a root slot.</param>
internal sealed record OperationShape(string Name, ImmutableArray<ArgumentForm> Arguments, Pushes Pushes = Pushes.Never)
{
    public static readonly ImmutableArray<OperationShape> All =
    [
        new("malloc", [ArgumentForm.Value, ArgumentForm.Value], Pushes.Always),
        new("malloc_array", [ArgumentForm.Values], Pushes.Always),
        new("malloc_string", [ArgumentForm.Hex], Pushes.Always),
        new("weakref", [ArgumentForm.Object], Pushes.Always),
        new("read", [ArgumentForm.Object, ArgumentForm.Field], Pushes.Always),
        new("readarray", [ArgumentForm.Object, ArgumentForm.Index], Pushes.Always),
        new("write", [ArgumentForm.Object, ArgumentForm.Field, ArgumentForm.Value]),
        new("writearray", [ArgumentForm.Object, ArgumentForm.Index, ArgumentForm.Value]),
        new("copy_array", [ArgumentForm.Object, ArgumentForm.Object, ArgumentForm.Index, ArgumentForm.Index, ArgumentForm.Index]),
        new("fill_array", [ArgumentForm.Object, ArgumentForm.Value]),
        new("readweak", [ArgumentForm.Object], Pushes.WhenThereIsOne),
        new("drop", [ArgumentForm.Slot]),
        new("collect", []),
        new("collect_gen", [ArgumentForm.Bit]),
        new("minor", []),
        new("step", []),
        new("step_until", [ArgumentForm.State]),
        new("pin", [ArgumentForm.Slot]),
        new("unpin", [ArgumentForm.Pin]),
        new("take_id", [ArgumentForm.Object]),
        new("finalizer", [ArgumentForm.Object]),
        new("next_dead", [], Pushes.WhenThereIsOne),
        new("set_single_step", [ArgumentForm.Bit]),
        new("enable", [ArgumentForm.Bit]),
        new("set_threshold", [ArgumentForm.Bytes]),
    ];

    public static OperationShape? Find(string name) => All.FirstOrDefault(shape => shape.Name == name);
}

/// <summary>When an operation adds a root slot.</summary>
internal enum Pushes
{
    Never = 0,
    Always,
    WhenThereIsOne,
}
