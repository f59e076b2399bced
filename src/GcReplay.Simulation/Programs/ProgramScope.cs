using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>What the names of a program mean, as far as it has been read.</summary>
internal sealed class ProgramScope
{
    private readonly Numbering types = new();
    private readonly Numbering globals = new();
    private readonly Numbering interpreters = new();
    private readonly Numbering threads = new();
    private readonly Numbering scripts = new();
    private readonly Numbering prebuilts = new();
    private readonly ImmutableArray<TypeDeclaration>.Builder declarations = ImmutableArray.CreateBuilder<TypeDeclaration>();
    private int globalsUsed;

    public ProgramScope()
    {
        foreach (var type in ObjectKinds.Types)
            Declare(type);
        Interpreter(ProgramNames.Main);
    }

    public IReadOnlyList<string> TypeNames => types.Names;

    public IReadOnlyList<string> GlobalNames => globals.Names;

    public IReadOnlyList<string> PrebuiltNames => prebuilts.Names;

    /// <summary>What roots can be called beside <c>gN</c> and <c>fN</c>, where they are only read.</summary>
    public IEnumerable<string> ReadNames => globals.Names.Concat(prebuilts.Names);

    public IReadOnlyList<string> InterpreterNames => interpreters.Names;

    public IReadOnlyList<string> ThreadNames => threads.Names;

    public IReadOnlyList<string> ScriptNames => scripts.Names;

    public ImmutableArray<TypeDeclaration> Types => declarations.ToImmutable();

    /// <summary>Names, or the highest <c>gN</c> used + 1 when that is more.</summary>
    public int GlobalCount => Math.Max(globals.Names.Count, globalsUsed);

    public bool Declare(TypeDeclaration type)
    {
        if (!types.Add(type.Name))
            return false;
        declarations.Add(type);
        return true;
    }

    public bool DeclareGlobal(string name) => prebuilts.Find(name) is null && globals.Add(name);

    public bool DeclarePrebuilt(string name) => globals.Find(name) is null && prebuilts.Add(name);

    public bool DeclareThread(string name) => scripts.Find(name) is null && threads.Add(name);

    public bool DeclareScript(string name) => threads.Find(name) is null && scripts.Add(name);

    public int? Type(ReadOnlySpan<char> name) => types.Find(name);

    public string KindOf(int type) => declarations[type].Kind;

    public int? Prebuilt(ReadOnlySpan<char> name) => prebuilts.Find(name);

    public int? Thread(ReadOnlySpan<char> name) => threads.Find(name);

    public int? Script(ReadOnlySpan<char> name) => scripts.Find(name);

    /// <summary>Interpreters are not declared: mentioning one numbers it.</summary>
    public int Interpreter(string name)
    {
        interpreters.Add(name);
        return interpreters.Find(name)!.Value;
    }

    /// <summary>The global, prebuilt object or frame place a word means; null when none.</summary>
    public (RootKind Kind, long Index)? Root(ReadOnlySpan<char> word)
    {
        if (globals.Find(word) is { } slot)
            return (RootKind.Global, slot);
        if (prebuilts.Find(word) is { } prebuilt)
            return (RootKind.Prebuilt, prebuilt);
        if (!ProgramNames.IsNumbered(word))
            return null;
        return (word[0] == 'g' ? RootKind.Global : RootKind.Frame, ProgramNames.Number(word[1..]));
    }

    public void UseGlobal(int slot) => globalsUsed = Math.Max(globalsUsed, slot + 1);

    /// <summary>Names in order of first mention, found by name.</summary>
    private sealed class Numbering
    {
        private readonly List<string> names = [];
        private readonly Dictionary<string, int> numbers = [];
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan;

        public Numbering() => bySpan = numbers.GetAlternateLookup<ReadOnlySpan<char>>();

        public List<string> Names => names;

        public int? Find(ReadOnlySpan<char> name) => bySpan.TryGetValue(name, out var number) ? number : null;

        public bool Add(string name)
        {
            if (!numbers.TryAdd(name, names.Count))
                return false;
            names.Add(name);
            return true;
        }
    }
}
