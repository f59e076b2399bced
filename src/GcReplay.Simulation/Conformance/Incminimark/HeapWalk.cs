using GcReplay.Heaps;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Walks everything that roots and prebuilt objects reach in the run's memory and compares identities and contents with the
/// model.</summary>
internal sealed class HeapWalk
{
    private const string Wrong = "wrong-content";

    private readonly HeapView view;
    private readonly Identities identities;
    private readonly StateReader reader;
    private readonly MutatorModel model;
    private readonly ContainerView frame;
    private readonly ContainerView? prebuilts;
    private readonly HashSet<long> seen = [];
    private readonly Stack<(long Identity, Address Address)> open = [];

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
        var fault = Roots();
        while (fault is null && open.TryPop(out var next))
            fault = Contents(next.Identity, next.Address);
        return fault ?? Weakrefs(afterFull && !model.HasFinalizers);
    }

    /// <summary>What stands on top of the frame; null when it is empty.</summary>
    public long? Top() => frame.Items().Select(item => (long?)identities.At(new Address(item.Value))).LastOrDefault();

    private string? Roots()
    {
        for (var i = 0; i < model.PrebuiltCount; i++)
        {
            if (prebuilts!.Items().ElementAtOrDefault(i).Value is var word && Reach(word, ~(long)i) is { } fault)
                return fault;
        }

        var words = frame.Items().Select(item => item.Value).ToArray();
        if (words.Length != model.Roots.Count)
            return "wrong-roots";
        for (var i = 0; i < words.Length; i++)
        {
            if (Reach(words[i], model.Roots[i]) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Follows a reference that should be to an object of the model.</summary>
    private string? Reach(ulong word, long expected)
    {
        if (expected == Identity.Null)
            return word == 0 ? null : Wrong;
        if (word == 0)
            return "unexpected-null";
        var address = new Address(word);
        if (!identities.IsAlive(address))
            return Outcome.FreedMemory;
        if (identities.At(address) != expected)
            return identities.IsAlive(expected) ? "wrong-object" : Outcome.FreedMemory;
        if (seen.Add(expected))
            open.Push((expected, address));
        return null;
    }

    private string? Contents(long identity, Address address)
    {
        var known = model[identity];
        var shape = reader.ShapeOf(view.Shadow.OccupantAt(address)!.Value);
        if (shape.Name != NameOf(known.Form))
            return "type-confusion";
        if (known.Form == ObjectForm.Str)
            return shape.LengthOf(address) == (ulong)known.Length ? null : Wrong;
        var words = shape.ReferencesOf(address).ToArray();
        if (words.Length != known.Slots.Length)
            return Wrong;
        for (var i = 0; i < words.Length; i++)
        {
            if (Reach(words[i], known.Slots[i]) is { } fault)
                return fault;
        }

        return null;
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
        foreach (var identity in seen.Order())
        {
            if (model[identity] is { Form: ObjectForm.Weakref } weakref && Weakref(identity, weakref.Target, clearsUnreachable) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Live when its object is reached; a string may be pinned, then it is cleared as well.</summary>
    private string? Weakref(long identity, long expected, bool clearsUnreachable)
    {
        var address = view.Shadow.Object(Identities.NumberOf(identity))!.Value.Address;
        var shape = reader.ShapeOf(view.Shadow.OccupantAt(address)!.Value);
        var target = new Address(shape.Read(address, shape.Weak!));
        if (target.IsNull)
            return seen.Contains(expected) && model[expected].Form != ObjectForm.Str ? "weakref-cleared-early" : null;
        if (clearsUnreachable && !seen.Contains(expected))
            return "weakref-not-cleared";
        return identities.IsAlive(target) && identities.At(target) == expected ? null : Outcome.FreedMemory;
    }

    private ContainerView? Container(string name)
    {
        var instance = view.Instances().FirstOrDefault(i => !i.HasEnded && i.Layout.Containers.Any(c => c.Name == name));
        return instance is null
            ? null
            : ContainerView.Of(view, instance.Layout, instance.Address, instance.Layout.Containers.First(c => c.Name == name));
    }
}
