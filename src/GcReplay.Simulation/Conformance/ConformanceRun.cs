using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Simulation.Conformance;

/// <summary>What running one program came to.</summary>
/// <param name="Operations">Operations of the file that were completed.</param>
/// <param name="IsCancelled">Whether it was stopped from outside.</param>
public sealed record ConformanceResult(int Operations, Differences Differences, bool IsCancelled);

/// <summary>Runs a program from its tree and compares; runs it again from its text, which must do the same.</summary>
public static class ConformanceRun
{
    /// <summary>Field of a difference between a tree and what its text reads as.</summary>
    private const string TextField = "text";

    /// <summary>Field of a difference between the content hashes of the two runs.</summary>
    private const string HashField = "hash";

    public static ConformanceResult Execute(ConformanceProgram program, string toolVersion, CancellationToken cancellation = default)
    {
        var differences = new Differences();
        var options = OptionsOf(program);
        CompareTrees(program.Tree, options.ProgramText, differences);

        var first = new HashSink();
        var run = new PreparedRun(options, program.Tree, toolVersion);
        var statements = program.Tree.Statements().ToDictionary(statement => statement.Label, StringComparer.Ordinal);
        var cursor = new OperationCursor(program, [.. run.Header.Operations.Select(operation => statements[operation.Label])], differences);
        var result = run.Execute(first, cursor, cancellation: cancellation);
        if (result.Status == RunStatus.Cancelled)
            return new ConformanceResult(cursor.Completed, differences, true);
        cursor.Finish(result);

        var second = new HashSink();
        var again = new PreparedRun(options, toolVersion).Execute(second, cancellation: cancellation);
        if (again.Status == RunStatus.Cancelled)
            return new ConformanceResult(cursor.Completed, differences, true);
        if (first.Hash != second.Hash)
            differences.Add(Math.Max(cursor.Completed - 1, 0), HashField, $"{first.Hash:x16}", $"{second.Hash:x16}");
        return new ConformanceResult(cursor.Completed, differences, false);
    }

    /// <summary>How a program is run, from its text.</summary>
    public static RunOptions OptionsOf(ConformanceProgram program) => new()
    {
        ProgramName = program.Tree.Name,
        ProgramText = HeapProgramPrinter.Print(program.Tree),
        Collector = program.Collector,
        Allocator = program.Allocator,
        Parameters = program.Parameters,
    };

    private static void CompareTrees(HeapProgram tree, string text, Differences differences)
    {
        var parsed = HeapProgramParser.Parse(tree.Name, text);
        var again = HeapProgramPrinter.Print(parsed);
        if (text != again)
            differences.Add(0, TextField, text, again);
        else if (!tree.Equals(parsed))
            differences.Add(0, TextField, "the tree", "another tree with the same text");
    }

    private sealed class HashSink : IBlockSink
    {
        private readonly ContentHash hash = new();

        public ulong Hash => hash.Value;

        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            hash.Add(block);
            block.Clear();
            return block;
        }
    }
}
