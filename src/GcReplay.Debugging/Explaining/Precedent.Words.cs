using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>Words: what events did to those of their object or of a struct of the runtime.</summary>
internal sealed partial class Precedent
{
    /// <summary>So many events about an object are compared.</summary>
    private const int EventsMax = 64;

    /// <summary>So many events before a failure, or from the begin of an operation on, are compared.</summary>
    private const int StretchMax = 2000;

    /// <summary>The first event about an object in a range that treats a word of it otherwise than its peers treat theirs; null when none does, or none has
    /// peers.</summary>
    public Deviation? FirstOfWord(Address address, Address word, long first, long last)
    {
        var scan = new EventScan(witness.Debugger.Timeline.Blocks);
        var test = new IsAbout(address.Value);
        var number = Math.Max(first, witness.Debugger.Timeline.Start + 1) - 1;
        for (var i = 0; i < EventsMax && (number = scan.Forward(number + 1, last, ref test, witness.Progress)) > 0; i++)
        {
            if (OfWord(number, word - address) is { } deviation)
                return deviation;
        }

        return null;
    }

    /// <summary>As <see cref="FirstOfWord"/>, the last.</summary>
    public Deviation? LastOfWord(Address address, Address word, long first, long last)
    {
        var scan = new EventScan(witness.Debugger.Timeline.Blocks);
        var test = new IsAbout(address.Value);
        var number = last + 1;
        for (var i = 0; i < EventsMax && (number = scan.Backward(number - 1, Math.Max(first, witness.Debugger.Timeline.Start + 1), ref test, witness.Progress)) > 0; i++)
        {
            if (OfWord(number, word - address) is { } deviation)
                return deviation;
        }

        return null;
    }

    /// <summary>The last event before a failure, in its collection, that leaves a word of a struct as it is where all its peers write it, or leaves out the
    /// event that follows each of them; null when none does.</summary>
    /// <param name="words">Those that the failure is about; empty when that is not known.</param>
    public Deviation? LastOfStruct(StructInstance instance, IReadOnlyList<Address> words, long failed)
    {
        var peers = new Dictionary<EventSort, IReadOnlyList<long>>();
        var thread = witness.Event(failed).Thread;
        var before = Math.Max(Math.Max(witness.Around(failed, EventKind.CollectionBegin), failed - StretchMax), witness.Debugger.Timeline.Start);
        for (var number = failed - 1; number > before; number--)
        {
            var e = witness.Event(number);
            if (e.Thread != thread || e.Event.Site == 0 || e.Kind.BeginsSpan() || e.Kind.EndsSpan())
                continue;
            var sort = EventSort.Of(e.Event);
            if (!peers.TryGetValue(sort, out var near))
                peers.Add(sort, near = witness.Nearest(failed, new OfSort(sort), PeersMax));
            if (OfStruct(instance, words, number, [.. near.Where(n => n != number)]) is { } deviation)
                return deviation;
        }

        return null;
    }

    /// <summary>Flags of the object of an event which are otherwise before it than those of all others before events of its sort.</summary>
    public IReadOnlyList<Field> OddFlags(long number)
    {
        var own = witness.Event(number).Event;
        if (witness.ViewAt(number).ObjectAt(new Address(Subject.Of(own))) is not { } o)
            return [];
        var flags = o.Layout.Fields.Where(f => f.Meanings is [{ Role: FieldRole.Flag }]).ToList();
        var peers = witness.PeersOf(number, PeersMax).Where(p => Subject.Of(witness.Event(p).Event) != Subject.Of(own)).ToList();
        return peers.Count == 0 ? [] : [.. flags.Where(f => Before(number, f) is { } value && peers.TrueForAll(p => Before(p, f) is { } other && other != value))];

        ulong? Before(long at, Field flag) => EffectOf(at, flag.Offset)?.Flags.TryGetValue(flag.Name, out var values) == true ? values.Before : null;
    }

    /// <summary>Fields of a struct that were one and the same after each other event of a sort, and are otherwise after this one.</summary>
    public IReadOnlyList<Field> OddFields(StructInstance instance, long number)
    {
        var peers = witness.PeersOf(number, PeersMax).ToList();
        var own = Values(number);
        var others = peers.ConvertAll(Values);
        return peers.Count < 2 ? [] : [.. instance.Layout.Fields.Where((_, i) => others.TrueForAll(o => o[i] == others[0][i] && o[i] != own[i]))];

        List<ulong> Values(long at) =>
            [.. instance.Layout.Fields.Select(f => f.Extract(witness.ViewAt(at).Space.Peek(instance.Address + f.Offset), f.Meanings is [var meaning, ..] ? meaning.Role : default))];
    }

    private Deviation? OfStruct(StructInstance instance, IReadOnlyList<Address> words, long number, List<long> peers)
    {
        if (peers.Count == 0)
            return null;
        var written = WordsOf(instance, peers[0]);
        foreach (var peer in peers.Skip(1))
            written.IntersectWith(WordsOf(instance, peer));
        var own = WordsOf(instance, number);
        written.ExceptWith(own);
        if (words.Count > 0)
            written.IntersectWith(words.Select(w => w.Value));
        if (written.Count > 0)
            return new Deviation(number, $"leaves {witness.ViewAt(number).Describe(new Address(written.Min))} as it is; {Others(peers.Count)} of this kind write it", peers[0]);
        if (words.Count > 0 && !words.Any(w => own.Contains(w.Value)))
            return null;
        var (next, nexts) = (Behind(number), peers.Select(Behind).Distinct().ToList());
        return nexts is [{ Kind: not EventKind.None } usual] && usual != next && !next.Kind.IsFailure()
            ? new Deviation(number, $"is followed by {next.Kind}; {Others(peers.Count)} of this kind {(peers.Count == 1 ? "is" : "are")} followed by {usual.Kind}", peers[0])
            : null;
    }

    private EventSort Behind(long number) => number < witness.EventCount ? EventSort.Of(witness.Event(number + 1).Event) : default;

    /// <summary>Words of the struct that an event wrote.</summary>
    private SortedSet<ulong> WordsOf(StructInstance instance, long number)
    {
        var (e, words) = (witness.Event(number), new SortedSet<ulong>());
        for (var i = 0; i < e.ChangeCount; i++)
        {
            if (e.Change(i).Address is var word && word - instance.Address is var offset && offset >= 0 && offset < Math.Max(instance.Layout.Size, 8))
                words.Add(word.Value);
        }

        return words;
    }

    private Deviation? OfWord(long number, long offset)
    {
        if (EffectOf(number, offset) is not { } own)
            return null;
        var subject = Subject.Of(witness.Event(number).Event);
        var peers = witness.PeersOf(number, PeersMax).Where(p => Subject.Of(witness.Event(p).Event) != subject)
            .Select(p => (Number: p, Effect: EffectOf(p, offset)!)).Where(p => p.Effect is not null).OrderBy(p => Math.Abs(p.Number - number)).ToList();
        if (peers.Count == 0)
            return null;
        var name = own.Part.Length > 0 ? own.Part : "a word";
        if (!own.Writes && peers.TrueForAll(p => p.Effect.Writes))
            return new Deviation(number, $"leaves .{name} as it is; {Others(peers.Count)} of this kind set it", peers[0].Number);
        foreach (var (flag, (before, value)) in own.Flags)
        {
            // A state that neither this event nor another of its kind made is not its own fault.
            if (peers.TrueForAll(p => p.Effect.Flags.TryGetValue(flag, out var other) && other.After != value)
                && (before != value || peers.Exists(p => p.Effect.Flags[flag] is var other && other.Before != other.After)))
                return new Deviation(number, $"leaves {flag} {(value == 0 ? "clear" : "set")}; {Others(peers.Count)} of this kind {(value == 0 ? "set" : "clear")} it", peers[0].Number);
        }

        return null;
    }

    /// <summary>What an event did to a word of its object; null when the object is unknown.</summary>
    private Effect? EffectOf(long number, long offset)
    {
        var timeline = witness.At(number);
        var address = new Address(Subject.Of(timeline.EventAt(number).Event));
        if (timeline.View.ObjectAt(address) is not { } o)
            return null;
        var flags = new SortedDictionary<string, (ulong, ulong)>(StringComparer.Ordinal);
        foreach (var field in o.Layout.Fields.Where(f => f.Offset == offset && f.Meanings is [{ Role: FieldRole.Flag }]))
        {
            var value = o.Read(field).Value;
            flags[field.Name] = (witness.Changes(number, address + offset, field) ? value ^ 1 : value, value);
        }

        return new Effect(timeline.EventAt(number).Writes(address + offset), timeline.View.PartAt(address + offset), flags);
    }

    /// <param name="Flags">Those that lie in the word, before and after.</param>
    private sealed record Effect(bool Writes, string Part, SortedDictionary<string, (ulong Before, ulong After)> Flags);

    private readonly struct IsAbout(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => Subject.Of(block[index]) == address && IsAction((EventKind)block.Kinds[index]);

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));

        private static bool IsAction(EventKind kind) => kind is >= EventKind.Barrier and < EventKind.InterpreterBegin;
    }
}
