using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Containers of the runtime that are no linked lists, and the links that name a place.</summary>
public sealed partial class HeapView
{
    /// <summary>The containers of all structs that have not ended, other than linked lists, in the order of <see cref="Instances"/>.</summary>
    public IEnumerable<ContainerInstance> Containers()
    {
        foreach (var instance in Instances())
        {
            if (instance.HasEnded)
                continue;
            foreach (var container in instance.Layout.Containers)
            {
                if (container is not LinkedList)
                    yield return new ContainerInstance(instance, ContainerView.Of(this, instance.Layout, instance.Address, container));
            }
        }
    }

    /// <summary>The links of lists that name an object, or the head of a list: heads first, then living objects by number. No link owns.</summary>
    /// <param name="target">Address of the object or of the head.</param>
    /// <remarks>Cost: the lists and the link words of all living objects.</remarks>
    public IEnumerable<Reference> LinksTo(Address target)
    {
        foreach (var family in Families)
        {
            var node = ListAt(target) is null && ObjectAt(target) is not null ? family.NodeOf(target) : target;
            foreach (var list in Lists())
            {
                if (list.Family != family || list.Holder.HasEnded)
                    continue;
                foreach (var (name, offset) in LinkWords(family))
                {
                    if (Names(list.Head + offset))
                        yield return new Reference($"{list.Container.Name}.{name}", -1, list.Head + offset, target, false, null, "", list.Holder.Name);
                }
            }

            foreach (var entry in LiveEntries())
            {
                if (!HasNode(entry, family))
                    continue;
                foreach (var field in PlanOf(entry).LinkFields)
                {
                    if (Read(PlanOf(entry), entry.Address, field, entry) is { Role: FieldRole.Link } value && value.Target == node)
                        yield return new Reference(field.Name, -1, value.Slot, target, false, entry.Address);
                }
            }

            bool Names(Address slot) => TryRead(slot, out var word) && word != 0 && family.Address(word) == node;
        }
    }

    private static IEnumerable<(string Name, int Offset)> LinkWords(LinkFamily family) =>
        family.PrevOffset < 0 ? [("next", family.NextOffset)] : [("next", family.NextOffset), ("prev", family.PrevOffset)];
}

/// <summary>A container of a struct of the runtime that has not ended.</summary>
/// <param name="Holder">The struct that it lies in, or that points at it.</param>
public sealed record ContainerInstance(StructInstance Holder, ContainerView View)
{
    /// <summary><c>main.frame</c>.</summary>
    public string Name => $"{Holder.Name}.{View.Name}";
}
