using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Objects of the mutator, and what refers to them.</summary>
public sealed partial class HeapView
{
    /// <summary>The object at exactly this address: living, or the last one there while its memory is unused; null otherwise.</summary>
    public ObjectView? ObjectAt(Address address) =>
        Shadow.OccupantAt(address) is { } entry && entry.Address == address && IsObject(entry) ? new ObjectView(this, entry) : null;

    /// <summary>The object whose cell covers an address; null where there never was one or it was reused.</summary>
    public ObjectView? ObjectCovering(Address address) =>
        Shadow.OccupantAt(address) is { } entry && IsObject(entry) ? new ObjectView(this, entry) : null;

    /// <summary>An object by birth number; null when it is not born yet, or died and its memory was reused.</summary>
    public ObjectView? Object(ulong number, bool runtime = false) =>
        Shadow.Object(number, runtime) is { } entry ? new ObjectView(this, entry) : null;

    /// <summary>The living program objects, by ascending number, those born in scripts last in the order of their births.</summary>
    /// <remarks>Cost: the rows of objects whose memory was not used again, and a look at the pages of all other rows.</remarks>
    public IEnumerable<ObjectView> LiveObjects() => LiveEntries().Select(entry => new ObjectView(this, entry));

    /// <summary>The highest number, those of scripts aside, whose row is in use: objects above it are not born, or their memory was
    /// reused.</summary>
    public ulong HighestNumber()
    {
        foreach (var (number, words) in Space.PagesIn(new Address(Windows.ProgramObjects), new Address(Windows.ScriptObjects)).Reverse())
        {
            var last = words.Span.LastIndexOfAnyExcept(0UL);
            if (last >= 0)
                return ((number << AddressSpace.PageShift) + (ulong)last * 8 - Windows.ProgramObjects) / 16;
        }

        return 0;
    }

    /// <summary>Owned references in structs that are no objects: what keeps objects alive from outside the heap.</summary>
    public IEnumerable<Reference> Roots() => StructReferences().Where(r => r.IsOwned);

    /// <summary>All references in structs that are no objects and have not ended.</summary>
    public IEnumerable<Reference> StructReferences()
    {
        foreach (var instance in Instances())
        {
            if (instance.HasEnded)
                continue;
            foreach (var reference in ReferencesIn(instance))
                yield return reference;
        }
    }

    /// <summary>The references in a struct that is no object, as its words are now.</summary>
    public IEnumerable<Reference> ReferencesIn(StructInstance instance) =>
        ReferencesOf(instance).Select(r => r with { Struct = instance.Role == StructRole.Root ? "" : instance.Name });

    /// <summary>Every reference to an address, from roots first, then from living objects by number.</summary>
    /// <remarks>Cost: all slots of all living objects.</remarks>
    public IEnumerable<Reference> ReferrersOf(Address address)
    {
        foreach (var reference in StructReferences())
        {
            if (reference.Target == address)
                yield return reference;
        }

        foreach (var entry in LiveEntries())
        {
            foreach (var reference in References(entry))
            {
                if (reference.Target == address)
                    yield return reference;
            }
        }
    }

    /// <summary>The living objects and the references between them, counted once for this state.</summary>
    public Census Census() => Now().Census ??= new Census(this);

    /// <summary>Whether an object lives and owned references lead from a root to it.</summary>
    /// <remarks>Of what <see cref="LogReads"/> notes, one such way is enough while there is one; that there is none rests on all objects.</remarks>
    public bool IsReachable(ObjectView o)
    {
        if (!o.IsLive)
            return false;
        if (logged is not { } outer)
            return Way(o) is not null;
        IReadOnlyList<OwnedReference>? way = null;
        List<ObjectEntry>? holders = null;
        var all = LogReads(() =>
        {
            way = Way(o);
            holders = way?.Skip(1).Select(r => Census().Objects[r.Holder]).ToList();
        });
        // What was kept at this state was not noted for the question around this one.
        snapshot = null;
        logged = outer;
        if (way is null || !Roots().Any(r => r.Slot == way[0].Slot) || !holders!.Zip(way.Skip(1)).All(step => References(step.First).Any(r => r.Slot == step.Second.Slot)))
            outer.Add(all);
        return way is not null;
    }

    internal IEnumerable<ObjectEntry> LiveEntries()
    {
        logged?.AskedForAll = true;
        foreach (var (number, words) in Space.PagesIn(new Address(Windows.ProgramObjects), new Address(Windows.ScriptObjects)))
        {
            var first = ((number << AddressSpace.PageShift) - Windows.ProgramObjects) / 16;
            // Of the objects born so far few live, and the rows of most others are zero: those are skipped many at a time.
            for (int i = 0, next; (next = words.Span[i..].IndexOfAnyExcept(0UL)) >= 0; i += 2)
            {
                i = i + next & ~1;
                if (words.Span[i] == 0)
                    continue;
                var row = first + (ulong)i / 2;
                var entry = ObjectEntry.Decode(row, (uint)row, false, words.Span[i], words.Span[i + 1]);
                if (CellOf(entry) is { State: CellState.Live })
                    yield return entry;
            }
        }

        foreach (var row in Shadow.Objects.ScriptRows())
        {
            if (Shadow.Objects.At(row, false) is { } entry && CellOf(entry) is { State: CellState.Live })
                yield return entry;
        }
    }

    private IReadOnlyList<OwnedReference>? Way(ObjectView o) => Census() is var census && census.IndexOf(o.Address) is >= 0 and var goal ? census.PathTo(goal) : null;

    internal StructPlan PlanOf(in ObjectEntry entry) =>
        entry.TypeId < layoutPlan.Types.Length
            ? layoutPlan.Types[entry.TypeId]
            : throw new GcReplayException(
                $"object {entry.Number} has type {entry.TypeId}, but the layout of {Layout.Collector}@{Layout.Revision} knows {layoutPlan.Types.Length}: the trace is damaged");

    internal ObjectType TypeOf(in ObjectEntry entry)
    {
        var plan = PlanOf(entry);
        var byShadow = Layout.Types[entry.TypeId];
        if (plan.TypeId is not { } field || CellOf(entry) is not { State: CellState.Live })
            return byShadow;
        // 0 is also what a fresh object holds before its header is written.
        return Read(plan, entry.Address, field, entry) is { IsMapped: true, Value: > 0 } value && value.Value < (ulong)Layout.Types.Length
            ? Layout.Types[(int)value.Value]
            : byShadow;
    }

    internal IEnumerable<Reference> References(ObjectEntry entry) =>
        References(PlanOf(entry), entry.Address, entry, CellOf(entry)?.End);

    internal IEnumerable<Reference> ReferencesOf(StructInstance instance) => References(instance.Plan, instance.Address, null, null);

    /// <summary>Where the object's cell ends.</summary>
    internal Address EndOf(in ObjectEntry entry) => CellOf(entry)?.End ?? entry.Address;

    /// <summary>Whether a living object is at exactly this address; false also where only the slow way can tell.</summary>
    /// <param name="prefix">Words in front of the object that was asked for before: the next one probably has as many.</param>
    internal bool IsLivingObject(Address address, ref int prefix)
    {
        var start = address - prefix * 8L;
        var encoded = Space.Peek(Windows.CellWord(start));
        if (encoded == 0)
        {
            if (Shadow.OccupantAt(address) is { } found && found.Address == address)
                prefix = found.PrefixWords;
            start = address - prefix * 8L;
            encoded = Space.Peek(Windows.CellWord(start));
        }

        return encoded != 0 && Cell.Decode(start, encoded) is { State: CellState.Live, IsRuntime: false, Row: > 0 } cell
            && Shadow.Objects.At(cell.Row, false) is { } entry && entry.Address == address && IsObject(entry);
    }

    private bool IsObject(in ObjectEntry entry) =>
        entry.TypeId < layoutPlan.Types.Length && layoutPlan.Types[entry.TypeId].Layout.Role == StructRole.Object;

    private IEnumerable<Reference> References(StructPlan plan, Address address, ObjectEntry? entry, Address? end)
    {
        foreach (var field in plan.ReferenceFields)
        {
            var value = Read(plan, address, field, entry);
            if (value.Value != 0 && value.Role is FieldRole.Owned or FieldRole.Borrowed && (end is null || value.Slot < end))
                yield return new Reference(field.Name, -1, value.Slot, value.Target, value.Role == FieldRole.Owned, entry?.Address);
        }

        foreach (var container in plan.Layout.Containers)
        {
            if (!ContainerView.MayHoldReferences(container))
                continue;
            var isInside = container is Vector { IsIndirect: false };
            foreach (var item in ContainerView.Of(this, plan.Layout, address, container).Items())
            {
                // A length may be anything: what lies behind the cell is somebody else's.
                if (isInside && end is { } stop && item.Slot >= stop)
                    break;
                if (item.Value != 0 && item.Role is FieldRole.Owned or FieldRole.Borrowed)
                    yield return new Reference(
                        item.Container, item.Index, item.Slot, new Address(item.Value), item.Role == FieldRole.Owned, entry?.Address, item.Suffix);
            }
        }
    }
}
