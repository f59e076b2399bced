using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Views;

/// <summary>Reads the present words of a process through its layout: structs, objects, references, lists, colours, owners. Runs
/// no collector and writes nothing.</summary>
/// <remarks>What it derives from many words (instances, lists, contents of containers) it keeps only as long as the state hash
/// stays the same, so that it may be asked at any position in any order. Objects and lists that it returned are read again at
/// each question and must not be kept across positions. With a valid <see cref="Membership"/> the list of an object costs
/// near-constant time; without one the first question follows links and later ones make a full pass.</remarks>
public sealed partial class HeapView
{
    /// <summary>More structs, list members or items than this in one chain are corrupt memory.</summary>
    internal const int ChainMax = 1 << 24;

    private readonly Dictionary<string, StructPlan> plans = [];
    private readonly Dictionary<string, (bool HasContents, bool HasBlocks)> kindsByName = [];
    private readonly StructPlan[] typePlans;
    private readonly bool phasesMatter;
    private Snapshot? snapshot;

    public HeapView(AddressSpace space, Shadow shadow, Layout layout, MembershipIndex? membership = null)
    {
        Space = space;
        Shadow = shadow;
        Layout = layout;
        Membership = membership;
        foreach (var structure in layout.Structs)
            plans.TryAdd(structure.Name, new StructPlan(structure));
        typePlans = [.. layout.Types.Select(t => Plan(layout.Struct(t.Struct)))];
        Families = LinkFamily.Of(layout);
        phasesMatter = layout.Structs.Any(s => Plan(s).Phase is not null);
    }

    public AddressSpace Space { get; }

    public Shadow Shadow { get; }

    public Layout Layout { get; }

    /// <summary>Answers which list holds an object, when it is given and valid; must be at the view's position.</summary>
    public MembershipIndex? Membership { get; set; }

    /// <summary>The ways in which objects are linked: one for each place of the link words in front of or in an object.</summary>
    public LinkFamily[] Families { get; }

    /// <summary>Forgets what was derived from words. Needed only after words changed in a way that keeps the state hash.</summary>
    public void Invalidate() => snapshot = null;

    /// <summary>The word at an address; false where the process could not read it.</summary>
    public bool TryRead(Address address, out ulong word)
    {
        var readable = address.IsWordAligned && Space.IsMapped(address);
        word = readable ? Space.Peek(address) : 0;
        return readable;
    }

    /// <summary>Whether no operation is under way on any thread: then every count and every reference is settled.</summary>
    public bool IsIdle()
    {
        foreach (var (number, words) in Space.PagesIn(new Address(Windows.Spans), new Address(Windows.Counters)))
        {
            var start = number << AddressSpace.PageShift;
            if (((start - Windows.Spans) & ((1 << 24) - 1)) == 0 && words.Span[0] != 0)
                return false;
        }

        return true;
    }

    internal StructPlan Plan(StructLayout structure)
    {
        if (plans.TryGetValue(structure.Name, out var plan))
            return plan;
        plan = new StructPlan(structure);
        plans.Add(structure.Name, plan);
        return plan;
    }

    private Snapshot Now()
    {
        if (snapshot is null || snapshot.Hash != Space.Hash)
            snapshot = new Snapshot(Space.Hash);
        return snapshot;
    }

    /// <summary>What was derived at one state.</summary>
    private sealed class Snapshot(ulong hash)
    {
        public readonly ulong Hash = hash;
        public readonly Dictionary<string, HashSet<ulong>> Contents = [];
        public readonly Dictionary<ulong, List<(string Name, StructInstance Record)>> Holders = [];
        public List<StructInstance>? Instances;
        public List<ListInstance>? Lists;
        public Dictionary<ulong, ListInstance>? ListsByHead;
        public Dictionary<ulong, Address>? Heads;
        public int HeadQuestions;
        public bool HoldersKnown;
        public StructInstance? WholeHeapRecord;
        public Census? Census;
        public List<(ListInstance List, ListWalk Walk)>? LivingWalks;
    }
}
