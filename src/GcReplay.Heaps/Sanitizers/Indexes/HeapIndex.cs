using System.Numerics;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>What may be wrong with a heap since words changed. Follows the words of an address space, in whatever way they are
/// changed, and is built from all of them at the start and when it lost track.</summary>
/// <remarks>Cost: the words changed since it was asked last; building it: all living objects and roots.</remarks>
public sealed class HeapIndex
{
    private readonly HeapView view;
    private readonly List<ulong> unmapped = [];
    private readonly Dictionary<ulong, ulong> pageMap = [];
    private readonly bool follows;
    private ChangeLog? log;
    private WordNotes notes = null!;
    private TrackedObjects objects = null!;
    private TypeShape[] shapes = null!;
    private CountIndex counts = null!;
    private OwnedIndex owned = null!;
    private RootRanges roots = null!;
    private Skeleton skeleton = null!;
    private ColourIndex? colours;
    private LinkIndex? links;
    private bool isOverlapped;

    /// <param name="view">Reads the words. The index tells it which structs and lists to keep: from now on it is good only where the
    /// index was told to follow.</param>
    /// <param name="follows">Whether it will be told to. Of several that follow one address space only the last does it cheaply.</param>
    public HeapIndex(HeapView view, bool follows = true)
    {
        this.view = view;
        this.follows = follows;
        Build();
    }

    /// <summary>Whether a word is two things at once: only where words are corrupt. Then everything is suspected.</summary>
    private bool IsConfused => isOverlapped || owned.IsConfused || roots.IsConfused || links is { IsConfused: true };

    /// <summary>Whether an owned reference may name freed or unmapped memory.</summary>
    public bool MayDangle() => IsConfused || owned.MayDangle(skeleton);

    /// <summary>Whether a reference count may be below the number of owned references.</summary>
    public bool MayCountTooFew() => IsConfused || counts.MayBeTooFew();

    /// <summary>Whether a link may name freed or unmapped memory in a range.</summary>
    public bool MayLinkDangle(Address start, Address end) =>
        view.Families.Length > 0 && (IsConfused || links is null || links.MayDangle(start, end));

    /// <summary>Whether a living list may be broken, hold a freed member, or share one.</summary>
    public bool MayListBeBroken() =>
        view.Families.Length > 0 && (IsConfused || links is null || !skeleton.PrevIsValid || links.MayBeBroken());

    /// <summary>Whether a black object may refer to a white one in a marking phase.</summary>
    public bool MayBlackReferToWhite() => IsConfused || colours is not null && colours.MayFail(skeleton);

    /// <summary>Comes to the present words. Ask nothing before, when words changed.</summary>
    public void Follow()
    {
        if (log is not { IsComplete: true } || IsConfused)
        {
            Build();
            return;
        }

        foreach (var page in log.Pages)
            Follow(page);
        log.Clear();
        Settle();
        if (IsConfused)
            Build();
    }

    /// <summary>What it knows, in words: two indexes of one state say the same.</summary>
    public IEnumerable<string> Contents()
    {
        foreach (var (address, note) in notes.All())
        {
            var unit = note.Unit > 0 ? $"#{objects[note.Unit].Number}" : note.Unit.ToString();
            var flags = note.Flags & ~NoteFlags.NodeWaits;
            if ((note with { Flags = flags }).IsEmpty)
                continue;
            yield return $"{address}: {unit} {flags} holds {note.Held:x} owned {note.Owned} next {note.NextIn} from {note.NextFrom:x} prev {note.PrevIn}";
        }

        foreach (var reference in owned.ComplexReferences().Order())
            yield return reference.ToString();
    }

    private void Build()
    {
        var family = view.Families.Length == 1 ? view.Families[0] : null;
        view.UnpinSkeleton();
        log = follows ? view.Space.Watch() : null;
        notes = new WordNotes(view.Space);
        objects = new TrackedObjects();
        shapes = [.. view.Layout.Types.Select(t => new TypeShape(view.Plan(view.Layout.Struct(t.Struct)), t, family))];
        counts = new CountIndex(view, notes, objects, shapes);
        owned = new OwnedIndex(view, notes, objects, shapes, counts);
        roots = new RootRanges(view, notes, owned);
        skeleton = new Skeleton(view, notes);
        colours = view.Traces ? new ColourIndex(view, notes, objects, owned, shapes) : null;
        links = family is null ? null : new LinkIndex(view, notes, objects, family);
        isOverlapped = false;
        unmapped.Clear();
        pageMap.Clear();
        foreach (var (number, words) in view.Space.PagesIn(new Address(Windows.PageMap), new Address(Windows.Spans)))
        {
            for (var i = 0; i < words.Length; i++)
                pageMap[(number << AddressSpace.PageShift) + (ulong)i * 8] = words.Span[i];
        }

        foreach (var entry in view.LiveEntries())
            Begin(entry, view.EndOf(entry));
        Settle();
    }

    private void Settle()
    {
        if (skeleton.IsStale)
        {
            skeleton.Find(roots);
            links?.Set(skeleton.Lists);
        }

        roots.Resync();
        owned.ResyncCut();
        owned.ResyncComplex();
        foreach (var page in unmapped)
            notes.Release(page);
        unmapped.Clear();
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
                    skeleton.IsStale = true;
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
            owned.Resync(ref note, Note.Root, view.TryRead(address, out var word) ? word : 0);
        else if (note.Unit == Note.Head)
            links!.HeadChanged(address);
        if ((note.Flags & NoteFlags.Shape) != 0)
            roots.ShapeChanged(address);
        if ((note.Flags & NoteFlags.Skeleton) != 0)
            skeleton.WordChanged(address);
    }

    private void ObjectChanged(int unit, Address address, ref Note note)
    {
        ref var o = ref objects[unit];
        var shape = shapes[o.TypeId];
        colours?.LookAt(unit);
        if (o.HasItemAt(address))
        {
            owned.Resync(ref note, unit, view.TryRead(address, out var item) ? item : 0);
            return;
        }

        switch (shape.RoleAt(address - o.Address))
        {
            case WordRole.Owned:
                owned.Resync(ref note, unit, view.TryRead(address, out var word) ? word : 0);
                break;
            case WordRole.Link:
                links!.Changed(unit);
                owned.Relinked(unit);
                break;
            case WordRole.ReferenceCount:
                counts.LookAt(unit);
                break;
            case WordRole.Items:
                owned.MoveItems(unit);
                break;
            default:
                break;
        }
    }

    /// <summary>The cell that starts at an address is another than before.</summary>
    private void CellChanged(Address start)
    {
        var encoded = view.Space.Peek(Windows.CellWord(start));
        var cell = Cell.Decode(start, encoded);
        skeleton.CellChanged(cell);
        var known = notes.Peek(start).Unit;
        if (known > 0 && objects[known].CellStart == start)
            End(known);
        else if (known > 0)
            owned.MoveItems(known);
        if (encoded != 0 && cell is { State: CellState.Live, IsRuntime: false } && view.Shadow.OccupantOf(cell) is { } entry && entry.CellStart == start)
            Begin(entry, cell.End);
        if (cell.State == CellState.Freed)
            FindDangling(start, cell.End);
    }

    private void Begin(in ObjectEntry entry, Address end)
    {
        view.PlanOf(entry);
        var unit = objects.Add(entry, end);
        for (var word = entry.CellStart; word < end; word += 8)
        {
            ref var note = ref notes.At(word);
            isOverlapped |= note.Unit != 0;
            note.Unit = unit;
        }

        links?.Track(unit, shapes[entry.TypeId]);
        owned.Track(unit);
        colours?.Born(unit);
    }

    private void End(int unit)
    {
        owned.Forget(unit);
        links?.Forget(unit);
        var (start, end) = (objects[unit].CellStart, objects[unit].CellEnd);
        objects.Remove(unit);
        for (var word = start; word < end; word += 8)
            notes.At(word).Unit = 0;
    }

    private void PagesFlipped(Address word)
    {
        var now = view.Space.Peek(word);
        var flipped = now ^ pageMap.GetValueOrDefault(word.Value);
        pageMap[word.Value] = now;
        var first = (word.Value - Windows.PageMap) / 8 * 64;
        for (; flipped != 0; flipped &= flipped - 1)
        {
            var bit = BitOperations.TrailingZeroCount(flipped);
            var page = first + (ulong)bit;
            skeleton.PageFlipped(page);
            roots.PageFlipped(page);
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
                owned.Dangle(start + i * 8L);
            if (range[i].IsLinked)
                links!.Dangle(start + i * 8L);
        }
    }
}
