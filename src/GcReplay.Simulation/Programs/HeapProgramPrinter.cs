using System.Collections.Immutable;
using System.Text;

namespace GcReplay.Simulation.Programs;

/// <summary>Writes a heap program so that reading it again gives an equal one.</summary>
/// <remarks>A label is written only where the place would give another: labels stay when statements around them go.</remarks>
public sealed class HeapProgramPrinter
{
    private const int GlobalsPerLine = 16;

    private readonly HeapProgram program;
    private readonly StringBuilder text = new();

    private HeapProgramPrinter(HeapProgram program) => this.program = program;

    public static string Print(HeapProgram program)
    {
        var printer = new HeapProgramPrinter(program);
        printer.Program();
        return printer.text.ToString();
    }

    /// <summary>One statement without label and end of line.</summary>
    public static string PrintStatement(HeapProgram program, Statement statement)
    {
        var printer = new HeapProgramPrinter(program);
        printer.Statement(statement);
        return printer.text.ToString();
    }

    private void Program()
    {
        foreach (var type in program.Types.Where(type => !ObjectKinds.All.Contains(type.Name)))
            text.Append("type ").Append(TypeName(type.Name)).Append(" = ").Append(type.Kind).Append('\n');
        foreach (var names in program.Globals.Chunk(GlobalsPerLine))
            text.Append("globals ").AppendJoin(' ', names).Append('\n');
        foreach (var prebuilt in program.Prebuilts)
            Prebuilt(prebuilt);
        var scripts = program.Scripts.Select(script => script.Name).ToHashSet();
        // In the order of the text, since the first mention of an interpreter numbers it.
        foreach (var block in program.Blocks)
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(scripts.Contains(block.Name) ? "script " : "thread ").Append(block.Name).Append(" {\n");
            Nodes(block.Body, block.Name + "/", indent: 1);
            text.Append("}\n");
        }
    }

    private void Prebuilt(PrebuiltDeclaration prebuilt)
    {
        text.Append("prebuilt ").Append(prebuilt.Name).Append(" = ").Append(TypeName(program.Types[prebuilt.Type].Name));
        foreach (var slot in prebuilt.Slots)
            text.Append(' ').Append(slot == PrebuiltDeclaration.None ? ProgramNames.None : program.Prebuilts[slot].Name);
        text.Append('\n');
    }

    private void Nodes(ImmutableArray<Node> nodes, string prefix, int indent)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            text.Append(' ', indent * 2);
            if (nodes[i].Label != $"{prefix}{i + 1}")
                text.Append(nodes[i].Label).Append(": ");
            Node(nodes[i], indent);
            text.Append('\n');
        }
    }

    private void Node(Node node, int indent)
    {
        switch (node)
        {
            case Statement statement:
                Statement(statement);
                break;
            case Loop loop:
                text.Append("loop ").Append(loop.Count).Append(' ');
                Braces(loop.Body, loop.Label + ".", indent);
                break;
            case Choose choose:
                text.Append("choose ");
                for (var i = 0; i < choose.Alternatives.Length; i++)
                {
                    text.Append(i == 0 ? "" : " or ");
                    Braces(choose.Alternatives[i], $"{choose.Label}.{i + 1}.", indent);
                }
                break;
            default:
                throw new NotSupportedException(node.GetType().Name);
        }
    }

    private void Braces(ImmutableArray<Node> nodes, string prefix, int indent)
    {
        text.Append("{\n");
        Nodes(nodes, prefix, indent + 1);
        text.Append(' ', indent * 2).Append('}');
    }

    private void Statement(Statement statement)
    {
        if (statement.Destination is { } destination)
            text.Append(destination == Destination.Push ? ProgramNames.Push : Root(destination.Kind, destination.Index)).Append(" = ");
        text.Append(statement.Operation.Name);
        var rows = statement.Operation.Operands;
        for (var i = 0; i < statement.Operands.Length; i++)
        {
            if (statement.Operands[i] is { } operand)
                text.Append(' ').Append(Operand(operand, rows[Math.Min(i, rows.Length - 1)]));
        }
    }

    private string Operand(Operand operand, OperandRow row) => operand.Form switch
    {
        OperandForm.Root => Root(operand.Root, (int)operand.Number),
        OperandForm.Number => operand.Number.ToString(),
        OperandForm.Decimal => ProgramNames.DecimalText(operand.Decimal),
        OperandForm.Type => TypeName(program.Types[(int)operand.Number].Name),
        OperandForm.Text => QuotedText.Write(operand.Text),
        OperandForm.Interpreter => program.Interpreters[(int)operand.Number],
        OperandForm.Thread => program.Threads[(int)operand.Number].Name,
        OperandForm.Script => program.Scripts[(int)operand.Number].Name,
        OperandForm.Extent => ProgramNames.ExtentText(operand.Number),
        OperandForm.Word => row.Words[(int)operand.Number],
        _ => throw new NotSupportedException(operand.Form.ToString()),
    };

    private string Root(RootKind kind, int index) => kind switch
    {
        RootKind.Frame => $"f{index}",
        RootKind.Self => ProgramNames.Self,
        RootKind.Prebuilt => program.Prebuilts[index].Name,
        _ when index < program.Globals.Length => program.Globals[index],
        _ => $"g{index}",
    };

    private static string TypeName(string name) => ProgramNames.IsIdentifier(name) ? name : QuotedText.Write(name);
}
