using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>A field, item or link that lies in a word.</summary>
/// <param name="Name">Without what it is a part of.</param>
/// <param name="Is">What its bits are at present, in words.</param>
/// <param name="Value">In words.</param>
/// <param name="Target">What it names, of one that holds an address; null of others, and for 0.</param>
/// <param name="Otherwise">What its bits are at other times, and when; empty when always the same.</param>
public sealed record WordPart(string Name, FieldRole Role, string Is, string Value, Address? Target, string Otherwise);

/// <summary>What a word means where a view stands: whose it is, and what lies in it.</summary>
/// <param name="Owner">The object or struct that it is a part of; empty when the layout knows none.</param>
/// <param name="Parts">Those of most bits first.</param>
public sealed record WordMeaning(string Owner, IReadOnlyList<WordPart> Parts)
{
    public static WordMeaning Of(HeapView view, Address word)
    {
        if (view.ObjectCovering(word) is { State: not ObjectState.Unmapped } o)
        {
            var state = o.IsLive ? "" : ", which is freed: the layout's names are what it was";
            return new WordMeaning($"{o}{state}", [.. Fields(view, o.Layout, o.Address, word, o.Read), .. Items(view, o.Layout, o.Address, word)]);
        }

        if (view.Space.IsMapped(word) && view.InstanceAt(word) is { } instance)
        {
            return new WordMeaning($"{NameOf(instance)}{(instance.HasEnded ? ", which has ended" : "")}", [.. Fields(view, instance.Layout, instance.Address, word, f => view.Read(instance, f)), .. Items(view, instance.Layout, instance.Address, word)]);
        }

        foreach (var holder in view.Instances().Where(i => !i.HasEnded))
        {
            if (Items(view, holder.Layout, holder.Address, word).ToList() is { Count: > 0 } items)
                return new WordMeaning(NameOf(holder), items);
        }

        return new WordMeaning("", []);
    }

    private static string NameOf(StructInstance instance) => instance.Name == instance.Layout.Name ? instance.Name : $"{instance.Name} ({instance.Layout.Name})";

    private static IEnumerable<WordPart> Fields(HeapView view, StructLayout structure, Address start, Address word, Func<Field, FieldValue> read) =>
        structure.Fields.Where(f => start + f.Offset == word).OrderByDescending(f => f.Width).Select(read)
            .Select(v => new WordPart(v.Field.Name, v.Role, RoleText(v.Role, v.Meaning?.Target), view.Describe(v), TargetOf(v.Role, v.Target), Otherwise(v)));

    private static IEnumerable<WordPart> Items(HeapView view, StructLayout structure, Address start, Address word)
    {
        foreach (var container in structure.Containers)
        {
            if (container is LinkedList list)
            {
                if (start + list.Offset + list.NextOffset == word)
                    yield return HeadPart(view, list, word, list.IsCircular ? "the first member of the list, or its own head when it is empty" : "the first member of the list, 0 when it is empty");
                else if (list.PrevOffset >= 0 && start + list.Offset + list.PrevOffset == word)
                    yield return HeadPart(view, list, word, "the last member of the list, or its own head when it is empty");
                continue;
            }

            foreach (var item in ContainerView.Of(view, structure, start, container).Items())
            {
                if (item.Slot != word)
                    continue;
                var target = TargetOf(item.Role, new Address(item.Value));
                yield return new WordPart(item.Name, item.Role, RoleText(item.Role, null), target is { } named ? view.Describe(named) : item.Value.ToString(), target, "");
                break;
            }
        }
    }

    private static WordPart HeadPart(HeapView view, LinkedList list, Address word, string what)
    {
        view.TryRead(word, out var value);
        var family = view.Families.First(f => f.NextOffset == list.NextOffset && f.PrevOffset == list.PrevOffset && f.NodeToObject == list.NodeToObject);
        var target = family.Address(value);
        return new WordPart($"{list.Name} head", FieldRole.Link, what, view.DescribeNode(target, family), target.IsNull ? null : target, "");
    }

    private static Address? TargetOf(FieldRole role, Address value) =>
        !value.IsNull && role is FieldRole.Pointer or FieldRole.HeldList or FieldRole.Owned or FieldRole.Borrowed or FieldRole.Link or FieldRole.Address or FieldRole.Chain ? value : null;

    private static string RoleText(FieldRole role, string? target) => role switch
    {
        FieldRole.Flag => "a flag",
        FieldRole.ReferenceCount => "the number of references that keep the object alive",
        FieldRole.CollectorCount => "the collector's own count",
        FieldRole.TypeId => "the type",
        FieldRole.Phase => "the phase of a collection",
        FieldRole.InterpreterId => "an interpreter",
        FieldRole.ThreadId => "a thread",
        FieldRole.Pointer => target is { Length: > 0 } ? $"a pointer to a {target}" : "a pointer",
        FieldRole.HeldList => "the list that a collection works on",
        FieldRole.Owned => "a reference that keeps its target alive",
        FieldRole.Borrowed => "a reference that keeps nothing alive",
        FieldRole.Link => "a link of a list",
        FieldRole.Address => "an address",
        FieldRole.Script => "a script to call",
        FieldRole.Chain => "the next of a chain",
        FieldRole.Real => "a real number",
        _ => "a number",
    };

    /// <summary>The meanings that do not apply now, each with its condition.</summary>
    private static string Otherwise(FieldValue value) =>
        string.Join("; ", value.Field.Meanings.Where(m => m != value.Meaning).Select(m => $"{RoleText(m.Role, m.Target)} {ConditionText(m.When)}"));

    private static string ConditionText(Condition when)
    {
        var parts = new List<string>();
        if (!when.FlagsSet.IsDefaultOrEmpty)
            parts.Add($"with {string.Join(" and ", when.FlagsSet)} set");
        if (!when.FlagsClear.IsDefaultOrEmpty)
            parts.Add($"with {string.Join(" and ", when.FlagsClear)} clear");
        if (!when.Phases.IsDefaultOrEmpty)
            parts.Add($"in {string.Join(", ", when.Phases)}");
        if (!when.Lists.IsDefaultOrEmpty)
            parts.Add($"on {string.Join(", ", when.Lists)}");
        if (!when.Regions.IsDefaultOrEmpty)
            parts.Add($"in region {string.Join(", ", when.Regions)}");
        if (when.Epoch.Length > 0)
            parts.Add($"while {when.EpochField} is {when.Epoch}");
        return parts.Count == 0 ? "otherwise" : string.Join(", ", parts);
    }
}
