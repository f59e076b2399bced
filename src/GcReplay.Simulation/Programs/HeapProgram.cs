using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>A parsed heap program. Grammar: GRAMMAR.md beside this file.</summary>
public sealed record HeapProgram
{
    /// <summary>File name without folders; for messages.</summary>
    public required string Name { get; init; }

    /// <summary>First every kind under its own name (<see cref="ObjectKinds.Types"/>), then the declared types: a name that objects
    /// show, and the kind that decides how the collector sees them.</summary>
    public required ImmutableArray<TypeDeclaration> Types { get; init; }

    /// <summary>Names given to global slots 0, 1, 2 …; slots beyond are written <c>gN</c>.</summary>
    public required ImmutableArray<string> Globals { get; init; }

    /// <summary>Number of global slots: the names, or the highest <c>gN</c> used + 1 when that is more.</summary>
    public required int GlobalCount { get; init; }

    /// <summary>Objects that are there before the program begins, and live as long as the process.</summary>
    public ImmutableArray<PrebuiltDeclaration> Prebuilts { get; init; } = [];

    /// <summary>Names of interpreters in order of first mention; index 0 is <c>main</c>.</summary>
    public required ImmutableArray<string> Interpreters { get; init; }

    /// <summary>Threads in order of their text; the first is <c>main</c>.</summary>
    public required ImmutableArray<Block> Threads { get; init; }

    /// <summary>Bodies of finalizers and callbacks, in order of their text. No thread has the name of one.</summary>
    public ImmutableArray<Block> Scripts { get; init; } = [];

    /// <summary>Threads and scripts in the order of the text; where the lines do not tell, threads first.</summary>
    public IEnumerable<Block> Blocks => Threads.Concat(Scripts).OrderBy(block => block.Line);

    /// <summary>Equal in everything but the lines, as all parts of a program are: printing and parsing again gives an equal one.</summary>
    public bool Equals(HeapProgram? other) =>
        other is not null && Name == other.Name && GlobalCount == other.GlobalCount && Types.SequenceEqual(other.Types)
        && Globals.SequenceEqual(other.Globals) && Prebuilts.SequenceEqual(other.Prebuilts) && Interpreters.SequenceEqual(other.Interpreters) && Threads.SequenceEqual(other.Threads)
        && Scripts.SequenceEqual(other.Scripts);

    public override int GetHashCode() => TreeHash.Of(Name);

    /// <summary>Every statement of threads and scripts, in the order of the text.</summary>
    public IEnumerable<Statement> Statements() => Blocks.SelectMany(block => StatementsOf(block.Body));

    private static IEnumerable<Statement> StatementsOf(IEnumerable<Node> body) => body.SelectMany(node => node switch
    {
        Statement statement => [statement],
        Loop loop => StatementsOf(loop.Body),
        Choose choose => choose.Alternatives.SelectMany(alternative => StatementsOf(alternative)),
        _ => Enumerable.Empty<Statement>(),
    });
}

/// <param name="Kind">Name of a kind (see <see cref="ObjectKinds"/>).</param>
public sealed record TypeDeclaration(string Name, string Kind, int Line)
{
    public bool Equals(TypeDeclaration? other) => other is not null && Name == other.Name && Kind == other.Kind;

    public override int GetHashCode() => TreeHash.Of(Name);
}

/// <summary>An object that is there before the program begins: <c>#0.1</c> is the first that is declared.</summary>
/// <param name="Type">Index into <see cref="HeapProgram.Types"/>; of a kind of <see cref="ObjectKinds.Prebuilt"/>.</param>
/// <param name="Slots">What its slots hold: indexes into <see cref="HeapProgram.Prebuilts"/>, <see cref="None"/> for an empty one.</param>
public sealed record PrebuiltDeclaration(string Name, int Type, ImmutableArray<int> Slots, int Line)
{
    public const int None = -1;

    public bool Equals(PrebuiltDeclaration? other) =>
        other is not null && Name == other.Name && Type == other.Type && Slots.SequenceEqual(other.Slots);

    public override int GetHashCode() => TreeHash.Of(Name);
}

/// <summary>The statements of one thread or script.</summary>
public sealed record Block(string Name, ImmutableArray<Node> Body, int Line)
{
    public bool Equals(Block? other) => other is not null && Name == other.Name && Body.SequenceEqual(other.Body);

    public override int GetHashCode() => TreeHash.Of(Name);
}

/// <summary>A statement, a loop or a choice.</summary>
/// <param name="Label">Stable name, unique in the program: written in the text, or made from the place (see GRAMMAR.md).</param>
public abstract record Node(string Label, int Line);

/// <summary>One operation. Operands stand in the order of the row's operands; a missing optional one is null; a repeated one, the row's
/// last, goes on to the end.</summary>
public sealed record Statement(string Label, Destination? Destination, OperationRow Operation, ImmutableArray<Operand?> Operands, int Line)
    : Node(Label, Line)
{
    public bool Equals(Statement? other) =>
        other is not null && Label == other.Label && Destination == other.Destination && Operation == other.Operation
        && Operands.SequenceEqual(other.Operands);

    public override int GetHashCode() => TreeHash.Of(Label);
}

/// <summary>Runs its body <paramref name="Count"/> times.</summary>
public sealed record Loop(string Label, int Count, ImmutableArray<Node> Body, int Line) : Node(Label, Line)
{
    public bool Equals(Loop? other) =>
        other is not null && Label == other.Label && Count == other.Count && Body.SequenceEqual(other.Body);

    public override int GetHashCode() => TreeHash.Of(Label);
}

/// <summary>Runs one of its alternatives, by a choice; without chaos the first.</summary>
public sealed record Choose(string Label, ImmutableArray<ImmutableArray<Node>> Alternatives, int Line) : Node(Label, Line)
{
    public bool Equals(Choose? other) =>
        other is not null && Label == other.Label && Alternatives.Length == other.Alternatives.Length
        && Alternatives.Zip(other.Alternatives).All(pair => pair.First.SequenceEqual(pair.Second));

    public override int GetHashCode() => TreeHash.Of(Label);
}

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

    /// <summary>What the script runs for: the object being finalized, or the weak reference. Read only, and only in scripts.</summary>
    Self,

    /// <summary>A prebuilt object. Read only.</summary>
    Prebuilt,
}

/// <summary>An operand as written.</summary>
/// <param name="Form">Which of the other members count.</param>
/// <param name="Number">Slot, index, count, generation, interpreter index, thread index, script index, place of a prebuilt object or word, or
/// type index into <see cref="HeapProgram.Types"/>; the bits of a decimal.</param>
/// <param name="Text">A quoted name.</param>
public sealed record Operand(OperandForm Form, long Number, string Text = "", RootKind Root = RootKind.Global)
{
    public double Decimal => BitConverter.Int64BitsToDouble(Number);
}

/// <summary>Hashes of parts of a program: by name or label, the same in every process.</summary>
file static class TreeHash
{
    public static int Of(string text)
    {
        var hash = 17;
        foreach (var character in text)
            hash = unchecked(hash * 31 + character);
        return hash;
    }
}
