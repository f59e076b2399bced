using System.Text;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>The phases of collections as hooks in traverse and clear see them: which pass traverses what, what each visit leaves in
/// gc_refs, and the lists at the beginning of passes.</summary>
/// <remarks>Lists, gc_refs and flags are read through the layout at the moment of the event. A pass whose beginning hooks can not see
/// has no <c>U</c>: then it is a pass that directly follows another one.</remarks>
internal sealed class PhaseRecords(HeapView view, Serials serials)
{
    private const int NoPass = -1;
    private const string Again = "_again";
    private const string BackToReachable = "back-to-reachable";

    private readonly List<string> records = [];
    private bool hasTraversed;
    private Address collection;
    private string phase = "";
    private int lastPass;
    private bool isReachedDue;
    private bool isFinalDue;

    /// <summary>What the last visit brings back to the reachable list: the next event does it.</summary>
    private Address movedBack;

    /// <summary>The records since the last call; none when no collection traversed anything.</summary>
    public List<string> Take()
    {
        List<string> taken = hasTraversed ? [.. records] : [];
        records.Clear();
        hasTraversed = false;
        return taken;
    }

    /// <summary>Adds a record of another kind between the phases.</summary>
    public void Add(string record) => records.Add(record);

    public void AfterEvent(in Event e)
    {
        if (!movedBack.IsNull)
            records.Add($"[\"V\",{serials.At(movedBack)},{CollectorCount(movedBack)},\"m\"]");
        movedBack = Address.Null;
        switch (e.Kind)
        {
            case EventKind.CollectionBegin:
                collection = new Address(e.C);
                lastPass = NoPass;
                isFinalDue = true;
                break;
            case EventKind.PhaseBegin:
                phase = view.PhaseName((int)e.A);
                isReachedDue = PassOf(phase) == 1;
                break;
            case EventKind.PhaseEnd:
                phase = "";
                break;
            case EventKind.Scan when PassOf(phase) is var pass and not NoPass:
                Traverse(pass, e.A);
                break;
            case EventKind.Visit when e.D != 0 && PassOf(phase) is var pass and not NoPass:
                Visit(pass, e);
                break;
            case EventKind.Clear when e.B == 0 && isFinalDue:
                isFinalDue = false;
                records.Add($"[\"Z\",[{string.Join(',', Members("final_unreachable").Select(serials.At))}]]");
                break;
            default:
                break;
        }
    }

    private static int PassOf(string phase) => phase switch
    {
        "subtract_refs" or "subtract_refs_again" => 0,
        "move_unreachable" or "move_unreachable_again" => 1,
        "move_legacy_finalizers" => 2,
        _ => NoPass,
    };

    private void Traverse(int pass, ulong reference)
    {
        hasTraversed = true;
        if (pass == 0 && lastPass != 0)
            records.Add(UnderCollection());
        if (pass == 1 && isReachedDue)
            records.Add(AfterSubtraction());
        isReachedDue = false;
        isFinalDue |= pass < 2;
        lastPass = pass;
        records.Add($"[\"T\",{pass},{serials.At(reference)}]");
    }

    private void Visit(int pass, in Event e)
    {
        var target = new Address(e.C);
        if (view.Layout.Sites[e.Site].Name == BackToReachable)
            movedBack = target;
        else
            records.Add(pass == 2 ? $"[\"V\",{serials.At(target)}]" : $"[\"V\",{serials.At(target)},{CollectorCount(target)}]");
    }

    /// <summary><c>U</c>: the list that a pass counts, with the counts before it.</summary>
    private string UnderCollection()
    {
        var text = new StringBuilder("[\"U\",[");
        foreach (var member in Members(IsAgain ? "resurrecting" : "young"))
        {
            var finalized = view.ObjectAt(member)?.Read("FINALIZED") is { Value: not 0 } ? 1 : 0;
            Separate(text).Append($"[{serials.At(member)},{CollectorCount(member)},{finalized}]");
        }

        return text.Append("]]").ToString();
    }

    /// <summary><c>R</c>: what is left of the counts; <c>u</c> for what was moved already.</summary>
    private string AfterSubtraction()
    {
        var left = new SortedDictionary<int, string>();
        foreach (var member in Members(IsAgain ? "resurrecting" : "young"))
            left[serials.At(member)] = CollectorCount(member);
        foreach (var member in Members(IsAgain ? "final_unreachable" : "unreachable"))
            left[serials.At(member)] = "\"u\"";
        left.Remove(Serials.Temporary);
        var text = new StringBuilder("[\"R\",[");
        foreach (var (serial, count) in left)
            Separate(text).Append($"[{serial},{count}]");
        return text.Append("]]").ToString();
    }

    private static StringBuilder Separate(StringBuilder text) => text[^1] == '[' ? text : text.Append(',');

    private bool IsAgain => phase.EndsWith(Again, StringComparison.Ordinal);

    /// <summary>Members of a list that the collection's record contains, or holds under this name.</summary>
    private IReadOnlyList<Address> Members(string name)
    {
        var record = view.Instances().FirstOrDefault(i => i.Role == StructRole.CollectionRecord && i.Address == collection);
        Check.That(record is not null, $"the layout leads to no collection record at {collection}");
        var list = view.Lists().FirstOrDefault(l => l.Holder == record && l.Container.Name == name)
            ?? (view.Read(record, name) is { Role: FieldRole.HeldList } held ? view.ListAt(held.Target) : null);
        Check.That(list is not null, $"the collection record holds no list {name}");
        return list.Walk().Members;
    }

    /// <summary>gc_refs of an object; in words where the layout says that its word is something else.</summary>
    private string CollectorCount(Address reference) => view.ObjectAt(reference)?.Read("_gc_prev") switch
    {
        { Role: FieldRole.CollectorCount } count => $"{count.Value}",
        { } other => $"\"{other.Role}\"",
        null => "\"no object\"",
    };
}
