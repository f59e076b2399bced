using System.Numerics;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>What may be wrong with a heap since words changed. Follows the words of an address space, in whatever way they are
/// changed, and is built from all of them at the start and when it lost track.</summary>
/// <remarks>Cost: the words changed since it was asked last; building it: all living objects and roots.</remarks>
public sealed partial class HeapIndex
{
    private readonly HeapView view;
    private readonly Stack<Note[]> spareNotes;
    private readonly List<ulong> unmapped = [];
    private readonly Dictionary<ulong, ulong> pageMap = [];
    private readonly bool follows;
    private readonly long pagesMax;
    private ChangeLog? log;
    private WordNotes notes = null!;
    private TrackedObjects objects = null!;
    private TypeShape[] shapes = null!;
    private CountIndex counts = null!;
    private OwnedIndex owned = null!;
    private RootRanges roots = null!;
    private Skeleton skeleton = null!;
    private MemberIndex members = null!;
    private ColourIndex? colours;
    private LinkIndex? links;
    private PromiseIndexes? promises;
    private bool isOverlapped;

    /// <param name="view">Reads the words. The index tells it which structs and lists to keep: from now on it is good only where the
    /// index was told to follow.</param>
    /// <param name="follows">Whether it will be told to. Of several that follow one address space only the last does it cheaply.</param>
    /// <param name="before">Is not used any more: its memory can be taken.</param>
    /// <param name="pagesMax">Pages of objects and roots that it follows at most; in a larger heap it throws <see cref="GcReplayException"/>.</param>
    public HeapIndex(HeapView view, bool follows = true, HeapIndex? before = null, long pagesMax = long.MaxValue)
    {
        this.pagesMax = pagesMax;
        this.view = view;
        before?.notes.GiveUp();
        spareNotes = before?.spareNotes ?? [];
        this.follows = follows;
        Build();
    }

    /// <summary>How many living objects it follows, at least.</summary>
    public int Objects => objects.End;

    /// <summary>Whether a word is two things at once: only where words are corrupt. Then everything is suspected.</summary>
    private bool IsConfused => isOverlapped || owned.IsConfused || roots.IsConfused || members.IsConfused || links is { IsConfused: true };

    /// <summary>Comes to the present words. Ask nothing before, when words changed.</summary>
    public void Follow()
    {
        if (log is not { IsComplete: true } || IsConfused)
        {
            Build();
            return;
        }

        // What died makes room for what was born in its place, wherever the two begin.
        foreach (var page in log.Pages)
            FollowDeaths(page);
        foreach (var page in log.Pages)
            Follow(page);
        log.Clear();
        Settle();
        if (IsConfused)
            Build();
    }

    /// <summary>Puts structs into the order in which they would be found now: their names may depend on it.</summary>
    public void Reorder()
    {
        if (skeleton.HasOtherOrder)
            FindStructs();
    }

    /// <summary>What it knows, in words: two indexes of one state say the same.</summary>
    public IEnumerable<string> Contents()
    {
        foreach (var (address, note) in notes.All())
        {
            var unit = note.Unit > 0 ? $"#{objects[note.Unit].Number}" : note.Unit > Note.FirstMember ? note.Unit.ToString() : "item";
            var flags = note.Flags & ~NoteFlags.NodeWaits;
            if ((note with { Flags = flags, Black = 0 }).IsEmpty)
                continue;
            yield return $"{address}: {unit} {flags} holds {note.Held:x} owned {note.Owned} next {note.NextIn} from {note.NextFrom:x} prev {note.PrevIn}";
        }

        foreach (var reference in owned.ComplexReferences().Order())
            yield return reference.ToString();
        foreach (var member in members.Contents())
            yield return member;
        foreach (var promise in promises?.Contents() ?? [])
            yield return promise;
    }

    private void Build()
    {
        var family = view.Families.Length == 1 ? view.Families[0] : null;
        view.UnpinSkeleton();
        log = follows ? view.Space.Watch() : null;
        notes?.GiveUp();
        notes = new WordNotes(view.Space, spareNotes, pagesMax);
        objects = new TrackedObjects();
        shapes = [.. view.Layout.Types.Select(t => new TypeShape(view.Plan(view.Layout.Struct(t.Struct)), t, family, view.Layout.Tracing?.Forwarded is not null))];
        counts = new CountIndex(view, notes, objects, shapes);
        owned = new OwnedIndex(view, notes, objects, shapes, counts);
        roots = new RootRanges(view, notes, owned);
        skeleton = new Skeleton(view, notes);
        members = new MemberIndex(view, notes, Lists(), view.Tracing.Shadows) { Changed = MemberChanged, WatchedChanged = () => promises?.Places.MapChanged() };
        colours = view.Traces ? new ColourIndex(view, notes, objects, owned, members, shapes) : null;
        promises = view.Layout.Tracing is null ? null : new PromiseIndexes(view, notes, objects, members, shapes);
        owned.Colours = colours;
        owned.Young = promises?.Young;
        links = family is null ? null : new LinkIndex(view, notes, objects, family);
        isOverlapped = false;
        unmapped.Clear();
        pageMap.Clear();
        foreach (var (number, words) in view.Space.PagesIn(new Address(Windows.PageMap), new Address(Windows.Spans)))
        {
            for (int i = 0, next; (next = words.Span[i..].IndexOfAnyExcept(0UL)) >= 0; i += next + 1)
                pageMap[(number << AddressSpace.PageShift) + (ulong)(i + next) * 8] = words.Span[i + next];
        }

        foreach (var entry in view.LiveEntries())
            Begin(entry, view.EndOf(entry));
        if (promises is not null)
            BeginPromises();
        Settle();
    }

    /// <summary>Lists that rules of the layout ask for.</summary>
    private IEnumerable<string> Lists()
    {
        var tracing = view.Tracing;
        var conditions = (view.Traces ? view.Layout.Colours.Select(r => r.When) : []).Concat(tracing.Young).Concat(tracing.Immortal);
        return conditions.SelectMany(c => c.Lists.IsDefaultOrEmpty ? [] : c.Lists)
            .Concat(tracing.Remembered).Concat(tracing.StrongLists).Concat(tracing.LiveLists).Concat(tracing.CardList.Length == 0 ? [] : [tracing.CardList]);
    }

    private void Settle()
    {
        if (skeleton.IsStale)
        {
            FindStructs();
        }
        else if (skeleton.HasOtherPhases)
        {
            skeleton.FindPhases();
        }

        roots.Resync();
        members.Resync();
        owned.ResyncCut();
        owned.ResyncComplex();
        foreach (var page in unmapped)
            notes.Release(page);
        unmapped.Clear();
        promises?.Settle();
    }

    private void FindStructs()
    {
        skeleton.Find(roots);
        members.Set(skeleton.Structs);
        links?.Set(skeleton.Lists);
    }

    private void Follow(ChangedPage page)
    {
        var start = page.Number << AddressSpace.PageShift;
        var noted = start < Windows.ProcessEnd ? notes.Page(page.Number) : null;
        if (start < Windows.ProcessEnd && noted is null)
            return;
        for (var i = 0; i < page.Bits.Length; i++)
        {
            for (var bits = page.Bits[i]; bits != 0; bits &= bits - 1)
            {
                var word = i * 64 + BitOperations.TrailingZeroCount(bits);
                var address = new Address(start + (ulong)word * 8);
                if (noted is not null)
                    WordChanged(address, ref noted[word]);
                else if (start < Windows.RuntimeObjects)
                    CellChanged(new Address(address.Value & ~Windows.Cells));
                else if (start < Windows.PageMap)
                    skeleton.RowChanged();
                else
                    PagesFlipped(address);
            }
        }
    }

    private void WordChanged(Address address, ref Note note)
    {
        if (note.Unit > 0)
            ObjectChanged(note.Unit, address, ref note);
        else if (note.Unit == Note.Root)
            owned.Resync(ref note, address, Note.Root, view.TryRead(address, out var word) ? word : 0);
        else if (note.Unit <= Note.FirstMember)
            members.ItemChanged(ref note, address);
        else if (note.Unit == Note.Head)
            links!.HeadChanged(address);
        if ((note.Flags & NoteFlags.Shape) != 0)
            roots.ShapeChanged(address);
        if ((note.Flags & NoteFlags.Skeleton) != 0)
            skeleton.WordChanged(address);
        if ((note.Flags & NoteFlags.MemberShape) != 0)
            members.ShapeChanged(address);
    }

    private void PagesFlipped(Address word)
    {
        var now = view.Space.Peek(word);
        var flipped = now ^ pageMap.GetValueOrDefault(word.Value);
        pageMap[word.Value] = now;
        var group = (word.Value - Windows.PageMap) / 8;
        // Most pages of a stack that is mapped are nobody's, and there are thousands.
        if ((flipped & ~now) == 0 && !skeleton.Touches(group) && !roots.Touches(group) && !members.Touches(group))
            return;
        var first = group * PageGroup.Pages;
        for (; flipped != 0; flipped &= flipped - 1)
        {
            var bit = BitOperations.TrailingZeroCount(flipped);
            var page = first + (ulong)bit;
            skeleton.PageFlipped(page);
            roots.PageFlipped(page);
            members.PageFlipped(page);
            if ((now >> bit & 1) != 0 || notes.Page(page) is null)
                continue;
            var start = new Address(page << AddressSpace.PageShift);
            owned.LookAtItems(notes.Page(page)!);
            FindDangling(start, start + AddressSpace.PageBytes);
            unmapped.Add(page);
        }
    }

    /// <summary>What is named in a range that nobody may name any more.</summary>
    private void FindDangling(Address start, Address end)
    {
        for (var at = start; at < end;)
        {
            var pageEnd = new Address((at.Page + 1) << AddressSpace.PageShift);
            var stop = pageEnd < end ? pageEnd : end;
            if (notes.Page(at.Page) is { } page)
                FindDangling(page.AsSpan(WordNotes.Index(at), (int)((stop - at) / 8)), at);
            at = stop;
        }

        foreach (var (address, note) in notes.StraysIn(start, end))
            FindDangling([note], address);
    }

    private void FindDangling(ReadOnlySpan<Note> range, Address start)
    {
        for (var i = 0; i < range.Length; i++)
        {
            if (range[i].Owned != 0)
                owned.Dangling.Gone(start + i * 8L);
            if (range[i].IsLinked)
                links!.Dangle(start + i * 8L);
            if ((range[i].Flags & (NoteFlags.MustLive | NoteFlags.Borrowed)) != 0)
                promises!.Places.Gone(start + i * 8L, range[i].Flags);
        }
    }
}
