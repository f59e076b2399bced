using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen;

/// <summary>The list that holds the object in focus: members in order, and what is wrong with each link.</summary>
internal static class ListPane
{
    /// <summary>Members shown before and after the one in focus.</summary>
    private const int Around = 200;

    public static PaneText Build(Debugger debugger, Focus focus)
    {
        var view = debugger.Timeline.View;
        var o = focus.Number == 0 ? null : view.Object(focus.Number);
        if ((o is { IsLive: true } ? o.List : null) is { } list)
            return list.HeadState is HeadState.Live or HeadState.Freed ? FromHead(view, list, o!.Address) : FromMember(view, list, o!);
        if (NamedByEvent(debugger) is { } named)
            return FromHead(view, named, default);
        var why = o is null ? "no object in focus" : !o.IsLive ? $"{o} is freed and on no list" : $"{o} is on no list";
        return new PaneText("list", [Line.Of(why, Ink.Dim)]);
    }

    /// <summary>A list's name, the state of its head, and its phase when a collection holds it.</summary>
    public static string NameOf(HeapView view, ListInstance list)
    {
        var holders = string.Join(", ", view.HoldersOf(list).Select(h => h.Name));
        var phase = list.Phase is { } p and > 0 ? $", {view.PhaseName(p)}" : "";
        var head = list.HeadState switch
        {
            HeadState.Freed => ", head in freed memory",
            HeadState.Unmapped => ", head in unmapped memory",
            HeadState.Reused => ", head in reused memory",
            _ => "",
        };
        return list.Name + (holders.Length > 0 ? $" ({holders})" : "") + phase + head;
    }

    private static ListInstance? NamedByEvent(Debugger debugger)
    {
        var timeline = debugger.Timeline;
        if (timeline.Position == 0)
            return null;
        var e = timeline.EventAt(timeline.Position).Event;
        var operand = Array.FindIndex(EventShapes.Of(e.Kind).Operands, o => o.Kind == OperandKind.Container);
        return operand < 0 ? null : timeline.View.ListAt(new Address(operand == 0 ? e.A : e.B));
    }

    private static PaneText FromHead(HeapView view, ListInstance list, Address focus)
    {
        var walk = list.Walk();
        var at = Enumerable.Range(0, walk.Members.Count).FirstOrDefault(i => walk.Members[i] == focus, -1);
        var (first, end) = (Math.Max(0, at - Around), Math.Min(walk.Members.Count, Math.Max(at, 0) + Around));
        var lines = new List<Line> { Head(view, list) };
        lines.AddRange(FaultsAt(walk, -1));
        if (first > 0)
            lines.Add(Line.Of($"    … {first} before", Ink.Dim));
        var home = 0;
        for (var i = first; i < end; i++)
        {
            if (i == at)
                home = lines.Count;
            lines.Add(Member(view, walk.Members[i], i, i == at));
            lines.AddRange(FaultsAt(walk, i));
        }

        if (end < walk.Members.Count)
            lines.Add(Line.Of($"    … {walk.Members.Count - end} more", Ink.Dim));
        if (end < walk.Members.Count)
            lines.AddRange(walk.Faults.Where(f => f.Position >= end).Take(3).Select(Fault));
        return new PaneText($"{NameOf(view, list)}, {Count(walk.Members.Count)}", [.. lines]) { Cursor = home };
    }

    /// <summary>The head is gone: the ring as its members still know it, along next words from the object in focus.</summary>
    private static PaneText FromMember(HeapView view, ListInstance list, ObjectView focus)
    {
        var family = list.Family;
        var lines = new List<Line> { Head(view, list) };
        var before = Chain(view, list, focus.Address, family.PrevOffset);
        before.Reverse();
        lines.AddRange(before.Select((a, i) => Member(view, a, i, false)));
        var home = lines.Count;
        lines.Add(Member(view, focus.Address, before.Count, true));
        var after = Chain(view, list, focus.Address, family.NextOffset);
        lines.AddRange(after.Select((a, i) => Member(view, a, before.Count + 1 + i, false)));
        var last = after.Count > 0 ? after[^1] : focus.Address;
        var first = before.Count > 0 ? before[0] : focus.Address;
        lines.Add(Dangling(view, family, last, family.NextOffset, "next"));
        if (family.PrevOffset >= 0)
            lines.Add(Dangling(view, family, first, family.PrevOffset, "prev"));
        return new PaneText($"{NameOf(view, list)}, {Count(before.Count + 1 + after.Count)}", [.. lines]) { Cursor = home };
    }

    /// <summary>Members along one of the link words, without the first, up to the first that is no object's.</summary>
    private static List<Address> Chain(HeapView view, ListInstance list, Address from, int offset)
    {
        var found = new List<Address>();
        if (offset < 0)
            return found;
        var family = list.Family;
        var seen = new HashSet<Address> { from };
        var node = family.NodeOf(from);
        while (found.Count < Around && view.TryRead(node + offset, out var word))
        {
            node = family.Address(word);
            var member = family.ObjectOf(node);
            if (node.IsNull || view.ListAt(node) is not null || view.ObjectAt(member) is null || !seen.Add(member))
                break;
            found.Add(member);
        }

        return found;
    }

    private static Line Head(HeapView view, ListInstance list) =>
        list.HeadState == HeadState.Live
            ? Line.Of($"    head at {list.Head}", Ink.Dim)
            : Line.Of($"    head at {list.Head}: {view.Describe(list.Head)}", Ink.Failure);

    private static Line Member(HeapView view, Address address, int index, bool isFocus)
    {
        var o = view.ObjectAt(address);
        var colour = o?.Colour ?? Colour.None;
        var ink = isFocus ? Ink.Present : o is not { IsLive: true } ? Ink.Failure : ColourText.InkOf(colour);
        return Line.Of(new Span($"{(isFocus ? '>' : ' ')}{index,3} {ColourText.Letter(colour)} {EventText.ObjectAt(view, address)}", ink))
            with { Object = o?.Number ?? 0 };
    }

    private static Line Dangling(HeapView view, LinkFamily family, Address member, int offset, string name)
    {
        var what = view.TryRead(family.NodeOf(member) + offset, out var word)
            ? $"{name} of {EventText.ObjectAt(view, member)} names {family.Address(word)}: {view.Describe(family.Address(word))}"
            : $"{name} of {EventText.ObjectAt(view, member)} can not be read";
        return Line.Of($"    ! {what}", Ink.Failure);
    }

    private static IEnumerable<Line> FaultsAt(ListWalk walk, int position) => walk.Faults.Where(f => f.Position == position).Select(Fault);

    private static Line Fault(ListFault fault) => Line.Of($"    ! {fault.Message}", Ink.Failure);

    private static string Count(int count) => count == 1 ? "1 member" : $"{count} members";
}
