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
/// <param name="member">Null for an item of the only container that the object has: <c>#12[2]</c>.</param>
/// <param name="index">Null for a field or a whole container.</param>
internal sealed class MemberNode(Node of, string? member, Node? index) : Node(ValueKind.Unknown)
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

    public override Whereabouts? Word(in Moment moment) =>
        of.Evaluate(moment) is { IsUnknown: false } target && Objects.At(moment.View, target) is { } o && !Parts.IndexOf(moment, index, out var place).IsUnknown
        && Parts.Word(moment.View, o.Layout, o.Address, member, place) is { } word
            ? new Whereabouts(word, o.IsRuntime ? 0 : o.Number)
            : null;
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
        var found = absent;
        foreach (var instance in moment.View.Instances())
        {
            if (PathIn(instance) is not { } member)
                continue;
            var value = Parts.Read(moment.View, instance, member, place);
            if (!value.IsUnknown)
                return value;
            if (Parts.Has(instance.Layout, member))
                found = value;
        }

        return found;
    }

    public override Whereabouts? Word(in Moment moment)
    {
        if (Parts.IndexOf(moment, index, out var place).IsUnknown)
            return null;
        foreach (var instance in moment.View.Instances())
        {
            if (PathIn(instance) is { } member && Parts.Word(moment.View, instance.Layout, instance.Address, member, place) is { } word)
                return new Whereabouts(word, 0);
        }

        return null;
    }

    /// <summary>The path behind the name of an instance; null when it is about another.</summary>
    private string? PathIn(StructInstance instance) =>
        path.Length > instance.Name.Length + 1 && path[instance.Name.Length] == '.' && path.StartsWith(instance.Name, StringComparison.Ordinal)
            ? path[(instance.Name.Length + 1)..]
            : null;
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

    public override Whereabouts? Word(in Moment moment) =>
        moment.View.Instances().FirstOrDefault() is { } root && Parts.Word(moment.View, root.Layout, root.Address, Container, global) is { } word
            ? new Whereabouts(word, 0)
            : null;
}

/// <summary>The word at an address: <c>[0x10040]</c>; a reference when it names memory of the process.</summary>
internal sealed class WordNode(Node address) : Node(ValueKind.Unknown)
{
    private static readonly Value Unmapped = Value.Unknown("no memory is mapped there");

    public override bool NeedsState => true;

    public override bool ReadsEvent => address.ReadsEvent;

    public override ulong KnownAt => address.KnownAt;

    public override IEnumerable<Node> Inputs => [address];

    public override Value Evaluate(in Moment moment)
    {
        var place = address.Evaluate(moment);
        return place.IsUnknown ? place
            : !moment.View.TryRead(Objects.AddressOf(moment.View, place), out var word) ? Unmapped
            : moment.View.Space.IsMapped(new Address(word)) ? Value.Of(new Address(word))
            : Value.Of(word);
    }

    public override Whereabouts? Word(in Moment moment) =>
        address.Evaluate(moment) is { IsUnknown: false } place ? new Whereabouts(Objects.AddressOf(moment.View, place), 0) : null;
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

    /// <summary>The word that a number or a reference names: the one that its byte lies in.</summary>
    public static Address AddressOf(HeapView view, in Value value) =>
        new((value.Bits == 0 && value.Number != 0 && At(view, value) is { } o ? o.Address.Value : value.Bits) & ~7UL);

    public static Value Missing(in Value reference) =>
        reference.Number != 0 ? Value.Unknown("it is not in memory here", reference.Number) : Nowhere;
}
