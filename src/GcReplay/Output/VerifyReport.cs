using GcReplay.Heaps;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Output;

/// <summary>What running a trace's program again came to, in prose.</summary>
internal sealed class VerifyReport(TextWriter writer)
{
    /// <param name="forgets">Whether the run threw away every object after each operation.</param>
    public void Write(string path, VerifyResult result, bool forgets)
    {
        if (result.Divergence is { } divergence)
            WriteDivergence(path, divergence, forgets);
        else if (forgets)
            writer.WriteLine($"{path}: all {result.EventsCompared} events agree, word by word, with a run that forgets everything after each operation");
        else
            writer.WriteLine($"{path}: all {result.EventsCompared} events agree, word by word");
        if (result.Run.Undeclared is { } word)
        {
            writer.WriteLine($"not in the layout: {word.Message}");
            writer.WriteLine($"To look at it: gcreplay replay {ShellWord.Of(path)} -x \"goto {word.Event}\"");
        }
        else if (forgets && result.Divergence is null)
        {
            writer.WriteLine("the layout describes every word that the collector wrote");
        }

        if (result.Run.Fault is { } fault)
            writer.WriteLine(fault);
    }

    /// <summary>The difference, else the word, as a failure; null when there is neither.</summary>
    public static RunFailure? Failure(VerifyResult result) => result switch
    {
        { Divergence: { } divergence } => new RunFailure(
            "divergence", "divergence", divergence.Event, $"trace: {divergence.Expected}; run: {divergence.Actual}", "divergence"),
        { Run.Undeclared: { } word } => new RunFailure("undeclared", "undeclared", word.Event, word.Message, "undeclared"),
        _ => null,
    };

    private void WriteDivergence(string path, Divergence divergence, bool forgets)
    {
        writer.WriteLine(forgets
            ? $"{path}: a run that forgets everything after each operation first differs at event {divergence.Event}: the collector keeps something outside the words"
            : $"{path}: the first difference is at event {divergence.Event}");
        writer.WriteLine($"  trace: {divergence.Expected}");
        writer.WriteLine($"  run:   {divergence.Actual}");
        writer.WriteLine($"To look at it: gcreplay replay {ShellWord.Of(path)} -x \"goto {Math.Max(divergence.Event - 1, 0)}\"");
    }
}
