using System.Collections;
using System.Globalization;

namespace GcReplay.Tests.Traces;

/// <summary>A record with everything in it as text, lists item by item: records of lists compare their lists by identity.</summary>
internal static class RecordText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Of))}]",
        IConvertible plain => plain.ToString(CultureInfo.InvariantCulture),
        _ => Parts(value),
    };

    private static string Parts(object value)
    {
        var parts = value.GetType().GetProperties()
            .Where(p => p.GetMethod is { IsStatic: false } && p.GetIndexParameters().Length == 0)
            .Select(p => $"{p.Name}={Of(p.GetValue(value))}");
        return $"{value.GetType().Name}({string.Join(", ", parts)})";
    }
}
