using System.Collections.Immutable;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs;

/// <summary>Reads one statement, by its row of the table.</summary>
internal sealed class StatementParser(TokenReader tokens, ProgramScope scope)
{
    private static readonly Dictionary<string, OperationRow> Rows = OperationTable.All.ToDictionary(row => row.Name);

    private readonly Dictionary<string, OperationRow>.AlternateLookup<ReadOnlySpan<char>> rows = Rows.GetAlternateLookup<ReadOnlySpan<char>>();

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
        if (Root() is not { } root)
        {
            var hint = Spelling.Suggest(tokens.Word.ToString(), [ProgramNames.Push, .. scope.GlobalNames]);
            throw tokens.Expected("where the reference goes (push, a global, gN or fN)", hint);
        }
        tokens.Take();
        return new Destination(root.Kind, root.Index);
    }

    private string OperationHint(bool canBeBlock)
    {
        var names = OperationTable.All.Select(row => row.Name);
        return Spelling.Suggest(tokens.Word.ToString(), canBeBlock ? names.Append("loop").Append("choose") : names);
    }

    private ImmutableArray<Operand?> Operands(OperationRow row)
    {
        var operands = ImmutableArray.CreateBuilder<Operand?>(row.Operands.Length);
        foreach (var operand in row.Operands)
            operands.Add(operand.IsOptional && tokens.AtEndOfStatement ? null : Operand(row, operand));
        if (!tokens.AtEndOfStatement)
            throw tokens.Expected("the end of the statement", $"; usage: {row.Usage}");
        return operands.MoveToImmutable();
    }

    private Operand Operand(OperationRow row, OperandRow operand) => operand.Form switch
    {
        OperandForm.Root => RootOperand(row, operand),
        OperandForm.Number => new Operand(OperandForm.Number, Number(row, operand)),
        OperandForm.Type => new Operand(OperandForm.Type, Type(row, operand)),
        OperandForm.Text => new Operand(OperandForm.Text, 0, Text(row, operand)),
        OperandForm.Interpreter => new Operand(OperandForm.Interpreter, Interpreter(row, operand)),
        OperandForm.Thread => new Operand(OperandForm.Thread, Thread(row, operand)),
        OperandForm.Extent => new Operand(OperandForm.Extent, Extent(row, operand)),
        _ => throw new NotSupportedException(operand.Form.ToString()),
    };

    private GcReplayException Expected(OperationRow row, OperandRow operand, string form, IEnumerable<string>? names = null)
    {
        var hint = names is null ? "" : Spelling.Suggest(tokens.Word.ToString(), names);
        return tokens.Expected($"{operand.Name} ({form})", $"{hint}; usage: {row.Usage}");
    }

    private Operand RootOperand(OperationRow row, OperandRow operand)
    {
        var root = Root() ?? throw Expected(row, operand, "a global, gN or fN", scope.GlobalNames);
        return new Operand(OperandForm.Root, root.Index, Root: root.Kind);
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

    private long Number(OperationRow row, OperandRow operand)
    {
        var value = ProgramNames.Number(tokens.Word);
        if (value < 0 || value > operand.Max)
            throw Expected(row, operand, $"a number from 0 to {operand.Max}");
        tokens.Take();
        return value;
    }

    private long Type(OperationRow row, OperandRow operand)
    {
        var type = tokens.Current.Kind switch
        {
            TokenKind.Text => QuotedText.Read(tokens.Source, tokens.Current),
            _ when ProgramNames.IsIdentifier(tokens.Word) => tokens.Word,
            _ => throw Expected(row, operand, "the name of a type or kind"),
        };
        var index = scope.Type(type) ?? throw Expected(row, operand, "declared above with 'type', or a kind", scope.TypeNames);
        tokens.Take();
        return index;
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
            ?? throw Expected(row, operand, $"of this program: {string.Join(", ", scope.ThreadNames.Take(8))}", scope.ThreadNames);
        tokens.Take();
        return index;
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
