using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Walks everything that roots and prebuilt objects reach in the run's memory and compares identities and contents with the
/// model.</summary>
internal sealed class HeapWalk
{
    private const string Wrong = "wrong-content";
    private const string WrongRoots = "wrong-roots";

    private readonly HeapView view;
    private readonly Identities identities;
    private readonly StateReader reader;
    private readonly MutatorModel model;
    private readonly ContainerView frame;
    private readonly ContainerView? prebuilts;
    private readonly Dictionary<long, ulong> seen = [];
    private readonly Stack<ObjectEntry> open = [];
    private readonly List<(ObjectEntry Entry, long Target)> weakrefs = [];

    public HeapWalk(HeapView view, Identities identities, StateReader reader, MutatorModel model)
    {
        this.view = view;
        this.identities = identities;
        this.reader = reader;
        this.model = model;
        frame = Container("frame") ?? throw new BrokenAssumptionException("the layout leads to no frame");
        prebuilts = Container("prebuilt");
    }

    /// <summary>The code of the first thing that is wrong; null when all is right.</summary>
    /// <param name="afterFull">Whether the operation was a full collection: weak references to what nothing reaches are cleared then.</param>
    public string? Check(bool afterFull)
    {
        seen.Clear();
        open.Clear();
        weakrefs.Clear();
        var fault = Roots();
        while (fault is null && open.TryPop(out var next))
            fault = Contents(next);
        return fault ?? Weakrefs(afterFull && !model.HasFinalizers);
    }

    /// <summary>What stands on top of the frame; null when it is empty.</summary>
    public long? Top() => frame.Items().Select(item => (long?)identities.At(new Address(item.Value))).LastOrDefault();

    private string? Roots()
    {
        var prebuilt = Enumerable.Range(0, model.PrebuiltCount).Select(i => ~(long)i).ToArray();
        return ReachAll(WordsOf(prebuilts), prebuilt, WrongRoots) ?? ReachAll(WordsOf(frame), model.Roots, WrongRoots);
    }

    private static IEnumerable<ulong> WordsOf(ContainerView? container) => container?.Items().Select(item => item.Value) ?? [];

    /// <param name="otherCount">The code when there are more or fewer of them.</param>
    private string? ReachAll(IEnumerable<ulong> words, IReadOnlyList<long> expected, string otherCount)
    {
        var i = 0;
        foreach (var word in words)
        {
            if (i == expected.Count)
                return otherCount;
            if (Reach(word, expected[i++]) is { } fault)
                return fault;
        }

        return i == expected.Count ? null : otherCount;
    }

    /// <summary>Follows a reference that should be to an object of the model.</summary>
    private string? Reach(ulong word, long expected)
    {
        if (expected == Identity.Null)
            return word == 0 ? null : Wrong;
        if (word == 0)
            return "unexpected-null";
        if (seen.TryGetValue(expected, out var known) && known == word)
            return null;
        if (identities.LivingAt(new Address(word)) is not { } entry)
            return Outcome.FreedMemory;
        if (identities.Of(entry) != expected)
            return identities.IsAlive(expected) ? "wrong-object" : Outcome.FreedMemory;
        seen.Add(expected, word);
        open.Push(entry);
        return null;
    }

    private string? Contents(in ObjectEntry entry)
    {
        var known = model[Identities.Of(entry.Number)];
        var address = entry.Address;
        var shape = reader.ShapeOf(entry);
        if (shape.Name != NameOf(known.Form) || !shape.IsIn(address))
            return "type-confusion";
        if (known.Form == ObjectForm.Str)
            return shape.LengthOf(address) == (ulong)known.Length ? null : Wrong;
        if (known.Form == ObjectForm.Weakref)
            weakrefs.Add((entry, known.Target));
        return ReachAll(shape.ReferencesOf(address), known.Slots, Wrong);
    }

    /// <summary>The structs of the layout.</summary>
    private static string NameOf(ObjectForm form) => form switch
    {
        ObjectForm.Node => "node",
        ObjectForm.Array => "array",
        ObjectForm.Str => "str",
        _ => "weakref",
    };

    private string? Weakrefs(bool clearsUnreachable)
    {
        foreach (var (entry, target) in weakrefs)
        {
            if (Weakref(entry, target, clearsUnreachable) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Live when its object is reached; a string may be pinned, then it is cleared as well.</summary>
    private string? Weakref(in ObjectEntry entry, long expected, bool clearsUnreachable)
    {
        var shape = reader.ShapeOf(entry);
        var target = new Address(shape.Read(entry.Address, shape.Weak!));
        if (target.IsNull && seen.ContainsKey(expected) && model[expected].Form != ObjectForm.Str)
            return "weakref-cleared-early";
        if (target.IsNull)
        {
            model.Clear(Identities.Of(entry.Number));
            return null;
        }

        if (clearsUnreachable && !seen.ContainsKey(expected))
            return "weakref-not-cleared";
        return identities.LivingAt(target) is { } living && identities.Of(living) == expected ? null : Outcome.FreedMemory;
    }

    private ContainerView? Container(string name)
    {
        var instance = view.Instances().FirstOrDefault(i => !i.HasEnded && i.Layout.Containers.Any(c => c.Name == name));
        return instance is null
            ? null
            : ContainerView.Of(view, instance.Layout, instance.Address, instance.Layout.Containers.First(c => c.Name == name));
    }
}
