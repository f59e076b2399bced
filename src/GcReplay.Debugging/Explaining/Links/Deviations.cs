using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>An event that did not do to a word of its object what events of its kind and site do everywhere else in the trace.</summary>
/// <param name="Message">What the others do and this one did not, behind the event's own text.</param>
/// <param name="Peer">One of the others.</param>
internal sealed record Deviation(long Event, string Message, long Peer);

/// <summary>Compares events with their peers: those of the same kind and site about other objects. What an event left out shows in what they do.</summary>
internal static class Deviations
{
    /// <summary>So many peers are looked at on each side.</summary>
    private const int PeersMax = 16;

    /// <summary>So many events about the object are compared.</summary>
    private const int EventsMax = 64;

    /// <summary>The first event about an object in a range that treats a word of it otherwise than its peers treat theirs; null when none does,
    /// or none has peers.</summary>
    /// <param name="address">Of the object: the first operand of the events.</param>
    public static Deviation? FirstDeviation(Inquiry inquiry, Address address, Address word, long first, long last)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new IsAbout(address.Value);
        var number = Math.Max(first, timeline.Start + 1) - 1;
        for (var i = 0; i < EventsMax && (number = scan.Forward(number + 1, last, ref test, inquiry.Progress)) > 0; i++)
        {
            if (Deviates(inquiry, number, word - address) is { } deviation)
                return deviation;
        }

        return null;
    }

    /// <summary>As <see cref="FirstDeviation"/>, the last.</summary>
    public static Deviation? LastDeviation(Inquiry inquiry, Address address, Address word, long first, long last)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new IsAbout(address.Value);
        var number = last + 1;
        for (var i = 0; i < EventsMax && (number = scan.Backward(number - 1, Math.Max(first, timeline.Start + 1), ref test, inquiry.Progress)) > 0; i++)
        {
            if (Deviates(inquiry, number, word - address) is { } deviation)
                return deviation;
        }

        return null;
    }

    private static Deviation? Deviates(Inquiry inquiry, long number, long offset)
    {
        var e = inquiry.Debugger.Timeline.EventAt(number).Event;
        if (EffectOf(inquiry, number, offset) is not { } own)
            return null;
        var peers = Peers(inquiry, number, e).Select(p => (Number: p, Effect: EffectOf(inquiry, p, offset))).Where(p => p.Effect is not null).ToList();
        if (peers.Count == 0)
            return null;
        var name = own.Part.Length > 0 ? own.Part : "a word";
        if (!own.Writes && peers.All(p => p.Effect!.Writes))
            return new Deviation(number, $"leaves .{name} as it is; {Count(peers.Count)} of this kind set it", peers[0].Number);
        if (!own.Writes || !peers.All(p => p.Effect!.Writes))
            return null;
        for (var i = 0; i < own.Flags.Count; i++)
        {
            var (flag, value) = own.Flags[i];
            if (peers.All(p => p.Effect!.Flags.Count > i && p.Effect.Flags[i].Name == flag && p.Effect.Flags[i].Value != value))
                return new Deviation(number, $"leaves {flag} {(value == 0 ? "clear" : "set")}; {Count(peers.Count)} of this kind {(value == 0 ? "set" : "clear")} it", peers[0].Number);
        }

        return null;
    }

    private static string Count(int peers) => peers == 1 ? "the other event" : $"{peers} other events";

    private static List<long> Peers(Inquiry inquiry, long number, in Event e)
    {
        var timeline = inquiry.Debugger.Timeline;
        var scan = new EventScan(timeline.Blocks);
        var test = new IsPeer(e.Kind, e.Site, SubjectOf(e));
        var found = new List<long>();
        for (var at = number; found.Count < PeersMax && (at = scan.Backward(at - 1, timeline.Start + 1, ref test, inquiry.Progress)) > 0;)
            found.Add(at);
        for (var at = number; found.Count < 2 * PeersMax && (at = scan.Forward(at + 1, timeline.EventCount, ref test, inquiry.Progress)) > 0;)
            found.Add(at);
        return found;
    }

    /// <summary>What an event did to a word of its object; null when the object is unknown.</summary>
    private static Effect? EffectOf(Inquiry inquiry, long number, long offset)
    {
        var timeline = inquiry.At(number);
        var address = new Address(SubjectOf(timeline.EventAt(number).Event));
        if (timeline.View.ObjectAt(address) is not { } o)
            return null;
        var flags = o.Layout.Fields.Where(f => f.Offset == offset && f.Meanings is [{ Role: FieldRole.Flag }]).Select(f => (f.Name, o.Read(f).Value)).ToList();
        return new Effect(Telling.IsWritten(timeline, address + offset), timeline.View.PartAt(address + offset), flags);
    }

    /// <summary>Who joins or leaves a container stands behind it among the operands.</summary>
    private static bool IsOfContainer(EventKind kind) => kind is EventKind.Push or EventKind.Pop or EventKind.Link;

    private static ulong SubjectOf(in Event e) => IsOfContainer(e.Kind) ? e.B : e.A;

    private static ulong SubjectOf(EventBlock block, int index) => IsOfContainer((EventKind)block.Kinds[index]) ? block.B[index] : block.A[index];

    private sealed record Effect(bool Writes, string Part, IReadOnlyList<(string Name, ulong Value)> Flags);

    private readonly struct IsAbout(ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => SubjectOf(block, index) == address && IsAction((EventKind)block.Kinds[index]);

        public bool MayHit(BlockSummary summary) => summary.Names(new Address(address));

        private static bool IsAction(EventKind kind) => kind is >= EventKind.Barrier and < EventKind.InterpreterBegin && kind != EventKind.Visit;
    }

    private readonly struct IsPeer(EventKind kind, int site, ulong address) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == kind && block.Sites[index] == site && SubjectOf(block, index) != address;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)kind) != 0;
    }
}
