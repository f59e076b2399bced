using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Expressions;

/// <summary><c>#12</c>: known by its number always, and by its address from its birth until other things take its place.</summary>
internal sealed class ObjectNode(ObjectName name, IReadOnlyList<Placement> places) : Node(ValueKind.Reference)
{
    private readonly Placement[] places = [.. places];
    private readonly Value absent = Value.Unknown($"{name} is not in memory here", name.Number);

    public ObjectName Name => name;

    public override bool NeedsState => false;

    public override bool ReadsEvent => false;

    public override IEnumerable<Placement> Places => places;

    public override Value Evaluate(in Moment moment)
    {
        foreach (var place in places)
        {
            if (moment.Number >= place.From && moment.Number <= place.To)
                return Value.Object(name.Number, place.Object);
        }

        return absent;
    }
}

/// <summary>A field, slot or container of an object: <c>#12.ob_refcnt</c>, <c>event.object.slot[2]</c>.</summary>
/// <param name="index">Null for a field or a whole container.</param>
internal sealed class MemberNode(Node of, string member, Node? index) : Node(ValueKind.Unknown)
{
    public override bool NeedsState => true;

    public override bool ReadsEvent => of.ReadsEvent || index is { ReadsEvent: true };

    public override ulong KnownAt => of.KnownAt;

    public override IEnumerable<Node> Inputs => index is null ? [of] : [of, index];

    public override Value Evaluate(in Moment moment)
    {
        var target = of.Evaluate(moment);
        if (target.IsUnknown)
            return target;
        if (Objects.At(moment.View, target) is not { } o)
            return Objects.Missing(target);
        return Parts.IndexOf(moment, index, out var place) is { IsUnknown: true } unknown ? unknown
            : Parts.Read(moment.View, o, member, place);
    }
}

/// <summary>A field, slot or container of a struct of the runtime: <c>main.generation0</c>, <c>g3</c>.</summary>
internal sealed class StructNode(string path, Node? index) : Node(ValueKind.Unknown)
{
    private readonly Value absent = Value.Unknown($"there is no '{path}' here");

    public override bool NeedsState => true;

    public override bool ReadsEvent => index is { ReadsEvent: true };

    public override IEnumerable<Node> Inputs => index is null ? [] : [index];

    public override Value Evaluate(in Moment moment)
    {
        if (Parts.IndexOf(moment, index, out var place) is { IsUnknown: true } unknown)
            return unknown;
        foreach (var instance in moment.View.Instances())
        {
            if (path.Length > instance.Name.Length + 1 && path[instance.Name.Length] == '.' && path.StartsWith(instance.Name, StringComparison.Ordinal)
                && Parts.Read(moment.View, instance, path[(instance.Name.Length + 1)..], place) is { IsUnknown: false } value)
                return value;
        }

        return absent;
    }
}

/// <summary>A global of the program: <c>g3</c>.</summary>
internal sealed class GlobalNode(long global) : Node(ValueKind.Reference)
{
    public const string Container = "g";
    private readonly Value absent = Value.Unknown($"there is no g{global} here");

    public override bool NeedsState => true;

    public override bool ReadsEvent => false;

    public override Value Evaluate(in Moment moment) =>
        moment.View.Instances().FirstOrDefault() is { } root
        && Parts.Read(moment.View, root, Container, global) is { IsUnknown: false } value
            ? value
            : absent;
}

/// <summary>A question about an object.</summary>
internal sealed class FunctionNode(ObjectFunction function, Node of) : Node(function.Kind, function.Domain)
{
    public override bool NeedsState => true;

    public override bool ReadsEvent => of.ReadsEvent || function.ReadsEvent;

    public override ulong KnownAt => of.KnownAt;

    public override IEnumerable<Node> Inputs => [of];

    public override Value Evaluate(in Moment moment)
    {
        var target = of.Evaluate(moment);
        if (target.IsUnknown)
            return target.Number != 0 && function.Domain == Domain.ObjectState ? Value.Of(Domains.Unborn) : target;
        return Objects.At(moment.View, target) is { } o ? function.Answer(moment, o) : Objects.Missing(target);
    }
}

/// <summary><c>on(LIST)</c>: whether an object is on a list, or in another container of the collector.</summary>
internal sealed class OnNode(string list, Node of) : Node(ValueKind.Truth)
{
    public override bool NeedsState => true;

    public override bool ReadsEvent => of.ReadsEvent;

    public override ulong KnownAt => of.KnownAt;

    public override IEnumerable<Node> Inputs => [of];

    public override Value Evaluate(in Moment moment)
    {
        var target = of.Evaluate(moment);
        if (target.IsUnknown)
            return target;
        return Objects.At(moment.View, target) is not { } o ? Objects.Missing(target)
            : list == Domains.Absent ? Value.Of(o.List is null)
            : Value.Of(o.IsLive && moment.View.IsOn(list, o.Entry));
    }
}

/// <summary>Objects that references of expressions name.</summary>
internal static class Objects
{
    private static readonly Value Nowhere = Value.Unknown("no object lies there");

    public static ObjectView? At(HeapView view, in Value reference) =>
        reference.Number != 0 ? view.Object(reference.Number & ~Shadow.RuntimeFlag, (reference.Number & Shadow.RuntimeFlag) != 0)
        : view.ObjectAt(new Address(reference.Bits));

    public static Value Missing(in Value reference) =>
        reference.Number != 0 ? Value.Unknown("it is not in memory here", reference.Number) : Nowhere;
}
