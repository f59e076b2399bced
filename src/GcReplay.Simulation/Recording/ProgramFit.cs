using GcReplay.Heaps;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Recording;

/// <summary>Whether a collector has what a program uses: kinds, operations, scripts, prebuilt objects.</summary>
internal sealed class ProgramFit(HeapProgram program, CollectorFamily family, IReadOnlyDictionary<string, string> parameters)
{
    /// <exception cref="GcReplayException">It uses what the collector does not have; the message names the line.</exception>
    public void Check()
    {
        // Line 0: a kind under its own name, which counts only where a statement uses it.
        foreach (var type in program.Types.Where(type => type.Line > 0))
            CheckType(type, type.Line);
        if (program.Scripts is [var script, ..] && !family.CallsScripts)
        {
            if (ObjectKinds.Callers.Any(family.Kinds.Contains))
                throw new GcReplayException($"{program.Name}:{script.Line}: script '{script.Name}' is never called: {family.Name} calls no scripts.");
            throw new GcReplayException(
                $"{program.Name}:{script.Line}: script '{script.Name}' can only be called by objects of kinds that {family.Name} does not know "
                + $"({string.Join(", ", ObjectKinds.Callers)}). Kinds: {string.Join(", ", family.Kinds)}.");
        }

        if (program.Prebuilts is [var prebuilt, ..] && !family.HasPrebuilts)
        {
            throw new GcReplayException(
                $"{program.Name}:{prebuilt.Line}: '{prebuilt.Name}' is there before the program begins; {family.Name} has no prebuilt objects. "
                + $"Collectors that have some: {Families.WithPrebuilts}.");
        }

        foreach (var declaration in program.Prebuilts)
            CheckType(program.Types[declaration.Type], declaration.Line);
        foreach (var statement in program.Statements())
            CheckStatement(statement);
    }

    private void CheckStatement(Statement statement)
    {
        var row = statement.Operation;
        if (!row.IsOf(family.Name))
        {
            throw new GcReplayException(
                $"{program.Name}:{statement.Line}: '{row.Name}' is an operation of {string.Join(" and ", row.Collectors)}, and the run's collector is "
                + $"{family.Name}. Try: --collector {row.Collectors[0]}");
        }

        if (row.Kind.Length > 0 && !family.Kinds.Contains(row.Kind))
        {
            throw new GcReplayException(
                $"{program.Name}:{statement.Line}: '{row.Name}' is not known to this version of {family.Name}. "
                + $"Kinds of objects that it knows: {string.Join(", ", family.Kinds)}.");
        }

        if (row == OperationTable.New)
            CheckSize(statement);
        foreach (var operand in statement.Operands)
        {
            if (operand is { Form: OperandForm.Script } && !family.CallsScripts)
            {
                throw new GcReplayException(
                    $"{program.Name}:{statement.Line}: {family.Name} calls no scripts; expected '{row.Name}' without one.");
            }

            if (operand is { Form: OperandForm.Type })
                CheckType(program.Types[(int)operand.Number], statement.Line);
        }
    }

    private void CheckSize(Statement statement)
    {
        var kind = program.Types[(int)statement.Operands[0]!.Number].Kind;
        if (family.CannotMake(kind, statement.Operands[1]!.Number, parameters) is { } why)
            throw new GcReplayException($"{program.Name}:{statement.Line}: {why}.");
    }

    private void CheckType(TypeDeclaration type, int line)
    {
        if (family.Kinds.Contains(type.Kind))
            return;
        throw new GcReplayException(
            $"{program.Name}:{line}: type '{type.Name}' is of kind '{type.Kind}', which {family.Name} does not know. "
            + $"Kinds: {string.Join(", ", family.Kinds)}.");
    }
}
