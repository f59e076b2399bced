using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Heaps.Views;

/// <summary>Names of the structs that were found at one state, made from what was read then, once one of them is asked for.</summary>
/// <param name="interpreters">Their program names.</param>
internal sealed class StructNames(ImmutableArray<string> interpreters)
{
    private readonly List<Clues> clues = [];
    private string[] names = [];

    public string this[int index] => (names.Length == clues.Count ? names : names = Make())[index];

    public void Add(in Clues clue) => clues.Add(clue);

    private string[] Make()
    {
        var made = new string[clues.Count];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < made.Length; i++)
            made[i] = Unique(NameOf(clues[i], made), clues[i].Layout.Role == StructRole.Thread, taken);
        return made;
    }

    private string NameOf(in Clues clue, string[] before) => clue.Layout.Role switch
    {
        StructRole.Root => clue.Layout.Name,
        StructRole.Interpreter => (clue.Interpreter is { } i ? InterpreterName(interpreters, i) : clue.Given.Length > 0 ? clue.Given : clue.Layout.Name)
            + (clue.Ordinal == 0 ? "" : $"~{clue.Ordinal + 1}"),
        StructRole.Thread when clue.Given.Length > 0 => clue.Given,
        // The words of one that ended may be anybody's by now.
        StructRole.Thread => clue.Thread switch { null or 0 => "main", < Clues.ThreadsMax and var id => $"thread{id}", _ => "thread" },
        StructRole.CollectionRecord => clue.Interpreter is { } i ? $"{InterpreterName(interpreters, i)}.{clue.Layout.Name}" : clue.Layout.Name,
        _ when clue.Given.Length > 0 => clue.Given,
        _ => clue.Holder < 0 || clues[clue.Holder].Layout.Role == StructRole.Root
            ? (clue.Via.Length > 0 ? clue.ViaName : clue.Layout.Name)
            : $"{before[clue.Holder]}.{clue.ViaName}",
    };

    public static string InterpreterName(ImmutableArray<string> interpreters, int interpreter) =>
        interpreter >= 0 && interpreter < interpreters.Length && interpreters[interpreter].Length > 0
            ? interpreters[interpreter]
            : $"interpreter {interpreter}";

    private static string Unique(string name, bool isThread, HashSet<string> taken)
    {
        // A thread may be called as its interpreter is: its containers are others.
        var kind = isThread ? "thread " : "";
        var unique = name;
        for (var k = 2; !taken.Add(kind + unique); k++)
            unique = $"{name}~{k}";
        return unique;
    }

    /// <summary>What a name is made of.</summary>
    /// <param name="Given">The name that the shadow knows; empty for none.</param>
    /// <param name="Thread">The number of a thread; null when it could not be read.</param>
    /// <param name="Ordinal">How many interpreters of its name were before it.</param>
    /// <param name="Holder">Index of the struct that led to it; -1 for none.</param>
    /// <param name="Via">The field or container there that named it.</param>
    /// <param name="ViaIndex">Place in the container; -1 for a field.</param>
    internal readonly record struct Clues(
        StructLayout Layout, string Given, int? Interpreter, ulong? Thread, int Ordinal, int Holder, string Via, long ViaIndex)
    {
        public const ulong ThreadsMax = 1 << 16;

        public string ViaName => ViaIndex < 0 ? Via : $"{Via}[{ViaIndex}]";
    }
}
