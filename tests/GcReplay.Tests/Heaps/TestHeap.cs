using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps;

/// <summary>A heap like CPython 3.9's, built by hand: interpreters with generations, objects with a PyGC_Head, a runtime root.</summary>
internal sealed class TestHeap
{
    public static readonly Address Root = new(0x10000);
    public static readonly Address Stack = new(0x18000);
    private static readonly Address Arena = new(0x100000);
    private readonly List<(Event Event, List<WordChange> Changes)> log = [];
    private readonly Dictionary<string, int> names = [];
    private readonly Dictionary<Address, Address> slotEnds = [];
    private Address top = Arena;
    private ulong born;
    private ulong runtimeBorn;

    public TestHeap(Layout? layout = null)
    {
        Layout = layout ?? TestLayouts.CPython;
        Shadow = new Shadow(Space);
        for (var i = 0; i < Layout.Names.Length; i++)
            names.Add(Layout.Names[i], i);
        View = new HeapView(Space, Shadow, Layout);
        Do(EventKind.Map, Root.Value, 0x10000);
        Do(EventKind.Map, Arena.Value, 0x100000);
        if (layout is null)
            Main = Interpreter("main");
    }

    public AddressSpace Space { get; } = new();

    public Shadow Shadow { get; }

    public Layout Layout { get; }

    public HeapView View { get; }

    /// <summary>Address of main's PyInterpreterState.</summary>
    public Address Main { get; }

    public long LastEvent => log.Count;

    public Event Last => log[^1].Event;

    /// <summary>Called after each event, when its words are complete.</summary>
    public Action<long, Event>? After { get; set; }

    public void Do(EventKind kind, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, Action? words = null)
    {
        var e = new Event(kind, 0, 0, a, b, c, d);
        log.Add((e, []));
        if (kind == EventKind.Allocate)
            Shadow.Displace(new Address(a), b, Write);
        words?.Invoke();
        Shadow.Apply(LastEvent, e);
        After?.Invoke(LastEvent, e);
    }

    /// <summary>Writes a word as a part of the last event.</summary>
    public void Write(Address address, ulong value)
    {
        var old = Space.Peek(address);
        Shadow.Poke(address, value);
        log[^1].Changes.Add(new WordChange(address, old ^ value));
    }

    public ulong Read(Address address) => Space.Peek(address);

    /// <summary>Takes the last event back and returns it.</summary>
    public Event StepBack()
    {
        var (e, changes) = log[^1];
        Shadow.Revert(e);
        for (var i = changes.Count - 1; i >= 0; i--)
            Shadow.Poke(changes[i].Address, Space.Peek(changes[i].Address) ^ changes[i].Xor);
        log.RemoveAt(log.Count - 1);
        return e;
    }

    public Address Allocate(ulong bytes, ulong number, int typeId, string name, int prefixWords, int birthplace = 0, Address? at = null)
    {
        var cell = at ?? top;
        if (at is null)
            top += (long)bytes;
        Do(EventKind.Allocate, cell.Value, bytes, number, ObjectEntry.Descriptor(typeId, names[name], birthplace, prefixWords));
        return cell + prefixWords * 8;
    }

    public Address Interpreter(string name)
    {
        var id = (ulong)Layout.Interpreters.IndexOf(name);
        var state = Allocate(TestLayouts.InterpreterBytes, ++runtimeBorn | Shadow.RuntimeFlag, TestLayouts.InterpreterType, name, 0, (int)id);
        Do(EventKind.InterpreterBegin, id, state.Value, words: () =>
        {
            Write(state + 8, id);
            Write(state, Read(Root));
            Write(Root, state.Value);
        });
        for (var g = 0; g < 3; g++)
            InitList(Generation(state, g));
        return state;
    }

    public static Address Generation(Address interpreter, int generation) => interpreter + 32 + generation * 16;

    /// <summary>An untracked object with empty slots and reference count 0.</summary>
    public Address Object(string type, int slots, string name = "", int birthplace = 0, Address? at = null)
    {
        var typeId = Layout.Types.IndexOf(Layout.Types.First(t => t.Name == type));
        var prefix = Layout.Types[typeId].PrefixWords;
        var bytes = (ulong)(prefix + 3 + slots) * 8;
        var address = Allocate(bytes, ++born, typeId, name, prefix, birthplace, at);
        Write(address + 8, (ulong)typeId);
        Write(address + 16, (ulong)slots);
        slotEnds[address] = address + 24 + slots * 8;
        return address;
    }

    /// <summary>A tracked object on main's generation 0, held by global <paramref name="global"/>.</summary>
    public Address Rooted(int global, string type = "node", int slots = 2, string name = "")
    {
        var o = Object(type, slots, name);
        Link(Generation(Main, 0), o);
        Global(global, o);
        return o;
    }

    public void Global(int index, Address value)
    {
        var slot = Root + 32 + index * 8;
        Do(EventKind.RootStore, slot.Value, value.Value, words: () => Refer(slot, value));
    }

    public void Store(Address o, int slot, Address value) =>
        Do(EventKind.Store, o.Value, (o + 24 + slot * 8).Value, value.Value, words: () => Refer(o + 24 + slot * 8, value));

    public void Link(Address list, Address o) => Do(EventKind.Link, list.Value, o.Value, words: () => LinkWords(list, o));

    public void Unlink(Address o) => Do(EventKind.Unlink, o.Value, words: () => UnlinkWords(o));

    public void Relink(Address o, Address list) => Do(EventKind.Relink, o.Value, list.Value, words: () =>
    {
        UnlinkWords(o);
        LinkWords(list, o);
    });

    /// <summary>Takes the head alone out of its ring: former members are a ring without a head.</summary>
    public void InitList(Address list) => Do(EventKind.ListInit, list.Value, words: () =>
    {
        if (Bare(list) is { IsNull: false } first && first != list && Windows.IsProcess(first))
        {
            var last = Bare(list + 8);
            SetLink(last, first);
            SetLink(first + 8, last);
        }

        Write(list, list.Value);
        Write(list + 8, list.Value);
    });

    public void Splice(Address from, Address list) => Do(EventKind.Splice, from.Value, list.Value, words: () =>
    {
        var first = Bare(from);
        if (first == from)
            return;
        var last = Bare(from + 8);
        var tail = Bare(list + 8);
        SetLink(tail, first);
        SetLink(first + 8, tail);
        SetLink(last, list);
        SetLink(list + 8, last);
        Write(from, from.Value);
        Write(from + 8, from.Value);
    });

    public void Free(Address address)
    {
        var cell = Shadow.CellAt(address)!.Value;
        Do(EventKind.Free, cell.Start.Value, cell.Bytes, cell.Row | (cell.IsRuntime ? Shadow.RuntimeFlag : 0));
    }

    /// <summary>Takes an interpreter out of the runtime's list and frees its struct, whatever its lists hold.</summary>
    public void EndInterpreter(Address state)
    {
        Do(EventKind.InterpreterEnd, Read(state + 8), state.Value, words: () => Write(Root, Read(state)));
        Free(state);
    }

    public void Unmap(Address start, ulong bytes) => Do(EventKind.Unmap, start.Value, bytes, words: () =>
    {
        foreach (var word in Space.NonZeroWords(start, bytes))
            Write(word, 0);
    });

    /// <summary>An operation that does nothing: the place where invariants must hold.</summary>
    public void Operation(Action? body = null)
    {
        Do(EventKind.OperationBegin);
        var begin = LastEvent;
        body?.Invoke();
        Do(EventKind.OperationEnd, (ulong)begin);
    }

    private static Address Node(Address o) => o - 16;

    private Address Bare(Address word) => new(Read(word) & ~3UL);

    // A corrupt link may lead anywhere; what would crash there writes nothing here.
    private void SetLink(Address word, Address target)
    {
        if (word.IsWordAligned && Space.IsMapped(word))
            Write(word, target.Value | Read(word) & 3);
    }

    private void LinkWords(Address list, Address o)
    {
        var last = Bare(list + 8);
        SetLink(last, Node(o));
        SetLink(Node(o) + 8, last);
        Write(Node(o), list.Value);
        SetLink(list + 8, Node(o));
    }

    private void UnlinkWords(Address o)
    {
        var next = Bare(Node(o));
        var prev = Bare(Node(o) + 8);
        SetLink(prev, next);
        SetLink(next + 8, prev);
        Write(Node(o), 0);
        Write(Node(o) + 8, Read(Node(o) + 8) & 1);
    }

    private void Refer(Address slot, Address value)
    {
        Count(new Address(Read(slot)), -1);
        Write(slot, value.Value);
        Count(value, 1);
    }

    private void Count(Address o, int change)
    {
        if (!o.IsNull && o.IsWordAligned && Space.IsMapped(o))
            Write(o, unchecked(Read(o) + (ulong)change));
    }
}
