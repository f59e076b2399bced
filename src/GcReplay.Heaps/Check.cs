using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace GcReplay.Heaps;

/// <summary>Our own assumptions, checked in Release as well: a broken one ends the program with exit code 3.</summary>
public static class Check
{
    /// <summary>Throws when <paramref name="condition"/> is false; the message is formatted only then.</summary>
    public static void That(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] CheckMessage message)
    {
        if (!condition)
            throw new BrokenAssumptionException(message.ToString());
    }
}

/// <summary>A defect of GcReplay itself, not of the input and not of the simulated program.</summary>
public sealed class BrokenAssumptionException(string message) : Exception(message);

/// <summary>Formats a message only when the condition it belongs to is false.</summary>
[InterpolatedStringHandler]
public readonly ref struct CheckMessage
{
    private readonly StringBuilder? text;

    public CheckMessage(int literalLength, int formattedCount, bool condition, out bool enabled)
    {
        enabled = !condition;
        text = enabled ? new StringBuilder(literalLength + formattedCount * 8) : null;
    }

    public void AppendLiteral(string value) => text!.Append(value);

    public void AppendFormatted<T>(T value) => text!.Append(value);

    public override string ToString() => text?.ToString() ?? "";
}
