using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Expressions;

/// <summary>A question in the debugger's language, read once and asked at any number of positions.</summary>
public sealed class Expression
{
    private readonly Node root;
    private readonly Node[] byEvent;
    private readonly Node[] byState;

    private Expression(string text, Node root)
    {
        Text = text;
        this.root = root;
        var parts = Conjuncts(root).ToList();
        byEvent = [.. parts.Where(p => !p.NeedsState)];
        byState = [.. parts.Where(p => p.NeedsState)];
    }

    public string Text { get; }

    /// <summary>Whether an event alone can not tell that it holds: the words there are needed, too.</summary>
    public bool NeedsState => byState.Length > 0;

    /// <summary>Whether it can come to something else at an event that writes no word.</summary>
    public bool ReadsEvent => root.ReadsEvent;

    /// <summary>One bit for each kind of event at which it can hold.</summary>
    public ulong Kinds => root.HoldsAt;

    /// <summary>Reads anything that has a value.</summary>
    /// <exception cref="Heaps.GcReplayException">The text is no expression, or names what the trace does not have.</exception>
    public static Expression Read(Debugger debugger, string text) => new(text.Trim(), new Binder(debugger, text).Bind(ExpressionGrammar.Parse(text)));

    /// <summary>Reads what holds or does not.</summary>
    /// <exception cref="Heaps.GcReplayException">As <see cref="Read"/>; or it is a name.</exception>
    public static Expression Condition(Debugger debugger, string text) =>
        new(text.Trim(), new Binder(debugger, text).Truth(ExpressionGrammar.Parse(text)));

    /// <summary>The whole of it.</summary>
    internal Node Root => root;

    /// <summary>The parts that must all hold and that the event alone does not decide.</summary>
    internal IReadOnlyList<Node> ByState => byState;

    public Value Evaluate(in Moment moment) => root.Evaluate(moment);

    /// <summary>The word of memory that it is read from; null for what is computed, or not there.</summary>
    internal Whereabouts? Word(in Moment moment) => root.Word(moment);

    /// <summary>What the event alone says: false when it can not hold. Needs no state.</summary>
    public bool MayHold(EventBlock block, int index)
    {
        if ((Kinds >> block.Kinds[index] & 1) == 0)
            return false;
        var moment = new Moment(null!, block, index);
        foreach (var part in byEvent)
        {
            if (part.Evaluate(moment).Holds() != true)
                return false;
        }

        return true;
    }

    private static IEnumerable<Node> Conjuncts(Node node) =>
        node is LogicNode { IsAnd: true } and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [node];
}
