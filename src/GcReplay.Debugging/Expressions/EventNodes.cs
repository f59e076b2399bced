using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Expressions;

/// <summary><c>kind</c>: what kind of event it is.</summary>
internal sealed class KindNode() : Node(ValueKind.Text, Domain.EventKind)
{
    private static readonly Value[] Names = [.. Enumerable.Range(0, 256).Select(k => Value.Of(((EventKind)k).ToString()))];

    public override bool NeedsState => false;

    public override Value Evaluate(in Moment moment) => Names[(byte)moment.Kind];
}

/// <summary><c>position</c>: the number of the event.</summary>
internal sealed class PositionNode() : Node(ValueKind.Number)
{
    public override bool NeedsState => false;

    public override Value Evaluate(in Moment moment) => Value.Of((ulong)moment.Number);
}

/// <summary><c>thread</c>: whose event it is.</summary>
internal sealed class ThreadNode(TraceHeader header) : Node(ValueKind.Text, Domain.Thread)
{
    public override bool NeedsState => false;

    public override Value Evaluate(in Moment moment) => Value.Of(EventText.ThreadName(header, moment.Thread));
}

/// <summary><c>actor</c>: the interpreter that runs the event.</summary>
internal sealed class ActorNode() : Node(ValueKind.Text, Domain.Interpreter)
{
    private static readonly Value NoThread = Value.Unknown("no thread's state says which interpreter runs here");

    public override bool NeedsState => true;

    public override Value Evaluate(in Moment moment)
    {
        var view = moment.View;
        foreach (var instance in view.Instances())
        {
            if (instance is not { Role: StructRole.Thread, HasEnded: false, Interpreter: { } interpreter })
                continue;
            var id = instance.Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.ThreadId));
            if (id is not null && view.Read(instance, id).Value == (ulong)moment.Thread)
                return Value.Of(view.InterpreterName(interpreter));
        }

        return NoThread;
    }
}

/// <summary><c>phase</c>: the innermost phase that the event's thread is in, or none.</summary>
internal sealed class PhaseNode() : Node(ValueKind.Text, Domain.Phase)
{
    public override bool NeedsState => true;

    public override Value Evaluate(in Moment moment) =>
        Value.Of(SpanText.PhaseOf(moment.Timeline, moment.Thread) is { } phase ? moment.View.PhaseName(phase) : Domains.Absent);
}

/// <summary><c>operation</c> and its parts: the innermost statement that the event belongs to.</summary>
internal sealed class OperationNode(string part, ValueKind kind, Domain domain) : Node(kind, domain)
{
    public static readonly string[] Parts = ["label", "line", "text", "block"];
    private static readonly Value Between = Value.Unknown("no statement is under way");

    public override bool NeedsState => true;

    public static OperationNode Of(string part) =>
        new(part, part == "line" ? ValueKind.Number : ValueKind.Text, part == "label" ? Domain.Label : Domain.None);

    public override Value Evaluate(in Moment moment) => EventText.OperationOf(moment.Timeline) is not { } operation ? Between : part switch
    {
        "label" => Value.Of(operation.Label),
        "line" => Value.Of((ulong)operation.Line),
        "text" => Value.Of(operation.Text),
        _ => Value.Of(operation.Block),
    };
}

/// <summary><c>event.object</c>: an operand of the event. Births and deaths have their object under this name, too.</summary>
internal sealed class OperandNode : Node
{
    private readonly sbyte[] places = new sbyte[256];
    private readonly OperandKind[] kinds = new OperandKind[256];
    private readonly Value absent;
    private readonly TraceHeader header;
    private readonly ulong knownAt;

    public OperandNode(string name, TraceHeader header)
        : base(KindOf(name), DomainOf(name))
    {
        this.header = header;
        absent = Value.Unknown($"this kind of event has no operand '{name}'");
        Array.Fill(places, (sbyte)-1);
        foreach (var (kind, operand, place) in Operands().Where(o => o.Operand.Name == name))
        {
            places[(int)kind] = (sbyte)place;
            kinds[(int)kind] = operand.Kind;
            knownAt |= Mask(kind);
        }
    }

    public static IEnumerable<string> Names => Operands().Select(o => o.Operand.Name).Distinct();

    public override bool NeedsState => false;

    public override ulong KnownAt => knownAt;

    public override Value Evaluate(in Moment moment)
    {
        var place = places[(byte)moment.Kind];
        if (place < 0)
            return absent;
        var operand = moment.Operand(place);
        return kinds[(byte)moment.Kind] switch
        {
            OperandKind.Object or OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container => Value.Of(new Address(operand)),
            OperandKind.ObjectNumber => Born(moment, operand),
            OperandKind.Boolean => Value.Of(operand != 0),
            OperandKind.Phase => Value.Of(Name(header.Layout.Phases, operand)),
            OperandKind.Interpreter => Value.Of(Name(header.Layout.Interpreters, operand)),
            OperandKind.Thread => Value.Of(Name(header.Threads, operand)),
            OperandKind.Operation => operand < (ulong)header.Operations.Length ? Value.Of(header.Operations[(int)operand].Label) : Value.Of(""),
            _ => Value.Of(operand),
        };
    }

    private static Value Born(in Moment moment, ulong number) =>
        number == 0 ? Value.Nothing
        : moment.Kind == EventKind.Allocate ? Value.Object(number, new Address(moment.Operand(0)) + (long)(moment.Operand(3) >> 56) * 8)
        : Value.Object(number, default);

    private static string Name(IReadOnlyList<string> names, ulong index) => index < (ulong)names.Count ? names[(int)index] : index.ToString();

    private static IEnumerable<(EventKind Kind, Operand Operand, int Place)> Operands()
    {
        foreach (var shape in EventShapes.All)
        {
            for (var i = 0; i < shape.Operands.Length; i++)
            {
                yield return (shape.Kind, shape.Operands[i], i);
                if (shape.Operands[i].Kind == OperandKind.ObjectNumber)
                    yield return (shape.Kind, shape.Operands[i] with { Name = "object" }, i);
            }
        }
    }

    /// <summary>Unknown when the operand is not the same in all kinds of event.</summary>
    private static ValueKind KindOf(string name)
    {
        var kinds = Operands().Where(o => o.Operand.Name == name).Select(o => ValueKindOf(o.Operand.Kind)).Distinct().Take(2).ToList();
        return kinds.Count == 1 ? kinds[0] : ValueKind.Unknown;
    }

    private static ValueKind ValueKindOf(OperandKind kind) => kind switch
    {
        OperandKind.Object or OperandKind.ObjectNumber or OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container => ValueKind.Reference,
        OperandKind.Boolean => ValueKind.Truth,
        OperandKind.Phase or OperandKind.Interpreter or OperandKind.Thread or OperandKind.Operation => ValueKind.Text,
        _ => ValueKind.Number,
    };

    private static Domain DomainOf(string name)
    {
        var domains = Operands().Where(o => o.Operand.Name == name).Select(o => DomainOf(o.Operand.Kind)).Distinct().Take(2).ToList();
        return domains.Count == 1 ? domains[0] : Domain.None;
    }

    private static Domain DomainOf(OperandKind kind) => kind switch
    {
        OperandKind.Phase => Domain.Phase,
        OperandKind.Interpreter => Domain.Interpreter,
        OperandKind.Thread => Domain.Thread,
        OperandKind.Operation => Domain.Label,
        _ => Domain.None,
    };
}
