using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GcReplay.Heaps.Memory;

namespace GcReplay.Heaps.Sanitizers.Indexes;

/// <summary>What is noted of one word of the process: as a place that holds something, and as an address that is named.</summary>
internal struct Note
{
    /// <summary>Who the word belongs to: above 0 a tracked object, else one of the constants here.</summary>
    public int Unit;

    public NoteFlags Flags;

    /// <summary>What the word named when it was looked at last; 0 for nothing.</summary>
    public ulong Held;

    /// <summary>Owned references that name this address.</summary>
    public int Owned;

    /// <summary>Of these, those in objects that may be black; counted while marking.</summary>
    public int Black;

    /// <summary>Next words that name this address as a node.</summary>
    public int NextIn;

    /// <summary>Prev words that name this address as a node.</summary>
    public int PrevIn;

    /// <summary>The nodes whose next words name this address, combined by exclusive or: the node itself when it is one.</summary>
    public ulong NextFrom;

    /// <summary>An owned reference in a struct of the runtime.</summary>
    public const int Root = -1;

    /// <summary>A link word of the head of a living list.</summary>
    public const int Head = -2;

    /// <summary>An item of the first container that is followed item by item; the others below.</summary>
    public const int FirstMember = -16;

    public readonly bool IsLinked => (NextIn | PrevIn) != 0;

    public readonly bool IsEmpty => (Unit | (int)Flags | Owned | Black | NextIn | PrevIn) == 0 && (Held | NextFrom) == 0;
}

[Flags]
internal enum NoteFlags
{
    None = 0,

    /// <summary>The skeleton was read from this word.</summary>
    Skeleton = 1,

    /// <summary>Says where a range of roots lies or how long it is.</summary>
    Shape = 2,

    /// <summary>A living list's head is the node at this address.</summary>
    IsHead = 4,

    /// <summary>The node at this address waits to be looked at.</summary>
    NodeWaits = 8,

    /// <summary>Says where a container lies that is followed item by item, or how long it is.</summary>
    MemberShape = 16,

    /// <summary>Member of a list whose members must live.</summary>
    MustLive = 32,

    /// <summary>A borrowed reference in a living object names this address.</summary>
    Borrowed = 64,
}

/// <summary>Notes by address: in pages beside those of the process, and apart for addresses where nothing is mapped (corrupt words
/// name any address, and must not cost a page each).</summary>
/// <param name="spare">Empty pages, of notes that were given up.</param>
/// <param name="pagesMax">Pages that can have notes, which take five times their memory; more end in an error.</param>
internal sealed class WordNotes(AddressSpace space, Stack<Note[]> spare, long pagesMax)
{
    private const int CacheSize = 1024;
    private const int SpareMax = 256;

    private readonly Dictionary<ulong, Note[]> pages = [];
    private readonly (ulong Number, Note[]? Notes)[] cache = new (ulong, Note[]?)[CacheSize];
    private readonly Dictionary<ulong, Note> strays = [];

    public Note[]? Page(ulong number)
    {
        ref var hit = ref cache[number & (CacheSize - 1)];
        if (hit.Number == number && hit.Notes is { } notes)
            return notes;
        if (pages.TryGetValue(number, out notes))
            hit = (number, notes);
        return notes;
    }

    /// <summary>The note of an address. The reference is good until the next one is asked for.</summary>
    public ref Note At(Address address)
    {
        if (address.IsWordAligned && (Page(address.Page) ?? PageFor(address)) is { } page)
            return ref page[Index(address)];
        return ref CollectionsMarshal.GetValueRefOrAddDefault(strays, address.Value, out _);
    }

    /// <summary>A copy of the note of an address; an empty one where nothing was noted.</summary>
    public Note Peek(Address address) =>
        address.IsWordAligned && Page(address.Page) is { } page ? page[Index(address)]
        : strays.Count > 0 ? strays.GetValueOrDefault(address.Value)
        : default;

    /// <summary>Forgets the note of an address that is in no page, once nothing is noted there.</summary>
    public void Tidy(Address address)
    {
        if (strays.Count > 0 && strays.TryGetValue(address.Value, out var note) && note.IsEmpty)
            strays.Remove(address.Value);
    }

    /// <summary>Notes apart from pages in a range: few, and only where words are corrupt.</summary>
    public List<(Address Address, Note Note)> StraysIn(Address start, Address end) =>
        // order: by address.
        strays.Count == 0 ? [] : [.. strays.Where(s => s.Key >= start.Value && s.Key < end.Value).OrderBy(s => s.Key).Select(s => (new Address(s.Key), s.Value))];

    /// <summary>Takes back the page of notes of a page that is no longer mapped, unless something is still noted there.</summary>
    public void Release(ulong number)
    {
        if (Page(number) is not { } notes)
            return;
        foreach (ref readonly var note in notes.AsSpan())
        {
            if (!note.IsEmpty)
                return;
        }

        pages.Remove(number);
        cache[number & (CacheSize - 1)] = default;
        spare.Push(notes);
    }

    /// <summary>Gives all pages back, for other notes: these must not be used any more.</summary>
    public void GiveUp()
    {
        // order: one page is as good as another, once it is empty.
        foreach (var page in pages.Values)
        {
            if (spare.Count == SpareMax)
                break;
            page.AsSpan().Clear();
            spare.Push(page);
        }

        pages.Clear();
        cache.AsSpan().Clear();
    }

    /// <summary>Forgets how many references in black objects name each address.</summary>
    public void ForgetBlack()
    {
        // order: each on its own.
        foreach (var page in pages.Values)
        {
            foreach (ref var note in page.AsSpan())
                note.Black = 0;
        }

        // order: each on its own.
        foreach (var address in strays.Keys.ToArray())
        {
            strays[address] = strays[address] with { Black = 0 };
            Tidy(new Address(address));
        }
    }

    /// <summary>All notes that say something, by ascending address: for comparing two indexes.</summary>
    public IEnumerable<(Address Address, Note Note)> All()
    {
        // order: sorted.
        var inPages = pages.SelectMany(page => page.Value.Select((note, i) => (new Address((page.Key << AddressSpace.PageShift) + (ulong)i * 8), note)));
        return inPages.Concat(strays.Select(stray => (new Address(stray.Key), stray.Value))).Where(n => !n.Item2.IsEmpty).OrderBy(n => n.Item1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Index(Address address) => (int)(address.Value & (AddressSpace.PageBytes - 1)) >> 3;

    private Note[]? PageFor(Address address)
    {
        if (!space.IsMapped(address))
            return null;
        if (pages.Count == pagesMax)
        {
            throw new GcReplayException(
                $"Objects and roots take more than {pagesMax * AddressSpace.PageBytes >> 20} MiB of this heap, more than can be checked. "
                + "It can be looked at without checks, or be checked up to an earlier event.");
        }

        var notes = spare.TryPop(out var cleared) ? cleared : new Note[AddressSpace.WordsPerPage];
        pages.Add(address.Page, notes);
        var start = new Address(address.Page << AddressSpace.PageShift);
        for (var i = 0; i < notes.Length && strays.Count > 0; i++)
        {
            if (strays.Remove((start + i * 8L).Value, out var stray))
                notes[i] = stray;
        }

        return notes;
    }
}
