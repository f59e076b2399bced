using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>A parsed heap program. Grammar: GRAMMAR.md beside this file.</summary>
public sealed record HeapProgram
{
    /// <summary>File name without folders; for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Declared types: a name that objects show, and the kind that decides how the collector sees them.</summary>
    public required ImmutableArray<TypeDeclaration> Types { get; init; }

    /// <summary>Names given to global slots 0, 1, 2 …; slots beyond are written <c>gN</c>.</summary>
    public required ImmutableArray<string> Globals { get; init; }

    /// <summary>Number of global slots: the names, or the highest <c>gN</c> used + 1 when that is more.</summary>
    public required int GlobalCount { get; init; }

    /// <summary>Names of interpreters in order of first mention; index 0 is <c>main</c>.</summary>
    public required ImmutableArray<string> Interpreters { get; init; }

    /// <summary>Threads in order of their text; the first is <c>main</c>.</summary>
    public required ImmutableArray<Block> Threads { get; init; }
}

/// <param name="Kind">Name of a kind of the collector (plain, leaf, …).</param>
public sealed record TypeDeclaration(string Name, string Kind, int Line);

/// <summary>The statements of one thread.</summary>
public sealed record Block(string Name, ImmutableArray<Node> Body, int Line);

/// <summary>A statement, a loop or a choice.</summary>
/// <param name="Label">Stable name, unique in the program: written in the text, or made from the place (see GRAMMAR.md).</param>
public abstract record Node(string Label, int Line);

/// <summary>One operation. Operands stand in the order of the row's operands; a missing optional one is null.</summary>
public sealed record Statement(string Label, Destination? Destination, OperationRow Operation, ImmutableArray<Operand?> Operands, int Line)
    : Node(Label, Line)
{
    public bool Equals(Statement? other) =>
        other is not null && Label == other.Label && Destination == other.Destination && Operation == other.Operation
        && Operands.SequenceEqual(other.Operands);

    public override int GetHashCode() => Label.Length * 31 + Operation.Name.Length;
}

/// <summary>Runs its body <paramref name="Count"/> times.</summary>
public sealed record Loop(string Label, int Count, ImmutableArray<Node> Body, int Line) : Node(Label, Line);

/// <summary>Runs one of its alternatives, by a choice; without chaos the first.</summary>
public sealed record Choose(string Label, ImmutableArray<ImmutableArray<Node>> Alternatives, int Line) : Node(Label, Line);

/// <summary>Where an operation's reference goes.</summary>
/// <param name="Index">Slot, or -1 for <c>push</c>.</param>
public sealed record Destination(RootKind Kind, int Index)
{
    public static readonly Destination Push = new(RootKind.Frame, -1);
}

public enum RootKind
{
    /// <summary>A numbered slot of the process, shared by all interpreters.</summary>
    Global,

    /// <summary>A place in the frame of the thread that runs.</summary>
    Frame,
}

/// <summary>An operand as written.</summary>
/// <param name="Form">Which of the other members count.</param>
/// <param name="Number">Slot, index, count, generation, interpreter index, thread index or type index into <see cref="HeapProgram.Types"/>.</param>
/// <param name="Text">A quoted name.</param>
public sealed record Operand(OperandForm Form, long Number, string Text = "", RootKind Root = RootKind.Global);
