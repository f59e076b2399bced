using System.Globalization;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The rows of a linked list: its head, one for each member with its two links drawn, one for each broken link, and the way back to
/// the head. Only those asked for are made.</summary>
internal sealed class LinkedRows
{
    /// <summary>From this width on a row says what its links name.</summary>
    private const int NamesFrom = 70;

    private readonly HeapView view;
    private readonly ListOutline outline;
    private readonly ChangedWords changed;
    private readonly ulong focus;
    private readonly bool isHeadless;
    private readonly SortedDictionary<long, List<ListFault>> broken = [];

    public LinkedRows(HeapView view, ListOutline outline, ChangedWords changed, ulong focus)
    {
        (this.view, this.outline, this.changed, this.focus) = (view, outline, changed, focus);
        isHeadless = outline.List.HeadState is HeadState.Unmapped or HeadState.Reused;
        foreach (var index in outline.FaultyMembers.Concat(EndsAtFreedHead()).Distinct())
        {
            if (FaultsAt(index) is { Count: > 0 } faults)
                broken[index] = faults;
        }

        Total = 1 + outline.Count + broken.Values.Sum(f => (long)f.Count) + (outline.IsWhole ? 1 : 0);
    }

    /// <summary>All rows.</summary>
    public long Total { get; }

    /// <summary>The rows of broken links, in order.</summary>
    public IEnumerable<long> BrokenRows => broken.Keys.SelectMany(index => Enumerable.Range(1, broken[index].Count).Select(i => RowOf(index) + i));

    /// <summary>The row of a member; -1 is the head.</summary>
    public long RowOf(long index)
    {
        var row = index + 1;
        foreach (var (at, faults) in broken)
        {
            if (at >= index)
                break;
            row += faults.Count;
        }

        return row;
    }

    /// <summary>Rows one after the other.</summary>
    /// <remarks>Cost: those rows.</remarks>
    public IEnumerable<Line> From(long first, int count, int width)
    {
        var end = Math.Min(Total, first + count);
        var index = IndexAt(first);
        var row = RowOf(index);
        using var members = outline.Members(Math.Max(0, index), count).GetEnumerator();
        for (; row < end && index < outline.Count; index++)
        {
            var node = index < 0 ? outline.Head : members.MoveNext() ? members.Current : null;
            if (node is null)
                yield break;
            if (row++ >= first)
                yield return index < 0 ? Head(width) : Member(node, width);
            foreach (var fault in broken.GetValueOrDefault(index, []))
            {
                if (row >= first && row < end)
                    yield return Broken(fault);
                row++;
            }
        }

        if (row < end && outline.IsWhole)
            yield return Line.Of(new Span(outline.List.HeadState != HeadState.Live ? $"└──→ back to the {outline.List.HeadState.ToString().ToLowerInvariant()} head" : outline.List.Family.IsCircular ? "└──→ back to the head" : "  └→ 0: the end", outline.List.HeadState == HeadState.Live ? Ink.Dim : Ink.Failure));
    }

    /// <summary>The member in or after whose rows a row stands; -1 for the head.</summary>
    private long IndexAt(long row)
    {
        var extra = 0L;
        foreach (var (at, faults) in broken)
        {
            if (row <= at + 1 + extra)
                break;
            if (row <= at + 1 + extra + faults.Count)
                return at;
            extra += faults.Count;
        }

        return Math.Min(row - 1 - extra, outline.Count);
    }

    private Line Head(int width)
    {
        var list = outline.List;
        var text = list.HeadState == HeadState.Live ? $"head of {list.Name}" : $"head {LinkText.Lost}{HeadText(list)}";
        if (list.HeadState != HeadState.Live)
            return Line.Of(new Span(isHeadless ? "    " : "┌✗✗ ", Ink.Failure), new Span(text, Ink.Failure)) with { Address = list.Head.Value };
        var mark = changed.AnyIn(list.Head, list.Head + 16) ? "*" : " ";
        var spans = new List<Span> { new($"{(list.Family.IsCircular ? "┌" : " ")}{Arrows(outline.Head)}", Ink.Dim), new(mark, Ink.Changed), new(text, Ink.Title) };
        if (width >= NamesFrom)
            spans.Add(new Span($"  at {list.Head}", Ink.Dim));
        return new Line([.. spans]) { Address = list.Head.Value };
    }

    /// <summary>What became of the head's memory, and whose it was or is.</summary>
    private string HeadText(ListInstance list)
    {
        var state = list.HeadState switch { HeadState.Freed => "FREED", HeadState.Unmapped => "UNMAPPED", _ => "REUSED" };
        var whose = MapGlyphs.Whose(list.Holder);
        return $"{state}: {whose}{(list.HeadState == HeadState.Reused ? $", now {view.Describe(list.Head)}" : "")}";
    }

    private Line Member(ListNode node, int width)
    {
        var family = outline.List.Family;
        var address = family.ObjectOf(node.Node);
        var o = view.ObjectAt(address);
        var colour = o?.Colour ?? Colour.None;
        var isFocus = o is not null && o.Number == focus;
        var isBroken = broken.ContainsKey(node.Index);
        var ink = isFocus ? Ink.Present : o is not { IsLive: true } ? Ink.Failure : Ink.Normal;
        var digits = Math.Max(2, outline.Count.ToString(CultureInfo.InvariantCulture).Length);
        var isChanged = changed.Contains(node.Node + family.NextOffset) || family.PrevOffset >= 0 && changed.Contains(node.Node + family.PrevOffset);
        var spans = new List<Span>
        {
            new(outline.IsWhole && family.IsCircular ? "│" : " ", Ink.Dim),
            new(Arrows(node), isBroken ? Ink.Failure : Ink.Dim),
            new(isChanged ? "*" : " ", Ink.Changed),
            new($"{(isFocus ? ">" : " ")}{node.Index.ToString(CultureInfo.InvariantCulture).PadLeft(digits)} ", isFocus ? Ink.Present : Ink.Dim),
        };
        if (colour != Colour.None)
            spans.Add(new Span($"{ColourText.Letter(colour)} ", ColourText.InkOf(colour)));
        spans.Add(new Span(EventText.ObjectAt(view, address), ink));
        if (Count(o) is { } count)
            spans.Add(new Span($"  refs {count}", Ink.Dim));
        if (width >= NamesFrom)
            spans.Add(new Span($"  next {Name(node.Next)}{(node.Prev is { } prev ? $" prev {Name(prev)}" : "")}", Ink.Dim));
        return new Line([.. spans]) { Object = o?.Number ?? 0, Address = node.Node.Value, Field = "" };
    }

    /// <summary>CPython's gc_refs and its like, while a word that is a link otherwise holds it.</summary>
    private static ulong? Count(ObjectView? o) =>
        o?.Fields.FirstOrDefault(f => f.Role == FieldRole.CollectorCount) is { Field: not null } count ? count.Value : null;

    /// <summary>The two links of a node: <c>↓</c> and <c>↑</c>, <c>✗</c> for a wrong or lost one, <c>·</c> for a word that is no link now.</summary>
    private string Arrows(ListNode node)
    {
        var faults = broken.GetValueOrDefault(node.Index, []);
        var next = faults.Any(f => !f.IsPrev) ? '✗' : '↓';
        if (outline.List.Family.PrevOffset < 0)
            return $"{next}";
        var prev = node.Prev is null ? '·' : faults.Any(f => f.IsPrev) ? '✗' : '↑';
        return $"{next}{prev}";
    }

    private string Name(Address? target) => target is not { } to ? "?"
        : view.ListAt(to) is not null ? "head"
        : view.ObjectAt(outline.List.Family.ObjectOf(to)) is { } o ? $"#{ObjectNumber.Text(o.Number)}"
        : to.ToString();

    private Line Broken(ListFault fault) =>
        Line.Of(new Span($"  ✗ {Text(fault)}", Ink.Failure)) with { Address = fault.Node.Value, Object = LinkText.ObjectOf(view, outline.List.Family.ObjectOf(fault.Found)) };

    private string Text(ListFault fault)
    {
        var which = fault.IsPrev ? "prev" : "next";
        return fault.Kind switch
        {
            ListFaultKind.NoHead => fault.Message,
            ListFaultKind.Prev => $"prev → {EventText.Place(view, fault.Found)}, {(fault.Position == 0 && isHeadless ? "whose next leads elsewhere" : "not the one before")}",
            ListFaultKind.Open => $"{which} → 0: the list is open",
            ListFaultKind.Repeat => $"next leads back to {EventText.Place(view, fault.Found)}",
            _ => $"{which} → {EventText.Place(view, fault.Found)}",
        };
    }

    /// <summary>The first and the last member of a ring, when its head lies in freed memory: their links name that.</summary>
    private IEnumerable<long> EndsAtFreedHead() =>
        outline.List.HeadState == HeadState.Freed && outline.Count > 0 ? [0, outline.Count - 1] : [];

    /// <summary>What the walk found, and links into freed memory, which is walked through as long as it is mapped.</summary>
    private List<ListFault> FaultsAt(long index)
    {
        var faults = outline.FaultsAt(index).ToList();
        if (outline.List.HeadState != HeadState.Freed || index < 0)
            return faults;
        var node = outline.Members(index, 1).First();
        if (node.Next is { } next && next == outline.List.Head)
            faults.Add(new ListFault(ListFaultKind.Dead, (int)index, node.Node, next, "next names its head, which is freed"));
        if (node.Prev is { } prev && prev == outline.List.Head)
            faults.Add(new ListFault(ListFaultKind.Dead, (int)index, node.Node, prev, "prev names its head, which is freed", true));
        return faults;
    }
}
