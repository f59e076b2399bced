using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining;

/// <summary>What reasoning asks of a trace, again and again.</summary>
internal sealed class Witness(Debugger debugger)
{
    private readonly BlockCache blocks = debugger.Timeline.Blocks;
    private HashSet<EventSort>? scans;

    public Dealings Dealings { get; } = new(debugger.Timeline.Blocks, debugger.Placements, debugger.Progress);

    public Debugger Debugger => debugger;

    public Progress Progress => debugger.Progress;

    public long EventCount => blocks.Source.EventCount;

    /// <summary>The state after an event; of one in front of a window, where the window begins.</summary>
    public Timeline At(long number) => debugger.At(Math.Clamp(number, debugger.Timeline.Start, EventCount));

    public HeapView ViewAt(long number) => At(number).View;

    public RecordedEvent Event(long number) => blocks.EventAt(Math.Clamp(number, 1, EventCount));

    /// <summary>Kind, operands and statement of an event.</summary>
    public string What(long number) => number <= debugger.Timeline.Start && number > 0
        ? EventText.BeforeWindow(At(number), number)
        : $"{EventText.What(At(number))} ({EventText.Where(At(number))})";

    /// <summary>Why the collector says that it came to the place of an event; empty when it says nothing.</summary>
    public string ReasonOf(long number)
    {
        var (sites, site) = (debugger.Timeline.Source.Header.Layout.Sites, Event(number).Event.Site);
        return site > 0 && site < sites.Length ? sites[site].Reason : "";
    }

    public string NameOf(ObjectName o, long number) => ViewAt(number).Object(o.Number, o.IsRuntime)?.ToString() ?? o.ToString();

    public Address AddressAt(ObjectName o, long number) => Dealings.AddressAt(o, number);

    /// <summary>The event that moved an object to where it is; 0 when it never moved.</summary>
    public long LastMove(ObjectName o, long number) => Dealings.With(o, 1, number).LastOrDefault(d => d.Kind == EventKind.Move).Number;

    /// <summary>The last event of some kinds from one down to another; 0 when there is none.</summary>
    public long LastOf(long last, long first, params ReadOnlySpan<EventKind> kinds)
    {
        var test = new OfKinds(kinds);
        return new EventScan(blocks).Backward(last, first, ref test, Progress);
    }

    /// <summary>The first event of some kinds from one up to another; 0 when there is none.</summary>
    public long FirstOf(long first, long last, params ReadOnlySpan<EventKind> kinds)
    {
        var test = new OfKinds(kinds);
        return new EventScan(blocks).Forward(first, last, ref test, Progress);
    }

    /// <summary>The last event from one down to another that hits, to the first that can be gone to when none is given; 0 when none does.</summary>
    public long Last<T>(T test, long last, long? first = null)
        where T : struct, IEventTest =>
        new EventScan(blocks).Backward(last, first ?? debugger.Timeline.Start + 1, ref test, Progress);

    /// <summary>The nearest event of a kind in front of one, or else behind it, of which something holds; 0 when there is none.</summary>
    /// <param name="holds">May ask for the events beside it, which a test of events in their blocks can not.</param>
    public long Beside(long number, EventKind kind, Func<RecordedEvent, bool> holds)
    {
        for (var at = number; (at = LastOf(at - 1, debugger.Timeline.Start + 1, kind)) > 0;)
        {
            if (holds(Event(at)))
                return at;
        }

        for (var at = number; (at = FirstOf(at + 1, EventCount, kind)) > 0;)
        {
            if (holds(Event(at)))
                return at;
        }

        return 0;
    }

    /// <summary>Whether an event comes directly behind one of another kind about the same object.</summary>
    public bool Follows(RecordedEvent e, EventKind before) => e.Number > 1 && Event(e.Number - 1).Event is var last && last.Kind == before && last.A == e.Event.A;

    /// <summary>All events of some kinds, in the order of time.</summary>
    public IReadOnlyList<long> AllOf(long first, long last, params ReadOnlySpan<EventKind> kinds)
    {
        var found = new List<long>();
        var (scan, test) = (new EventScan(blocks), new OfKinds(kinds));
        for (var at = first - 1; (at = scan.Forward(at + 1, last, ref test, Progress)) > 0;)
            found.Add(at);
        return found;
    }

    /// <summary>Events that hit, the nearest to one first; that one as well, when it does.</summary>
    /// <remarks>Cost: the blocks that lie between.</remarks>
    public IReadOnlyList<long> Nearest<T>(long number, T test, int max)
        where T : struct, IEventTest
    {
        var (before, after) = (new List<long>(), new List<long>());
        var scan = new EventScan(blocks);
        for (var at = number + 1; before.Count < max && (at = scan.Backward(at - 1, 1, ref test, Progress)) > 0;)
            before.Add(at);
        for (var at = number; after.Count < max && (at = scan.Forward(at + 1, EventCount, ref test, Progress)) > 0;)
            after.Add(at);
        return [.. before.Concat(after).OrderBy(n => Math.Abs(n - number)).Take(max)];
    }

    /// <summary>Other events of the sort of one, in the order of time: so many of the nearest.</summary>
    public IEnumerable<long> PeersOf(long number, int max) =>
        Nearest(number, new OfSort(EventSort.Of(Event(number).Event)), max + 1).Where(n => n != number).Take(max).Order();

    /// <summary>The begin of the innermost span of a kind that is open after an event on its thread; 0 when there is none.</summary>
    public long Around(long number, EventKind kind)
    {
        var timeline = At(number);
        return timeline.Shadow.OpenSpans(Event(number).Thread).Reverse().FirstOrDefault(begin => Event(begin).Kind == kind);
    }

    /// <summary>The begin of the collection that an event belongs to; outside of one, of the operation; 1 when neither is known.</summary>
    public long SpanBegin(long number)
    {
        var begin = Around(number, EventKind.CollectionBegin);
        return Math.Max(1, begin > 0 ? begin : Around(number, EventKind.OperationBegin));
    }

    /// <summary>The end of the collection or operation that an event belongs to, or of the trace.</summary>
    public long SpanEnd(long number) => FirstOf(number, EventCount, EventKind.CollectionEnd, EventKind.OperationEnd) is var end and > 0 ? end : EventCount;

    /// <summary>Whether an event is one of the collector or a barrier that names an object.</summary>
    public bool IsDealing(ObjectName o, long number) => Dealings.With(o, number, number).Count > 0;

    /// <summary>Whether an object is on a list by which the next minor collection finds it.</summary>
    public bool IsRemembered(ObjectName o, long number)
    {
        var view = ViewAt(number);
        return view.Object(o.Number, o.IsRuntime) is { } subject
            && view.Tracing.YoungSources.Any(list => view.MembersOf(list).Contains(subject.Address.Value));
    }

    /// <summary>Whether an object is on the list of those with cards.</summary>
    public bool IsOnCardList(ObjectName o, long number) =>
        ViewAt(number) is var view && view.Object(o.Number, o.IsRuntime) is { } subject && view.MembersOf(view.Tracing.CardList).Contains(subject.Address.Value);

    /// <summary>The phase that the collector's words tell after an event; null when they tell none.</summary>
    public int? PhaseAt(long number)
    {
        var view = ViewAt(number);
        return PhaseKeeper(view) is var (keeper, _) ? view.PhaseOf(keeper) : null;
    }

    public bool IsSweeping(long number) => PhaseAt(number) is { } phase && ViewAt(number).IsSweeping(phase);

    public bool IsMarking(long number) => PhaseAt(number) is { } phase && ViewAt(number).IsMarking(phase);

    /// <summary>The last event up to one that changed the phase; 0 when none did.</summary>
    public long LastPhaseChange(long number) =>
        PhaseKeeper(ViewAt(number)) is var (keeper, field) ? LastChange(keeper.Address + field.Offset, field, number) : 0;

    /// <summary>The event with which the sweep before the present cycle ended; 0 for the first cycle.</summary>
    public long CycleBegin(long end)
    {
        for (var at = end; at > 0;)
        {
            at = LastPhaseChange(at) - 1;
            if (at > 0 && IsSweeping(at))
                return at;
        }

        return 0;
    }

    private static (StructInstance Keeper, Field Field)? PhaseKeeper(HeapView view)
    {
        foreach (var instance in view.Instances().Where(i => !i.HasEnded))
        {
            if (instance.Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.Phase)) is { } field)
                return (instance, field);
        }

        return null;
    }

    /// <summary>The last event up to one that changed the bits of a field; 0 when none did.</summary>
    public long LastChange(Address word, Field field, long number, long first = 1)
    {
        var mask = MaskOf(field);
        for (var at = number; debugger.Words.LastWrite(word, at, first, Progress) is { } write; at = write.Number - 1)
        {
            if ((write.Xor & mask) != 0)
                return write.Number;
        }

        return 0;
    }

    /// <summary>Whether an event changed the bits of a field.</summary>
    public bool Changes(long number, Address word, Field field)
    {
        var (e, xor) = (Event(number), 0UL);
        for (var i = 0; i < e.ChangeCount; i++)
            xor ^= e.Change(i).Address == word ? e.Change(i).Xor : 0;
        return (xor & MaskOf(field)) != 0;
    }

    /// <summary>Whether slots are visited behind scans of a sort; true also when none is visited behind any scan or mark.</summary>
    public bool IsScan(EventSort sort)
    {
        scans ??= [.. AllOf(1, EventCount - 1, EventKind.Scan, EventKind.Mark).Where(n => Event(n + 1).Event is { Kind: EventKind.Visit } e && e.A == Event(n).Event.A).Select(n => EventSort.Of(Event(n).Event))];
        return scans.Count == 0 || scans.Contains(sort);
    }

    /// <summary>Whether an event wrote a word.</summary>
    public bool Writes(long number, Address word) => Event(number).Writes(word);

    /// <summary>The flags that say of an object that it was reached: those of the layout's mark, and of the rules for black.</summary>
    public static IEnumerable<Field> MarksOf(HeapView view, ObjectView o) => MarkNames(view).Select(o.Layout.Field).OfType<Field>();

    public static IReadOnlyList<string> MarkNames(HeapView view) =>
    [
        .. (view.Layout.Tracing?.Marked?.FlagsSet ?? [])
            .Concat(view.Layout.Colours.Where(rule => rule.Colour == Colour.Black).SelectMany(rule => rule.When.FlagsSet)).Distinct(),
    ];

    private static ulong MaskOf(Field field) => field.Width == 64 ? ulong.MaxValue : ((1UL << field.Width) - 1) << field.Shift;
}
