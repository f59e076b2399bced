using System.Collections.Immutable;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs;

/// <summary>Reads the text of a heap program. The first error ends the reading.</summary>
/// <remarks>
/// Written by hand: what may follow an operation's name comes from its row of the table, names mean something only with what was
/// declared before, and each error shows that row's usage and the nearest name. Cost: linear; recursion only into loops and choices,
/// <see cref="ProgramLimits.DepthMax"/> deep.
/// </remarks>
public sealed class HeapProgramParser
{
    private readonly string name;
    private readonly TokenReader tokens;
    private readonly ProgramScope scope = new();
    private readonly StatementParser statements;
    private readonly LabelBook labels;

    private HeapProgramParser(ProgramText source, ImmutableArray<OperationRow> added)
    {
        name = source.Name;
        tokens = new TokenReader(source, Tokens.Of(source));
        statements = new StatementParser(tokens, scope, added);
        labels = new LabelBook(source);
    }

    /// <param name="name">File name; folders are left out of it.</param>
    /// <exception cref="GcReplayException">The text is no heap program: <c>FILE:LINE:COLUMN: expected …, found …</c>.</exception>
    public static HeapProgram Parse(string name, string text) => Parse(name, text, []);

    /// <param name="added">Operations of the run's collector that are not in the table.</param>
    /// <inheritdoc cref="Parse(string, string)"/>
    public static HeapProgram Parse(string name, string text, ImmutableArray<OperationRow> added) =>
        new HeapProgramParser(new ProgramText(name[(name.LastIndexOfAny(['/', '\\']) + 1)..], text), added).Program();

    private HeapProgram Program()
    {
        DeclareBlocks();
        DeclarePrebuilts();
        var threads = ImmutableArray.CreateBuilder<Block>();
        var scripts = ImmutableArray.CreateBuilder<Block>();
        var prebuilts = ImmutableArray.CreateBuilder<PrebuiltDeclaration>();
        for (tokens.SkipLines(); tokens.Current.Kind != TokenKind.End; tokens.SkipLines())
        {
            switch (tokens.Word)
            {
                case "type":
                    Type();
                    break;
                case "globals":
                    Globals();
                    break;
                case "prebuilt":
                    prebuilts.Add(Prebuilt());
                    break;
                case "thread":
                    threads.Add(Block("thread"));
                    break;
                case "script":
                    statements.IsInScript = true;
                    scripts.Add(Block("script"));
                    statements.IsInScript = false;
                    break;
                default:
                    var hint = Spelling.Suggest(tokens.Word.ToString(), ["type", "globals", "prebuilt", "thread", "script"]);
                    throw tokens.Expected("'type', 'globals', 'prebuilt', 'thread' or 'script'", hint);
            }
        }
        if (threads.Count == 0)
            throw tokens.Expected("'thread main {': a program has at least one thread");
        return new HeapProgram
        {
            Name = name,
            Types = scope.Types,
            Globals = [.. scope.GlobalNames],
            GlobalCount = scope.GlobalCount,
            Prebuilts = prebuilts.ToImmutable(),
            Interpreters = [.. scope.InterpreterNames],
            Threads = threads.ToImmutable(),
            Scripts = scripts.ToImmutable(),
        };
    }

    private void DeclareBlocks()
    {
        foreach (var (token, isScript) in tokens.BlockNames())
        {
            var block = tokens.Source.Word(token);
            if (!isScript && scope.ThreadNames.Count == 0 && block != ProgramNames.Main)
                throw tokens.Source.Expected("'main': the first thread is always called so", token);
            if (!isScript && scope.ThreadNames.Count == ProgramLimits.ThreadsMax)
                throw tokens.Source.Expected($"at most {ProgramLimits.ThreadsMax} threads", token);
            if (ProgramNames.IsReserved(block))
                throw tokens.Source.Expected($"a name other than {ProgramNames.Reserved}", token);
            if (isScript ? !scope.DeclareScript(block) : !scope.DeclareThread(block))
                throw tokens.Source.Expected("a name that no other thread or script has", token);
        }
    }

    private void DeclarePrebuilts()
    {
        foreach (var token in tokens.PrebuiltNames())
        {
            var name = tokens.Source.Span(token);
            if (ProgramNames.IsReserved(name) || name is ProgramNames.None)
                throw tokens.Source.Expected($"a name other than {ProgramNames.None}, {ProgramNames.Reserved}", token);
            if (!scope.DeclarePrebuilt(name.ToString()))
                throw tokens.Source.Expected("a name that no other prebuilt object has", token);
        }
        if (scope.PrebuiltNames.Count > ProgramLimits.NumberMax)
            throw tokens.Expected($"at most {ProgramLimits.NumberMax} prebuilt objects");
    }

    /// <summary><c>prebuilt NAME = TYPE [SLOT…]</c></summary>
    private PrebuiltDeclaration Prebuilt()
    {
        tokens.Take();
        var name = tokens.TakeIdentifier("the name of a prebuilt object");
        tokens.Take(TokenKind.Equal, "'='");
        var typeToken = tokens.Current;
        var type = statements.Type("the type of a prebuilt object", "; usage: prebuilt NAME = TYPE [SLOT…]");
        var kind = scope.KindOf(type);
        if (!ObjectKinds.Prebuilt.Contains(kind))
            throw tokens.Source.Expected($"a type of a prebuilt object (of kind {string.Join(" or ", ObjectKinds.Prebuilt)})", typeToken);
        var slots = ImmutableArray.CreateBuilder<int>();
        while (!tokens.AtEndOfStatement && slots.Count < ProgramLimits.NumberMax)
            slots.Add(SlotOfPrebuilt());
        tokens.EndLine(slots.Count < ProgramLimits.NumberMax ? "the end of the line" : $"at most {ProgramLimits.NumberMax} slots");
        return ObjectKinds.SlotsOf(kind) is { } fixedSlots && fixedSlots != slots.Count
            ? throw tokens.Source.Expected($"a prebuilt object with {fixedSlots} slots, since every '{kind}' has so many", name, $", which has {slots.Count}")
            : new PrebuiltDeclaration(tokens.Source.Word(name), type, slots.ToImmutable(), name.Line);
    }

    private int SlotOfPrebuilt()
    {
        var slot = tokens.Word is ProgramNames.None ? PrebuiltDeclaration.None : scope.Prebuilt(tokens.Word) ?? throw tokens.Expected(
            "the name of a prebuilt object, or none", Spelling.Suggest(tokens.Word.ToString(), [ProgramNames.None, .. scope.PrebuiltNames]));
        tokens.Take();
        return slot;
    }

    /// <summary><c>type NAME = KIND</c></summary>
    private void Type()
    {
        tokens.Take();
        var written = tokens.Current;
        var type = written.Kind == TokenKind.Text
            ? QuotedText.Read(tokens.Source, tokens.Take())
            : tokens.Source.Word(tokens.TakeIdentifier("the name of a type"));
        tokens.Take(TokenKind.Equal, "'='");
        var kind = tokens.Word.ToString();
        if (!ObjectKinds.Nodes.Contains(kind))
            throw tokens.Expected($"a kind that types can have ({string.Join(", ", ObjectKinds.Nodes)})", KindHint(kind));
        tokens.Take();
        if (!scope.Declare(new TypeDeclaration(type, kind, written.Line)))
            throw tokens.Source.Expected(ObjectKinds.All.Contains(type) ? "a name that is not a kind's" : "a name that no other type has", written);
        tokens.EndLine("the end of the line");
    }

    private static string KindHint(string kind) => ObjectKinds.Made.Contains(kind)
        ? $"; objects of kind '{kind}' come from an operation: {OperationTable.Find(kind)!.Usage}"
        : Spelling.Suggest(kind, ObjectKinds.Nodes);

    /// <summary><c>globals NAME…</c></summary>
    private void Globals()
    {
        tokens.Take();
        do
        {
            if (ProgramNames.IsReserved(tokens.Word))
                throw tokens.Expected($"a name other than {ProgramNames.Reserved}");
            var token = tokens.TakeIdentifier("the name of a global");
            if (!scope.DeclareGlobal(tokens.Source.Word(token)))
                throw tokens.Source.Expected("a name that no other global and no prebuilt object has", token);
        }
        while (tokens.Current.Kind == TokenKind.Word);
        tokens.EndLine("the name of a global, or the end of the line");
    }

    /// <summary><c>thread NAME { … }</c> or <c>script NAME { … }</c></summary>
    private Block Block(string what)
    {
        var start = tokens.Take();
        var block = tokens.Source.Word(tokens.TakeIdentifier($"the name of a {what}"));
        tokens.Take(TokenKind.Open, "'{'");
        var body = Nodes(block + "/", depth: 0, $"{what} '{block}'", start.Line);
        tokens.Take(TokenKind.Close, "'}'");
        if (tokens.Current.Kind == TokenKind.Close)
            throw tokens.Expected("'type', 'globals', 'prebuilt', 'thread', 'script' or the end of the program");
        tokens.EndLine("the end of the line");
        return new Block(block, body, start.Line);
    }

    /// <summary>Nodes up to a closing brace, which is left.</summary>
    private ImmutableArray<Node> Nodes(string prefix, int depth, string opened, int openedLine)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>();
        for (tokens.SkipLines(); tokens.Current.Kind != TokenKind.Close; tokens.SkipLines())
        {
            if (tokens.Current.Kind == TokenKind.End)
                throw tokens.Expected($"'}}' for {opened}, opened on line {openedLine}");
            nodes.Add(Node(prefix, nodes.Count + 1, depth));
        }
        return nodes.DrainToImmutable();
    }

    private Node Node(string prefix, int ordinal, int depth)
    {
        var label = tokens.Following.Kind == TokenKind.Colon && tokens.Current.Kind == TokenKind.Word
            ? labels.Written(tokens)
            : labels.Automatic(prefix, ordinal, tokens.Current);
        var isAssignment = tokens.Following.Kind == TokenKind.Equal;
        Node node = tokens.Word switch
        {
            "loop" when !isAssignment => Loop(label, depth),
            "choose" when !isAssignment => Choose(label, depth),
            _ => statements.Statement(label),
        };
        tokens.EndLine("the end of the statement");
        return node;
    }

    /// <summary><c>loop COUNT { … }</c></summary>
    private Loop Loop(string label, int depth)
    {
        var start = tokens.Take();
        CheckDepth(depth, start);
        var count = ProgramNames.Number(tokens.Word);
        if (count is < 0 or > ProgramLimits.LoopCountMax)
            throw tokens.Expected($"how often to loop, a number from 0 to {ProgramLimits.LoopCountMax}");
        tokens.Take();
        tokens.Take(TokenKind.Open, "'{'");
        var body = Nodes(label + ".", depth + 1, "'loop'", start.Line);
        tokens.Take(TokenKind.Close, "'}'");
        return new Loop(label, (int)count, body, start.Line);
    }

    /// <summary><c>choose { … } or { … }</c></summary>
    private Choose Choose(string label, int depth)
    {
        var start = tokens.Take();
        CheckDepth(depth, start);
        var alternatives = ImmutableArray.CreateBuilder<ImmutableArray<Node>>();
        do
        {
            tokens.Take(TokenKind.Open, "'{'");
            alternatives.Add(Nodes($"{label}.{alternatives.Count + 1}.", depth + 1, "'choose'", start.Line));
        }
        while (tokens.TakeCloseAnd("or"));
        return new Choose(label, alternatives.ToImmutable(), start.Line);
    }

    private void CheckDepth(int depth, Token start)
    {
        if (depth >= ProgramLimits.DepthMax)
            throw tokens.Source.Expected($"loops and choices no more than {ProgramLimits.DepthMax} deep", start);
    }
}
