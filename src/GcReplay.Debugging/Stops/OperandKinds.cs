using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Stops;

/// <summary>The kinds of the operands of every kind of event, as an array for inner loops. Source: <see cref="EventShapes"/>.</summary>
internal static class OperandKinds
{
    private static readonly OperandKind[] Table = Build();

    /// <summary>Unused for an operand, or a kind of event, that is not in the table.</summary>
    /// <param name="operand">0 to 3 for A to D.</param>
    public static OperandKind Of(byte kind, int operand) => Table[kind * 4 + operand];

    private static OperandKind[] Build()
    {
        var table = new OperandKind[256 * 4];
        foreach (var shape in EventShapes.All)
        {
            for (var i = 0; i < shape.Operands.Length; i++)
                table[(int)shape.Kind * 4 + i] = shape.Operands[i].Kind;
        }

        return table;
    }
}
