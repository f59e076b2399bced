using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs;

/// <summary>Reads one statement, by its row of the table.</summary>
/// <param name="added">Rows beside those of the table.</param>
internal sealed class StatementParser(TokenReader tokens, ProgramScope scope, ImmutableArray<OperationRow> added)
{
    private static readonly Dictionary<string, OperationRow> Rows = OperationTable.All.ToDictionary(row => row.Name);

    private readonly Dictionary<string, OperationRow>.AlternateLookup<ReadOnlySpan<char>> rows =
        (added.IsEmpty ? Rows : OperationTable.All.Concat(added).ToDictionary(row => row.Name)).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the statements are a script's, so that <c>self</c> means something.</summary>
    public bool IsInScript { get; set; }

    /// <summary>Up to the end of the statement, which is left.</summary>
    public Statement Statement(string label)
    {
        var start = tokens.Current;
        var destination = tokens.Following.Kind == TokenKind.Equal ? Destination() : null;
        if (!rows.TryGetValue(tokens.Word, out var row))
            throw tokens.Expected(destination is null ? "a statement or '}'" : "an operation", OperationHint(destination is null));
        if (destination is not null && row.Result != ResultForm.Reference)
            throw tokens.Expected("an operation that gives a reference", $"; usage: {row.Usage}");
        tokens.Take();
        return new Statement(label, destination, row, Operands(row), start.Line);
    }

    /// <summary><c>ROOT =</c> or <c>push =</c></summary>
    private Destination Destination()
    {
        if (tokens.Word is ProgramNames.Push)
        {
            tokens.Take();
            tokens.Take();
            return Programs.Destination.Push;
        }
        var prebuilt = scope.Prebuilt(tokens.Word);
        if (prebuilt is not null || Root() is not { } root)
        {
            if (prebuilt is not null)
                throw tokens.Expected("where the reference goes (push, a global, gN or fN; a prebuilt object is only read)");
            if (tokens.Word is ProgramNames.Self)
                throw tokens.Expected("where the reference goes (push, a global, gN or fN; 'self' is only read)");
            var hint = Spelling.Suggest(tokens.Word.ToString(), [ProgramNames.Push, .. scope.GlobalNames]);
            throw tokens.Expected("where the reference goes (push, a global, gN or fN)", hint);
        }
        tokens.Take();
        return new Destination(root.Kind, root.Index);
    }

    private string OperationHint(bool canBeBlock)
    {
        var names = OperationTable.All.Concat(added).Select(row => row.Name);
        return Spelling.Suggest(tokens.Word.ToString(), canBeBlock ? names.Append("loop").Append("choose") : names);
    }

    private ImmutableArray<Operand?> Operands(OperationRow row)
    {
        var operands = row.Operands.IsEmpty ? [] : new Operand?[row.Operands.Length];
        for (var i = 0; i < operands.Length; i++)
            operands[i] = IsLeftOut(row.Operands[i]) ? null : Operand(row, row.Operands[i], operands);
        return tokens.AtEndOfStatement
            ? ImmutableCollectionsMarshal.AsImmutableArray(operands)
            : [.. operands, .. FurtherOperands(row, operands)];
    }

    /// <summary>Text stands in quotes and nothing else does.</summary>
    private bool IsLeftOut(OperandRow operand) =>
        operand.IsOptional
        && (tokens.AtEndOfStatement || (operand.Form == OperandForm.Text) != (tokens.Current.Kind == TokenKind.Text));

    /// <summary>Behind the row's operands: the last one again and again, or an error.</summary>
    private List<Operand> FurtherOperands(OperationRow row, Operand?[] operands)
    {
        if (row.Operands is [.., { IsRepeated: true } last])
        {
            var further = new List<Operand>();
            while (!tokens.AtEndOfStatement)
            {
                if (further.Count >= ProgramLimits.NumberMax)
                    throw tokens.Expected($"the end of the statement: {last.Name} stands at most {ProgramLimits.NumberMax} times");
                further.Add(Operand(row, last, operands));
            }
            return further;
        }
        // What stands here is no optional operand: the error of the last of them says most.
        if (row.Operands is [.., { IsOptional: true } optional] && operands[^1] is null)
            Operand(row, optional, operands);
        throw tokens.Expected("the end of the statement", $"; usage: {row.Usage}");
    }

    private Operand Operand(OperationRow row, OperandRow operand, Operand?[] before) => operand.Form switch
    {
        OperandForm.Root => RootOperand(row, operand),
        OperandForm.Number => new Operand(OperandForm.Number, Number(row, operand, before)),
        OperandForm.Decimal => Decimal(row, operand),
        OperandForm.Type => new Operand(OperandForm.Type, Type(row, operand)),
        OperandForm.Text => new Operand(OperandForm.Text, 0, Text(row, operand)),
        OperandForm.Interpreter => new Operand(OperandForm.Interpreter, Interpreter(row, operand)),
        OperandForm.Thread => new Operand(OperandForm.Thread, Thread(row, operand)),
        OperandForm.Script => new Operand(OperandForm.Script, Script(row, operand, before)),
        OperandForm.Extent => new Operand(OperandForm.Extent, Extent(row, operand)),
        OperandForm.Word => new Operand(OperandForm.Word, Word(row, operand)),
        _ => throw new NotSupportedException(operand.Form.ToString()),
    };

    private GcReplayException Expected(OperationRow row, OperandRow operand, string form, IEnumerable<string>? names = null)
    {
        var hint = names is null ? "" : Spelling.Suggest(tokens.Word.ToString(), names);
        return tokens.Expected($"{operand.Name} ({form})", $"{hint}; usage: {row.Usage}");
    }

    private Operand RootOperand(OperationRow row, OperandRow operand)
    {
        if (operand.IsPlace && scope.Prebuilt(tokens.Word) is not null)
            throw Expected(row, operand, "a global, gN or fN; a prebuilt object is only read");
        if (Root() is { } root)
            return new Operand(OperandForm.Root, root.Index, Root: root.Kind);
        return tokens.Word is ProgramNames.Self
            ? Self(row, operand)
            : throw Expected(row, operand, "a global, gN or fN", IsInScript ? scope.ReadNames.Append(ProgramNames.Self) : scope.ReadNames);
    }

    private Operand Self(OperationRow row, OperandRow operand)
    {
        if (!IsInScript)
            throw Expected(row, operand, "a global, gN or fN; only a script has a 'self'");
        if (operand.IsPlace)
            throw Expected(row, operand, "a global, gN or fN; 'self' is only read");
        tokens.Take();
        return new Operand(OperandForm.Root, 0, Root: RootKind.Self);
    }

    private (RootKind Kind, int Index)? Root()
    {
        if (scope.Root(tokens.Word) is not { } root)
            return null;
        if (root.Index > ProgramLimits.NumberMax)
            throw tokens.Expected($"a root numbered from 0 to {ProgramLimits.NumberMax}");
        tokens.Take();
        if (root.Kind == RootKind.Global)
            scope.UseGlobal((int)root.Index);
        return (root.Kind, (int)root.Index);
    }

    private long Number(OperationRow row, OperandRow operand, Operand?[] before)
    {
        var value = ProgramNames.Number(tokens.Word);
        if (value < 0 || value > operand.Max)
            throw Expected(row, operand, $"a number from 0 to {operand.Max}");
        if (row == OperationTable.New && scope.KindOf((int)before[0]!.Number) is var kind && ObjectKinds.SlotsOf(kind) is { } slots && slots != value)
            throw Expected(row, operand, $"{slots}, which is what every '{kind}' has");
        tokens.Take();
        return value;
    }

    private Operand Decimal(OperationRow row, OperandRow operand)
    {
        var value = ProgramNames.Decimal(tokens.Word) ?? throw Expected(row, operand, "a number, as 1500 or 127.5, below 1e15");
        tokens.Take();
        return new Operand(OperandForm.Decimal, BitConverter.DoubleToInt64Bits(value));
    }

    private long Type(OperationRow row, OperandRow operand)
    {
        var token = tokens.Current;
        var index = Type(operand.Name, $"; usage: {row.Usage}");
        return ObjectKinds.Made.Contains(scope.KindOf(index))
            ? throw tokens.Source.Expected(
                $"{operand.Name} (its objects made by '{row.Name}')", token, $"; usage: {OperationTable.Find(scope.KindOf(index))!.Usage}")
            : index;
    }

    /// <summary>The index of a type.</summary>
    /// <param name="what">What it is, for an error.</param>
    public int Type(string what, string usage)
    {
        var type = tokens.Current.Kind switch
        {
            TokenKind.Text => QuotedText.Read(tokens.Source, tokens.Current),
            _ when ProgramNames.IsIdentifier(tokens.Word) => tokens.Word,
            _ => throw tokens.Expected($"{what} (the name of a type or kind)", usage),
        };
        var index = scope.Type(type) ?? throw tokens.Expected(
            $"{what} (declared above with 'type', or a kind)", Spelling.Suggest(tokens.Word.ToString(), scope.TypeNames) + usage);
        tokens.Take();
        return index;
    }

    private long Word(OperationRow row, OperandRow operand)
    {
        var place = operand.Words.IndexOf(tokens.Word.ToString());
        if (place < 0)
            throw Expected(row, operand, string.Join(", ", operand.Words), operand.Words);
        tokens.Take();
        return place;
    }

    private string Text(OperationRow row, OperandRow operand) => tokens.Current.Kind == TokenKind.Text
        ? QuotedText.Read(tokens.Source, tokens.Take())
        : throw Expected(row, operand, "in double quotes");

    private long Interpreter(OperationRow row, OperandRow operand) => ProgramNames.IsIdentifier(tokens.Word)
        ? scope.Interpreter(tokens.Source.Word(tokens.Take()))
        : throw Expected(row, operand, "a name");

    private long Thread(OperationRow row, OperandRow operand)
    {
        var index = scope.Thread(tokens.Word)
            ?? throw ExpectedBlock(row, operand, scope.ThreadNames, scope.Script(tokens.Word) is null ? "" : "a script");
        tokens.Take();
        return index;
    }

    private long Script(OperationRow row, OperandRow operand, Operand?[] before)
    {
        if (operand.OnlyForKind.Length > 0)
            CheckKind(row, operand.OnlyForKind, before);
        var index = scope.Script(tokens.Word)
            ?? throw ExpectedBlock(row, operand, scope.ScriptNames, scope.Thread(tokens.Word) is null ? "" : "a thread");
        tokens.Take();
        return index;
    }

    /// <param name="only">The one kind whose objects take a script of their own.</param>
    private void CheckKind(OperationRow row, string only, Operand?[] before)
    {
        var kind = scope.KindOf((int)before.First(operand => operand is { Form: OperandForm.Type })!.Number);
        if (kind == only)
            return;
        var name = before.Any(operand => operand is { Form: OperandForm.Text }) ? "" : " or a name in double quotes";
        throw tokens.Expected(
            $"the end of the statement{name} (only an object of kind '{only}' has a script, its finalizer, and this one is of kind '{kind}')",
            $"; usage: {row.Usage}");
    }

    /// <param name="other">What else the name is; empty for nothing.</param>
    private GcReplayException ExpectedBlock(OperationRow row, OperandRow operand, IReadOnlyList<string> names, string other)
    {
        var known = names.Count == 0 ? "this program has none" : $"of this program: {string.Join(", ", names.Take(8))}";
        return other.Length == 0
            ? Expected(row, operand, known, names)
            : tokens.Expected($"{operand.Name} ({known})", $", which is {other}; usage: {row.Usage}");
    }

    private long Extent(OperationRow row, OperandRow operand)
    {
        var word = tokens.Word.ToString();
        var value = ProgramNames.Extent(word) ?? ProgramNames.Number(word);
        if ((value == -1 && word != "full") || value > operand.Max)
            throw Expected(row, operand, "full, minor, increment or a generation's number", ProgramNames.ExtentWords);
        tokens.Take();
        return value;
    }
}
