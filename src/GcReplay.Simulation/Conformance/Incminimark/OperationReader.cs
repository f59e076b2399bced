using System.Collections.Immutable;
using System.Text.Json;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Reads operations, and counts root slots and pins, so that none is named that is not there.</summary>
internal sealed class OperationReader(int prebuilts)
{
    /// <summary>Root slots after the operations read so far.</summary>
    public int Slots { get; private set; }

    private int pins;

    /// <param name="pushed">Whether the file says that the operation gave a reference.</param>
    public MutatorOperation Read(JsonPlace place, JsonElement element, bool pushed)
    {
        var items = place.Items(element, "an operation");
        if (items is not [{ ValueKind: JsonValueKind.String } first, ..])
            throw place.Error("an operation (an array that begins with its name)", element);
        var name = first.GetString()!;
        var shape = OperationShape.Find(name) ?? throw place.Error($"unknown operation '{name}'");
        if (items.Length != shape.Arguments.Length + 1)
            throw place.Error($"'{name}' with {shape.Arguments.Length} operands, found {items.Length - 1}");
        var arguments = ImmutableArray.CreateBuilder<long>();
        for (var i = 0; i < shape.Arguments.Length; i++)
            Argument(place, shape.Arguments[i], items[i + 1], arguments);
        Count(name);
        if (shape.Pushes == Pushes.Always || shape.Pushes == Pushes.WhenThereIsOne && pushed)
            Slots++;
        return new MutatorOperation(name, arguments.DrainToImmutable());
    }

    private void Count(string name)
    {
        if (name == "drop")
            Slots--;
        else if (name == "pin")
            pins++;
        else if (name == "unpin")
            pins--;
    }

    private void Argument(JsonPlace place, ArgumentForm form, JsonElement element, ImmutableArray<long>.Builder arguments)
    {
        switch (form)
        {
            case ArgumentForm.Values:
                foreach (var item in place.Items(element, "references"))
                    arguments.Add(Reference(place, item, canBeNull: true));
                break;
            case ArgumentForm.Hex:
                arguments.Add(Bytes(place, element));
                break;
            case ArgumentForm.Field:
                arguments.Add(place.Text(element, "a field") switch
                {
                    "prev" => 0,
                    "next" => 1,
                    var other => throw place.Error($"unknown field '{other}'; expected prev or next"),
                });
                break;
            default:
                arguments.Add(Single(place, form, element));
                break;
        }
    }

    private long Single(JsonPlace place, ArgumentForm form, JsonElement element) => form switch
    {
        ArgumentForm.Object => Reference(place, element, canBeNull: false),
        ArgumentForm.Value => Reference(place, element, canBeNull: true),
        ArgumentForm.Slot => place.Number(element, "a root slot", 0, Slots - 1),
        ArgumentForm.Pin => place.Number(element, "an entry of the pinned list", 0, pins - 1),
        ArgumentForm.Index => place.Number(element, "an index", 0, ProgramLimits.NumberMax),
        ArgumentForm.Bit => place.Number(element, "0 or 1", 0, 1),
        ArgumentForm.State => place.Number(element, "a state", 0, 3),
        ArgumentForm.Bytes => Threshold(place, element),
        _ => throw new NotSupportedException(form.ToString()),
    };

    private long Reference(JsonPlace place, JsonElement element, bool canBeNull) =>
        canBeNull && element.ValueKind == JsonValueKind.Null
            ? MutatorOperation.NullReference
            : place.Number(element, "a root slot or prebuilt object", -prebuilts, Slots - 1);

    /// <summary>The bits of a double.</summary>
    private static long Threshold(JsonPlace place, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && Math.Abs(value) < ProgramLimits.DecimalEnd
            ? BitConverter.DoubleToInt64Bits(value)
            : throw place.Error("a threshold (a number below 1e15)", element);

    private static long Bytes(JsonPlace place, JsonElement element)
    {
        var hex = place.Text(element, "the bytes of a string");
        return hex.Length % 2 == 0 && hex.Length / 2 <= ProgramLimits.NumberMax && hex.All(char.IsAsciiHexDigit)
            ? hex.Length / 2
            : throw place.Error($"the bytes of a string (two hexadecimal digits for each, at most {ProgramLimits.NumberMax} bytes)", element);
    }
}
