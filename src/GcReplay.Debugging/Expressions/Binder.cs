using GcReplay.Debugging.Provenance;
using GcReplay.Heaps;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Debugging.Expressions;

/// <summary>Finds out what the names in an expression mean, and refuses what can never have an answer.</summary>
internal sealed class Binder(Debugger debugger, string text)
{
    private static readonly string[] Variables = ["kind", "position", "thread", "actor", "interpreter", "phase", "operation", "event", "true", "false", "nothing"];

    private readonly Domains domains = new(debugger.Timeline.Source.Header);
    private readonly IReadOnlyList<ObjectFunction> functions = ObjectFunction.All(debugger);

    private Traces.TraceHeader Header => debugger.Timeline.Source.Header;

    public Node Bind(Syntax syntax) => syntax switch
    {
        NumberSyntax s => new Constant(Value.Of(s.Value)),
        TextSyntax s => new Constant(Value.Of(s.Text)),
        ObjectSyntax s => Object(s),
        NameSyntax s => Variable(s),
        MemberSyntax s => Member(s, null),
        IndexSyntax { Of: MemberSyntax member } s => Member(member, Number(s.Index)),
        IndexSyntax s => new MemberNode(Reference(s.Of, "an index stands behind an object or a container, as in #12.slot[0]"), null, Number(s.Index)),
        WordSyntax s => new WordNode(Number(s.Address)),
        CallSyntax s => Call(s),
        UnarySyntax { Operator: ExpressionToken.Not } s => new NotNode(Truth(s.Operand)),
        UnarySyntax s => new NegateNode(Number(s.Operand)),
        BinarySyntax { Operator: ExpressionToken.And or ExpressionToken.Or } s =>
            new LogicNode(s.Operator == ExpressionToken.And, Truth(s.Left), Truth(s.Right)),
        BinarySyntax { Operator: >= ExpressionToken.Equal and <= ExpressionToken.Greater } s => Comparison(s),
        BinarySyntax s => new ArithmeticNode(s.Operator, Number(s.Left), Number(s.Right)),
        _ => throw new BrokenAssumptionException($"an expression holds a {syntax.GetType().Name}"),
    };

    /// <summary>As <see cref="Bind"/>, for what must hold or not.</summary>
    public Node Truth(Syntax syntax)
    {
        var node = Bind(syntax);
        return node.Kind != ValueKind.Text ? node : throw Wrong(syntax.Column, "a name neither holds nor fails; compare it, as in kind == Store");
    }

    private Node Number(Syntax syntax)
    {
        var node = Bind(syntax);
        return node.Kind != ValueKind.Text ? node : throw Wrong(syntax.Column, "a name is no number to compute with");
    }

    private ObjectNode Object(ObjectSyntax syntax)
    {
        var name = new ObjectName(syntax.Number, false);
        var places = debugger.Placements.Of(name, debugger.Progress);
        return places.Count > 0 ? new ObjectNode(name, places) : throw debugger.Lives.Unknown(name);
    }

    private Node Variable(NameSyntax syntax)
    {
        switch (syntax.Name)
        {
            case "kind":
                return new KindNode();
            case "position":
                return new PositionNode();
            case "thread":
                return new ThreadNode(Header);
            case "actor" or "interpreter":
                return new ActorNode();
            case "phase":
                return new PhaseNode();
            case "operation":
                return OperationNode.Of("label");
            case "true" or "false":
                return new Constant(Value.Of(syntax.Name == "true"));
            case "nothing":
                return new Constant(Value.Nothing);
            case "event":
                throw Wrong(syntax.Column, $"event stands before an operand, as in event.object; there are {string.Join(", ", OperandNode.Names)}");
        }

        if (Parts.Split(syntax.Name) is var (stem, global) && global >= 0 && stem == GlobalNode.Container)
            return new GlobalNode(global);
        if (functions.Any(f => f.Name == syntax.Name) || syntax.Name == "on")
            throw Wrong(syntax.Column, $"{syntax.Name} asks about an object: {syntax.Name}(#12), or {syntax.Name}() for the event's object");
        throw Wrong(syntax.Column, $"there is no '{syntax.Name}'{Spelling.Suggest(syntax.Name, Variables.Concat(functions.Select(f => f.Name + "()")).Append("on()"))}");
    }

    private Node Member(MemberSyntax syntax, Node? index)
    {
        if (syntax.Of is NameSyntax { Name: "event" })
        {
            return OperandNode.Names.Contains(syntax.Name)
                ? new OperandNode(syntax.Name, Header)
                : throw Wrong(syntax.Column, $"no event has an operand '{syntax.Name}'{Suggest(syntax.Name, OperandNode.Names)}");
        }

        if (syntax.Of is NameSyntax { Name: "operation" })
        {
            return OperationNode.Parts.Contains(syntax.Name)
                ? OperationNode.Of(syntax.Name)
                : throw Wrong(syntax.Column, $"an operation has no '{syntax.Name}'{Suggest(syntax.Name, OperationNode.Parts)}");
        }

        // What a field of a struct names is an object, which has fields, too.
        if (IsOfStruct(syntax, out var path) && !(syntax.Of is MemberSyntax outer && !IsPart(syntax, path) && IsOfStruct(outer, out var field) && IsPart(outer, field)))
            return Struct(syntax, path, index);
        var of = Reference(syntax.Of, $"only objects have a '.{syntax.Name}'");
        return new MemberNode(of, Known(syntax, of), index);
    }

    /// <summary>What can name an object.</summary>
    private Node Reference(Syntax syntax, string otherwise) =>
        Bind(syntax) is { Kind: ValueKind.Reference or ValueKind.Unknown } node ? node : throw Wrong(syntax.Column, otherwise);

    private IEnumerable<StructLayout> Structs => Header.Layout.Structs.Where(s => s.Role != StructRole.Object);

    /// <summary>Whether it can only be meant as a field of a struct, known by its path.</summary>
    private bool IsOfStruct(MemberSyntax syntax, out string path)
    {
        path = Dotted(syntax) ?? "";
        return path.Length > 0 && !Variables.Contains(path[..path.IndexOf('.', StringComparison.Ordinal)]) && !IsGlobal(path);
    }

    private bool IsPart(MemberSyntax syntax, string path) => Structs.Any(s => Parts.Has(s, syntax.Name) || Parts.HasEnd(s, path));

    private StructNode Struct(MemberSyntax syntax, string path, Node? index) => IsPart(syntax, path)
        ? new StructNode(path, index)
        : throw Wrong(syntax.Column, $"no struct of the runtime has a field '{syntax.Name}'{Suggest(syntax.Name, Structs.SelectMany(Parts.Names).Distinct())}");

    /// <summary>The member's name, when objects of that kind have it.</summary>
    private string Known(MemberSyntax syntax, Node of)
    {
        var structs = of is ObjectNode { Name: var name } && StructOf(name) is { } own
            ? [own]
            : Header.Layout.Structs.Where(s => s.Role == StructRole.Object).ToList();
        return structs.Any(s => Parts.Has(s, syntax.Name))
            ? syntax.Name
            : throw Wrong(
                syntax.Column,
                structs.Count == 1
                    ? $"a {structs[0].Name} has no '{syntax.Name}'; it has {string.Join(", ", Parts.Names(structs[0]))}"
                    : $"no object has a '{syntax.Name}'{Suggest(syntax.Name, structs.SelectMany(Parts.Names).Distinct())}");
    }

    private StructLayout? StructOf(ObjectName name)
    {
        var layout = Header.Layout;
        var type = debugger.Objects.Find(name, debugger.Progress) is { } life ? (int)(debugger.Timeline.EventAt(life.Birth).Event.D & 0xFFFF) : int.MaxValue;
        return type < layout.Types.Length ? layout.Struct(layout.Types[type].Struct) : null;
    }

    private Node Call(CallSyntax syntax)
    {
        if (syntax.Name == "on")
        {
            if (syntax.Arguments is not [.., var list] || syntax.Arguments.Length > 2)
                throw Wrong(syntax.Column, "on takes a list, and an object before it if not the event's: on(#12, main.generation0)");
            return new OnNode(Name(list, Domain.List), Target(syntax, syntax.Arguments.Length == 2 ? syntax.Arguments[0] : null));
        }

        if (functions.FirstOrDefault(f => f.Name == syntax.Name) is not { } function)
            throw Wrong(syntax.Column, $"there is no {syntax.Name}(){Suggest(syntax.Name, functions.Select(f => f.Name).Append("on"))}");
        return syntax.Arguments.Length <= 1
            ? new FunctionNode(function, Target(syntax, syntax.Arguments.Length == 1 ? syntax.Arguments[0] : null))
            : throw Wrong(syntax.Arguments[1].Column, $"{syntax.Name}() takes one object");
    }

    private Node Target(CallSyntax call, Syntax? argument)
    {
        if (argument is null)
            return new OperandNode("object", Header);
        var node = Bind(argument);
        return node.Kind is ValueKind.Reference or ValueKind.Unknown
            ? node
            : throw Wrong(argument.Column, $"{call.Name}() asks about an object, as in {call.Name}(#12) or {call.Name}(event.value)");
    }

    private CompareNode Comparison(BinarySyntax syntax)
    {
        Node left, right;
        if (IsName(syntax.Left) && !IsName(syntax.Right))
        {
            right = Bind(syntax.Right);
            left = Operand(syntax.Left, right);
        }
        else
        {
            left = Bind(syntax.Left);
            right = Operand(syntax.Right, left);
        }

        var mixes = left.Kind != ValueKind.Unknown && right.Kind != ValueKind.Unknown && left.Kind == ValueKind.Text != (right.Kind == ValueKind.Text);
        if (mixes)
            throw Wrong(syntax.Column, "a name and a number are never the same");
        if (left.Kind == ValueKind.Text && syntax.Operator is not (ExpressionToken.Equal or ExpressionToken.NotEqual))
            throw Wrong(syntax.Column, "names are the same or not, neither is less");
        return new CompareNode(syntax.Operator, left, right);
    }

    /// <summary>One side of a comparison: a name is first looked for among those that the other side takes.</summary>
    private Node Operand(Syntax syntax, Node other)
    {
        if (other.Domain == Domain.None)
            return Bind(syntax);
        var isText = syntax is TextSyntax or NameSyntax or MemberSyntax && Flat(syntax) is { } flat && domains.Spelled(other.Domain, flat) is not null;
        return isText || IsName(syntax) ? new Constant(Value.Of(Name(syntax, other.Domain)), other.Domain) : Bind(syntax);
    }

    private string Name(Syntax syntax, Domain domain)
    {
        if (Flat(syntax) is not { } name)
            throw Wrong(syntax.Column, $"a name of a {Domains.Noun(domain)} stands here");
        return domains.Spelled(domain, name) ?? throw Wrong(
            syntax.Column, $"there is no {Domains.Noun(domain)} '{name}'{Suggest(name, domains.Names(domain).ToList())}");
    }

    /// <summary>Whether it is a name of its own, and not one of ours.</summary>
    private bool IsName(Syntax syntax) => syntax is NameSyntax { Name: var name } && !Variables.Contains(name) && !IsGlobal(name);

    private bool IsGlobal(string name) =>
        Parts.Split(name.Split('.')[0]) is var (stem, index) && index >= 0 && stem == GlobalNode.Container && !domains.Names(Domain.Interpreter).Contains(name);

    private static string? Flat(Syntax syntax) => syntax is TextSyntax { Text: var quoted } ? quoted : Dotted(syntax);

    private static string? Dotted(Syntax syntax) => syntax switch
    {
        NameSyntax s => s.Name,
        MemberSyntax s => Dotted(s.Of) is { } of ? $"{of}.{s.Name}" : null,
        _ => null,
    };

    /// <summary>The nearest name, or all when none is near and they are few.</summary>
    private static string Suggest(string name, IEnumerable<string> names)
    {
        var all = names.ToList();
        return Spelling.Suggest(name, all) is { Length: > 0 } near ? near : all.Count is > 0 and <= 30 ? $"; there are {string.Join(", ", all)}" : "";
    }

    private GcReplayException Wrong(int column, string fact) => ExpressionGrammar.Wrong(text, column, fact);
}
