using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>What no header of an object can hold.</summary>
/// <param name="Field">Name of the field.</param>
public sealed record HeaderFault(string Field, string Message);

/// <summary>Whether the header of an object decodes: what a collector reads before anything else of it (type, count, links).</summary>
/// <remarks>It decodes when the type word is the type that the object was born with; the reference count is no more than the words of the
/// process that could hold a reference (a count that is merely wrong is the sanitizers' business); and each link names the head of a list or
/// the links of an object, living or dead. A link that is the collector's count at times is not asked while a collection runs: between
/// its phases no word tells which of the two it is. What the layout does not describe is not asked either.</remarks>
public static class Header
{
    /// <summary>The first fault; null when the header decodes, or is unmapped.</summary>
    public static HeaderFault? FaultOf(HeapView view, ObjectView o)
    {
        var plan = view.PlanOf(o.Entry);
        if (plan.TypeId is { } type && o.Read(type) is { IsMapped: true } held && held.Value != (ulong)o.Entry.TypeId)
            return new HeaderFault(type.Name, TypeText(view, o, held));
        var words = (ulong)view.Space.PageCount * AddressSpace.WordsPerPage;
        if (plan.ReferenceCount is { } count && o.Read(count) is { IsMapped: true, Role: FieldRole.ReferenceCount } counted && counted.Value > words)
            return new HeaderFault(count.Name, $".{count.Name} holds {counted.Value}, more than the process has words that could hold a reference");
        var isCollecting = view.Instances().Any(i => i is { Role: StructRole.CollectionRecord, HasEnded: false });
        foreach (var family in view.Families)
        {
            if (!view.HasNode(o.Entry, family))
                continue;
            foreach (var link in plan.LinkFields)
            {
                if (IsLinkOf(family, link) && !(isCollecting && IsCountAtTimes(link)) && o.Read(link) is { IsMapped: true } value && FaultOf(view, family, value) is { } fault)
                    return fault;
            }
        }

        return null;
    }

    /// <summary>The words that <see cref="FaultOf(HeapView, ObjectView)"/> reads of an object, by ascending address.</summary>
    public static IReadOnlyList<Address> WordsOf(HeapView view, ObjectView o)
    {
        var plan = view.PlanOf(o.Entry);
        var fields = plan.LinkFields.AsEnumerable();
        if (plan.TypeId is { } type)
            fields = fields.Append(type);
        if (plan.ReferenceCount is { } count)
            fields = fields.Append(count);
        return [.. fields.Select(f => o.Address + f.Offset).Distinct().OrderBy(a => a.Value)];
    }

    private static bool IsLinkOf(LinkFamily family, Field field) =>
        field.Offset + family.NodeToObject == family.NextOffset || field.Offset + family.NodeToObject == family.PrevOffset;

    private static bool IsCountAtTimes(Field field) => field.Meanings.Any(m => m.Role == FieldRole.CollectorCount);

    private static HeaderFault? FaultOf(HeapView view, LinkFamily family, FieldValue value)
    {
        var isNode = value.Role switch
        {
            _ when value.Target.IsNull => true,
            FieldRole.Link => view.ListAt(value.Target) is not null
                || view.ObjectAt(family.ObjectOf(value.Target)) is { } other && view.HasNode(other.Entry, family),
            FieldRole.Chain => view.ObjectAt(value.Target) is not null,
            _ => true,
        };
        return isNode ? null : new HeaderFault(value.Field.Name, $".{value.Field.Name} names {view.Describe(value.Target)}, where no object has links and no list its head");
    }

    private static string TypeText(HeapView view, ObjectView o, FieldValue held)
    {
        var types = view.Layout.Types;
        var born = types[o.Entry.TypeId].Name;
        return held.Value < (ulong)types.Length
            ? $".{held.Field.Name} holds {types[(int)held.Value].Name}, and the object was born as {born}"
            : $".{held.Field.Name} holds {view.Describe(new Address(held.Value))}, which is no type; the object was born as {born}";
    }
}
