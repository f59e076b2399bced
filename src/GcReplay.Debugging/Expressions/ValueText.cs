using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Expressions;

/// <summary>Values as people read them.</summary>
public static class ValueText
{
    /// <summary>A reference as what lies there where the timeline stands.</summary>
    public static string Of(Timeline timeline, in Value value) => value.Kind switch
    {
        ValueKind.Unknown => $"no answer: {value.Text}",
        ValueKind.Truth => value.Bits == 0 ? "no" : "yes",
        ValueKind.Number => value.Bits < 1 << 20 ? value.Bits.ToString() : $"{value.Bits} (0x{value.Bits:x})",
        ValueKind.Text => value.Text!,
        _ => Reference(timeline, value),
    };

    private static string Reference(Timeline timeline, in Value value)
    {
        if (value.Number == 0)
            return EventText.ObjectAt(timeline.View, new Address(value.Bits)) is var text && value.Bits != 0 && !text.Contains("0x", StringComparison.Ordinal)
                ? $"{text} at {new Address(value.Bits)}"
                : text;
        var name = ObjectName.FromOperand(value.Number);
        return timeline.View.Object(name.Number, name.IsRuntime) is { } o ? $"{EventText.ObjectAt(timeline.View, o.Address)} at {o.Address}" : name.ToString();
    }
}
