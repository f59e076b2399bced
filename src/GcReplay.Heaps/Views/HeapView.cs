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

    private readonly LayoutPlan layoutPlan;
    private Snapshot? snapshot;
    private Snapshot? pinned;
    private Snapshot? pinnedStructs;
    private ReadLog? logged;

    public HeapView(AddressSpace space, Shadow shadow, Layout layout, MembershipIndex? membership = null)
        : this(space, shadow, new LayoutPlan(layout)) => Membership = membership;

    /// <summary>Another view of what <paramref name="like"/> reads, without its index of lists.</summary>
    public HeapView(HeapView like)
        : this(like.Space, like.Shadow, like.layoutPlan)
    {
    }

    private HeapView(AddressSpace space, Shadow shadow, LayoutPlan plan)
    {
        Space = space;
        Shadow = shadow;
        layoutPlan = plan;
    }

    public AddressSpace Space { get; }

    public Shadow Shadow { get; }

    public Layout Layout => layoutPlan.Layout;

    /// <summary>What the collector promises about tracing: little where the layout does not say it.</summary>
    public TracingRules Tracing => layoutPlan.Tracing;

    /// <summary>Answers which list holds an object, when it is given and valid; must be at the view's position.</summary>
    public MembershipIndex? Membership { get; set; }

    /// <summary>The ways in which objects are linked: one for each place of the link words in front of or in an object.</summary>
    public LinkFamily[] Families => layoutPlan.Families;

    /// <summary>Whether objects have reference counts.</summary>
    public bool CountsReferences => layoutPlan.CountsReferences;

    /// <summary>Whether the collector finds garbage by colour alone: it has marking phases and black objects, and no counts.</summary>
    public bool Traces => layoutPlan.Traces;

    /// <summary>Whether a black object must not refer to a white one in a phase.</summary>
    public bool IsMarking(int phase) => layoutPlan.IsMarking(phase);

    /// <summary>Whether garbage may wait in a phase to be freed after other garbage.</summary>
    public bool IsSweeping(int phase) => layoutPlan.IsSweeping(phase);

    /// <summary>Forgets what was derived from words. Needed only after words changed in a way that keeps the state hash.</summary>
    public void Invalidate() => snapshot = null;

    /// <summary>Whether an address lies in freed or unmapped memory.</summary>
    public bool IsGone(Address address) => Shadow.IsFreed(address) || !Space.IsMapped(address);

    /// <summary>The word at an address; false where the process could not read it.</summary>
    public bool TryRead(Address address, out ulong word)
    {
        var readable = Space.TryPeek(address, out word, out _) && address.IsWordAligned;
        if (!readable)
            word = 0;
        logged?.Add(address, readable ? word : null);
        return readable;
    }

    /// <summary>How many of so many words can be read one after the other.</summary>
    /// <remarks>Cost: the pages.</remarks>
    internal long MappedWords(Address first, long count)
    {
        for (var i = 0L; i < count; i += AddressSpace.WordsPerPage - (long)((first + i * 8).Value % AddressSpace.PageBytes / 8))
        {
            if (!Space.IsMapped(first + i * 8))
                return i;
        }

        return count;
    }

    /// <summary>Whether no operation is under way on any thread: then every count and every reference is settled.</summary>
    public bool IsIdle() => Shadow.IsIdle;

    internal StructPlan Plan(StructLayout structure) => layoutPlan.Of(structure);

    /// <summary>Finds structs, lists and their holders afresh, and keeps them from now on, until told otherwise, whatever words change.</summary>
    /// <param name="also">Reads further words that matter as those do.</param>
    /// <returns>The words that all this was read from; null for one that could not be read. As long as they, the cells at the
    /// addresses of structs, and the runtime's objects stay the same, what was found holds.</returns>
    public ReadLog PinSkeleton(Action also)
    {
        pinned = null;
        return LogReads(() =>
        {
            FindHolders();
            ListAt(Address.Null);
            also();
            pinned = Now();
        });
    }

    /// <summary>As <see cref="PinSkeleton"/>, without the lists' holders: those must be found with <see cref="PinHolders"/>.</summary>
    internal ReadLog PinStructs()
    {
        pinned = null;
        return LogReads(() =>
        {
            ListAt(Address.Null);
            pinned = pinnedStructs = Now();
        });
    }

    /// <summary>Finds afresh which collections hold which lists, of the structs and lists that are pinned, and keeps that, too.</summary>
    internal ReadLog PinHolders(Action also)
    {
        pinned = pinnedStructs;
        return LogReads(() =>
        {
            FindHolders();
            also();
            pinned = Now();
        });
    }

    /// <summary>Lets structs and lists be found afresh at each state, as without <see cref="PinSkeleton"/>.</summary>
    public void UnpinSkeleton()
    {
        if (pinned is null)
            return;
        pinned = null;
        snapshot = null;
    }

    /// <summary>Asks something, and notes what the answer was read from; of what <see cref="PinSkeleton"/> keeps nothing is noted.</summary>
    public ReadLog LogReads(Action ask)
    {
        snapshot = null;
        var log = logged = new ReadLog();
        try
        {
            ask();
            return log;
        }
        finally
        {
            logged = null;
        }
    }

    private Snapshot Now()
    {
        if (snapshot is null || snapshot.Hash != Space.Hash)
            snapshot = new Snapshot(Space.Hash, pinned);
        return snapshot;
    }

    /// <summary>What was derived at one state.</summary>
    private sealed class Snapshot(ulong hash, Snapshot? skeleton)
    {
        public readonly ulong Hash = hash;
        public readonly Dictionary<ulong, List<(string Name, StructInstance Record)>> Holders = skeleton is { HoldersKnown: true } ? skeleton.Holders : [];
        public List<StructInstance>? Instances = skeleton?.Instances;
        public List<ListInstance>? Lists = skeleton?.Lists;
        public Dictionary<ulong, ListInstance>? ListsByHead = skeleton?.ListsByHead;
        public bool HoldersKnown = skeleton is { HoldersKnown: true };
        public StructInstance? WholeHeapRecord = skeleton?.WholeHeapRecord;
        public readonly Dictionary<string, HashSet<ulong>> Contents = [];
        public Dictionary<ulong, Address>? Heads;
        public int HeadQuestions;
        public Census? Census;
        public List<(ListInstance List, ListWalk Walk)>? LivingWalks;
    }
}
