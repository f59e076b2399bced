using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>A struct of the runtime in memory: an interpreter's state, a thread, a collection record.</summary>
public sealed record StructInstance
{
    private readonly StructNames names;
    private readonly int index;

    /// <param name="plan">Of its layout.</param>
    /// <param name="names">Knows the name of the one with an index.</param>
    internal StructInstance(StructPlan plan, Address address, bool hasEnded, int? interpreter, StructNames names, int index)
    {
        Plan = plan;
        Address = address;
        HasEnded = hasEnded;
        Interpreter = interpreter;
        this.names = names;
        this.index = index;
    }

    /// <summary>One that nothing is known of but where it is, named after its layout.</summary>
    internal static StructInstance Alone(StructPlan plan, Address address)
    {
        var names = new StructNames([]);
        names.Add(new StructNames.Clues(plan.Layout, plan.Layout.Name, null, null, 0, -1, "", -1));
        return new StructInstance(plan, address, false, null, names, 0);
    }

    public StructLayout Layout => Plan.Layout;

    public Address Address { get; }

    /// <summary>As a user names it: <c>main</c>, <c>sub.collection</c>; at one position unique among
    /// threads and among all others.</summary>
    public string Name => names[index];

    /// <summary>Whether its memory was freed: its words are what the allocator left of them.</summary>
    public bool HasEnded { get; }

    /// <summary>Index of the interpreter it is or belongs to; null for what belongs to the whole process.</summary>
    public int? Interpreter { get; }

    public StructRole Role => Layout.Role;

    internal StructPlan Plan { get; }

    /// <summary>The bytes it covers; at least one word where the layout leaves the size open.</summary>
    public bool Covers(Address address) => address >= Address && address < Address + Math.Max(Layout.Size, 8);

    /// <summary>The same struct, also when it was found at another position.</summary>
    public bool Equals(StructInstance? other) =>
        other is not null && Address == other.Address && Layout == other.Layout && HasEnded == other.HasEnded && Interpreter == other.Interpreter;

    public override int GetHashCode() => Address.GetHashCode();
}

/// <summary>The interpreter whose list holds an object: what an untrack follows, not who allocated it.</summary>
/// <param name="Interpreter">Index into <see cref="Layout.Interpreters"/>.</param>
/// <param name="IsDestroyed">Whether the struct with the list's head was freed.</param>
public readonly record struct Owner(int Interpreter, bool IsDestroyed);
