using System.Collections.Immutable;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>What the program's own operations made of the heap, as if no collector ran: roots, and what each object holds, by
/// identity. Garbage stays in it.</summary>
internal sealed class MutatorModel
{
    private readonly List<long> roots = [];
    private readonly Dictionary<long, ModelObject> objects = [];
    private long born;

    public MutatorModel(ImmutableArray<PrebuiltShape> prebuilts)
    {
        for (var i = 0; i < prebuilts.Length; i++)
        {
            var slots = prebuilts[i].Slots.Select(slot => slot == PrebuiltDeclaration.None ? Identity.Null : ~(long)slot).ToArray();
            objects.Add(~(long)i, new ModelObject(prebuilts[i].Kind == ObjectKinds.Node ? ObjectForm.Node : ObjectForm.Array, slots, 0, Identity.Null));
        }

        PrebuiltCount = prebuilts.Length;
    }

    public int PrebuiltCount { get; }

    /// <summary>Identities in root slots.</summary>
    public IReadOnlyList<long> Roots => roots;

    /// <summary>Whether a finalizer was ever registered.</summary>
    public bool HasFinalizers { get; private set; }

    public ModelObject this[long identity] => objects[identity];

    /// <summary>What a reference of an operation names.</summary>
    public long Resolve(long reference) => reference switch
    {
        MutatorOperation.NullReference => Identity.Null,
        < 0 => reference,
        _ => reference < roots.Count ? roots[(int)reference] : Identity.Null,
    };

    /// <param name="given">What the run's operation gave, where that is not known from here: the target of a weak reference that was not
    /// cleared, or the dead object taken; null when it gave nothing.</param>
    public void Apply(in MutatorOperation operation, long? given)
    {
        var a = operation.Arguments;
        switch (operation.Name)
        {
            case "malloc" or "malloc_array":
                Born(operation.Name == "malloc" ? ObjectForm.Node : ObjectForm.Array, [.. a.Select(Resolve)]);
                break;
            case "malloc_string":
                Born(ObjectForm.Str, [], length: a[0]);
                break;
            case "weakref":
                Born(ObjectForm.Weakref, [], target: Resolve(a[0]));
                break;
            case "read" or "readarray":
                roots.Add(Slots(a[0]).ElementAtOrDefault((int)a[1]));
                break;
            case "write" or "writearray" when a[1] < Slots(a[0]).Length:
                Slots(a[0])[a[1]] = Resolve(a[2]);
                break;
            case "copy_array":
                Copy(Slots(a[0]), Slots(a[1]), a[2], a[3], a[4]);
                break;
            case "fill_array":
                Array.Fill(Slots(a[0]), Resolve(a[1]));
                break;
            case "readweak" or "next_dead" when given is { } identity:
                roots.Add(identity);
                break;
            case "drop" when a[0] < roots.Count:
                roots.RemoveAt((int)a[0]);
                break;
            case "finalizer":
                HasFinalizers = true;
                break;
            default:
                break;
        }
    }

    /// <summary>A weak reference was found cleared when nothing reached its object: it stays so, also when a finalizer brings that back.</summary>
    public void Clear(long weakref) => objects[weakref] = objects[weakref] with { Target = Identity.Null };

    private void Born(ObjectForm form, long[] slots, long length = 0, long target = Identity.Null)
    {
        objects.Add(++born, new ModelObject(form, slots, length, target));
        roots.Add(born);
    }

    private long[] Slots(long reference) => Resolve(reference) is not Identity.Null and var identity ? objects[identity].Slots : [];

    /// <summary>Item by item, ascending, also where the ranges overlap.</summary>
    private static void Copy(long[] source, long[] target, long from, long to, long count)
    {
        if (from + count > source.Length || to + count > target.Length)
            return;
        for (var k = 0L; k < count; k++)
            target[to + k] = source[from + k];
    }
}

/// <summary>The file's kinds of objects.</summary>
internal enum ObjectForm
{
    Node = 0,
    Array,
    Str,
    Weakref,
}

/// <param name="Slots">What its references hold, by identity.</param>
/// <param name="Length">Bytes of a string.</param>
/// <param name="Target">Of a weak reference, until it is known to be cleared.</param>
internal sealed record ModelObject(ObjectForm Form, long[] Slots, long Length, long Target);
