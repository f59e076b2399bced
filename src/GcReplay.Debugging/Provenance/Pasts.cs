using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Provenance;

/// <summary>What used to be at an address of freed or unmapped memory.</summary>
/// <param name="What">The object, struct, list head or field that was there.</param>
/// <param name="Whose">The interpreter it belonged to; empty where that can not be said.</param>
/// <param name="Went">The event that freed it, moved it away, or unmapped the memory.</param>
public sealed record Past(string What, string Whose, long Went)
{
    /// <summary><c>was sub.generation2 head, of sub, until event 95</c>.</summary>
    public override string ToString() => $"was {What}{(Whose.Length == 0 ? "" : $", of {Whose}")}, until event {Went}";
}

/// <summary>Finds what used to be where nothing is any more, by going back to just before it went.</summary>
public sealed class Pasts(WordHistory words, Func<long, Timeline> at)
{
    /// <summary>Null where memory is in use, or never was, and where it went before a window.</summary>
    public Past? Of(Timeline timeline, Address address, Progress progress = default)
    {
        if (address.IsNull || !Windows.IsProcess(address) || timeline.Space.IsMapped(address) && timeline.Shadow.CellAt(address) is not { State: CellState.Freed })
            return null;
        var went = words.LastGone(address, timeline.Position, progress);
        if (went == 0)
            return null;
        if (timeline.EventAt(went).Event is { Kind: EventKind.Free, D: (ulong)FreeKind.Left } left && words.LastMove(new Address(left.A), left.B, went, progress) is var move and > 0)
            went = move;
        // What was there before a window is in no state of it.
        if (went <= timeline.Start)
            return null;
        var before = at(went - 1);
        var view = before.View;
        // A link names the node in front of an object, and that is how people know it.
        var what = view.ListAt(address) is null && view.Families.Length > 0 ? view.DescribeNode(address, view.Families[0]) : view.Describe(address);
        return new Past(what, Whose(view, address), went);
    }

    private static string Whose(HeapView view, Address address)
    {
        if (view.ListAt(address)?.Owner is { } ofList)
            return view.InterpreterName(ofList.Interpreter);
        if (view.ObjectCovering(address) is { } o)
            return o.Owner is { } owner ? view.InterpreterName(owner.Interpreter) : view.InterpreterName(o.Birthplace);
        return view.InstanceAt(address)?.Interpreter is { } interpreter ? view.InterpreterName(interpreter) : "";
    }
}
