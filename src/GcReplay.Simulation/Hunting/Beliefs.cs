using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>What roots are believed to hold, statement after statement, so that most operations find something to work on. Only a
/// belief: loops, threads, scripts and skipped operations may make it wrong.</summary>
/// <param name="prebuiltRarity">One root in so many is a prebuilt one, where there are any.</param>
internal sealed class Beliefs(int globals, int prebuilts, int prebuiltRarity)
{
    /// <summary>Kind of what a root holds; the empty string for nothing.</summary>
    private readonly Belief[] globalBeliefs = new Belief[globals];
    private readonly Belief[] prebuiltBeliefs = new Belief[prebuilts];
    private readonly List<Belief> frame = [];
    private readonly SortedDictionary<string, int> done = new(StringComparer.Ordinal);
    private Operand? last;

    public int FrameCount => frame.Count;

    /// <summary>Sub-interpreters that are there.</summary>
    public SortedSet<int> Interpreters { get; } = [];

    /// <summary>A root to read, of a kind when one is asked for; often the one that was used last.</summary>
    /// <param name="needsSlots">Whether one with slots is wanted.</param>
    public Operand Read(Dice dice, string kind, bool needsSlots, bool takesSelf)
    {
        if (takesSelf && dice.OneIn(3))
            return new Operand(OperandForm.Root, 0, Root: RootKind.Self);
        if (last is not null && dice.OneIn(4) && Fits(Of(last)))
            return last;
        // What is believed may be wrong, and what is wrong must be tried, too: after some draws anything will do.
        for (var i = 0; ; i++)
        {
            var root = Any(dice);
            if (i < 6 && !Fits(Of(root)))
                continue;
            last = root;
            return root;
        }

        bool Fits(Belief belief) => kind.Length > 0 ? belief.Kind == kind : belief.Kind.Length > 0 && (!needsSlots || belief.Slots > 0);
    }

    /// <summary>A place that is written or emptied: a global, or a place of the frame.</summary>
    public Operand Place(Dice dice)
    {
        if (frame.Count > 0 && dice.OneIn(4))
            return new Operand(OperandForm.Root, dice.Below(frame.Count), Root: RootKind.Frame);
        return new Operand(OperandForm.Root, dice.Below(globalBeliefs.Length));
    }

    /// <summary>A root with slots, other than one, most often.</summary>
    public Operand Holder(Dice dice, Destination other)
    {
        for (var i = 0; ; i++)
        {
            var root = Any(dice);
            if (i >= 6 || Of(root).Slots > 0 && (root.Root != other.Kind || root.Number != other.Index))
                return root;
        }
    }

    public Belief Of(Operand root) => root.Root switch
    {
        RootKind.Global => globalBeliefs[root.Number],
        RootKind.Prebuilt => prebuiltBeliefs[root.Number],
        RootKind.Frame when root.Number < frame.Count => frame[(int)root.Number],
        _ => new Belief(ObjectKinds.Plain, 2),
    };

    public void Set(Destination destination, Belief belief)
    {
        if (destination != Destination.Push)
            last = new Operand(OperandForm.Root, destination.Index, Root: destination.Kind);
        if (destination == Destination.Push)
            frame.Add(belief);
        else if (destination.Kind == RootKind.Frame && destination.Index < frame.Count)
            frame[destination.Index] = belief;
        else if (destination.Kind == RootKind.Global)
            globalBeliefs[destination.Index] = belief;
    }

    public void Drop(Operand place)
    {
        if (place.Root == RootKind.Frame && place.Number < frame.Count)
            frame.RemoveAt((int)place.Number);
        else if (place.Root == RootKind.Global)
            globalBeliefs[place.Number] = default;
    }

    /// <summary>Takes note of a statement of a row.</summary>
    public void Do(OperationRow row)
    {
        done[row.Name] = Done(row.Name) + 1;
        if (row.Undoes.Length > 0)
            done[row.Undoes] = Math.Max(0, Done(row.Undoes) - 1);
    }

    /// <summary>How often an operation was done and not undone.</summary>
    public int Done(string name) => done.GetValueOrDefault(name);

    public void SetPrebuilt(int index, Belief belief) => prebuiltBeliefs[index] = belief;

    /// <summary>What another thread or a script believes when it begins.</summary>
    public Beliefs Elsewhere()
    {
        var other = new Beliefs(globalBeliefs.Length, prebuiltBeliefs.Length, prebuiltRarity);
        globalBeliefs.CopyTo(other.globalBeliefs, 0);
        prebuiltBeliefs.CopyTo(other.prebuiltBeliefs, 0);
        other.Interpreters.UnionWith(Interpreters);
        return other;
    }

    private Operand Any(Dice dice)
    {
        if (prebuiltBeliefs.Length > 0 && dice.OneIn(prebuiltRarity))
            return new Operand(OperandForm.Root, dice.Below(prebuiltBeliefs.Length), Root: RootKind.Prebuilt);
        return Place(dice);
    }
}

/// <param name="Slots">Slots that it has; 0 when it has none or nothing is there.</param>
internal readonly record struct Belief(string? KindOrNull, int Slots)
{
    public string Kind => KindOrNull ?? "";
}
