using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Screen.Panes;

namespace GcReplay.Reports.Scenes;

/// <summary>The lists and other containers of the runtime at the timeline's position, with few of their members.</summary>
internal sealed class SceneLists(Timeline timeline, Cast cast)
{
    private const int ListsMax = 40;

    /// <summary>Of a longer list only its ends, what is wrong, and the cast are shown.</summary>
    private const int MembersMax = 10;
    private const int FromStart = 3;
    private const int FromEnd = 2;
    private const int ItemsMax = 1000;

    /// <summary>In a longer list the places of the cast are not looked for: each costs the members before it.</summary>
    private const int SearchedMax = 20_000;

    /// <summary>Keeps what it walked as long as no event changes it.</summary>
    private readonly ListsContext walked = new();

    public (IReadOnlyList<SceneList> Full, IReadOnlyList<string> Empty) Read()
    {
        var view = timeline.View;
        var (full, empty) = (new List<SceneList>(), new List<string>());
        foreach (var list in view.Lists().ToList())
        {
            var isHeadless = list.HeadState is HeadState.Unmapped or HeadState.Reused;
            var member = isHeadless ? MemberOf(view, list) : null;
            if (isHeadless && member is null || !isHeadless && list.HeadState == HeadState.Live && list.IsEmpty)
            {
                if (list.HeadState == HeadState.Live)
                    empty.Add(list.Name);
                continue;
            }

            var outline = walked.Outline(timeline, list, member ?? default);
            if (list.HeadState == HeadState.Freed && !IsOfInterest(view, outline))
                continue;
            if (full.Count < ListsMax)
                full.Add(Linked(view, outline));
        }

        foreach (var container in view.Containers())
        {
            if (container.View.Container is LinkedList or Vector { ItemRole: FieldRole.Owned } or CardBits or Bitmap or RawWords)
                continue;
            if (full.Count < ListsMax && Plain(view, container) is { } plain)
                full.Add(plain);
        }

        return (full, empty);
    }

    /// <summary>An object of the cast that is on a list whose head is gone; null for none.</summary>
    private Address? MemberOf(HeapView view, ListInstance list) =>
        cast.Members.Select(n => view.Object(n)).FirstOrDefault(o => o is { IsLive: true } && o.List is { } own && own.Head == list.Head && own.Name == list.Name)?.Address;

    /// <summary>Whether living objects are on a list whose head lies in freed memory.</summary>
    private static bool IsOfInterest(HeapView view, ListOutline outline) =>
        outline.Count > 0 && outline.Members(0, 1).Any(m => view.ObjectAt(outline.List.Family.ObjectOf(m.Node)) is { IsLive: true });

    private SceneList Linked(HeapView view, ListOutline outline)
    {
        var list = outline.List;
        var members = new List<SceneMember>();
        var next = 0L;
        foreach (var index in Shown(view, outline))
        {
            if (outline.Members(index, 1).FirstOrDefault() is not { } node)
                break;
            members.Add(Member(view, outline, node, index - next));
            next = index + 1;
        }

        var count = ListText.Count((int)Math.Min(outline.Count, int.MaxValue), "member");
        var ending = outline.IsWhole ? "" : outline.First is { } fault ? fault.Message : "the links lead nowhere";
        return new SceneList(
            list.Name, $"{count}{ListText.Suffix(view, list)}", list.HeadState, outline.FaultCount > 0 || list.HeadState != HeadState.Live, members, ending, list.Family.IsCircular);
    }

    private static SceneMember Member(HeapView view, ListOutline outline, ListNode node, long skipped)
    {
        var o = view.ObjectAt(outline.List.Family.ObjectOf(node.Node));
        var isLost = outline.List.HeadState != HeadState.Live;
        var head = outline.List.Head;
        return new SceneMember(
            o?.Number ?? 0, o?.ToString() ?? EventText.Place(view, node.Node), o?.Colour ?? Colour.None, o?.State ?? ObjectState.Freed, skipped,
            node.Faults.Any(f => f.IsPrev) || isLost && node.Prev == head, node.Faults.Any(f => !f.IsPrev) || isLost && node.Next == head,
            node.Prev is not null, string.Join("; ", node.Faults.Select(f => f.Message)));
    }

    private IEnumerable<long> Shown(HeapView view, ListOutline outline)
    {
        if (outline.Count <= MembersMax)
            return Enumerable.Range(0, (int)outline.Count).Select(i => (long)i);
        var shown = new SortedSet<long>([0, 1, FromStart - 1, outline.Count - FromEnd, outline.Count - 1]);
        shown.UnionWith(outline.FaultyMembers.Where(i => i >= 0).Take(MembersMax));
        foreach (var o in outline.Count > SearchedMax ? [] : cast.Members.Select(n => view.Object(n)).Where(o => o is { IsLive: true }))
        {
            if (shown.Count < 2 * MembersMax && o!.List is { } own && own.Head == outline.List.Head && outline.IndexOf(o.Address) is >= 0 and var index)
                shown.Add(index);
        }

        return shown;
    }

    /// <summary>A container of objects that is no list; null when there are none in it.</summary>
    private SceneList? Plain(HeapView view, ContainerInstance container)
    {
        var items = container.View.Items().Take(ItemsMax)
            .Where(i => i.Value != 0 && i.Role is not (FieldRole.Integer or FieldRole.Flag or FieldRole.Real or FieldRole.Pointer))
            .Select(i => view.ObjectAt(new Address(i.Value))).OfType<ObjectView>().Where(o => !o.IsRuntime).ToList();
        if (items.Count == 0)
            return null;
        var shown = items.Count <= MembersMax ? items : [.. items.Where((o, i) => i < FromStart || i >= items.Count - FromEnd || cast.Contains(o.Number))];
        var members = new List<SceneMember>();
        var before = 0;
        foreach (var o in shown.Take(2 * MembersMax))
        {
            var index = items.IndexOf(o, before);
            members.Add(new SceneMember(o.Number, o.ToString(), o.Colour, o.State, index - before, false, false, false, ""));
            before = index + 1;
        }

        return new SceneList(container.Name, ListText.Count(items.Count, "object"), null, items.Any(o => !o.IsLive), members, "", false);
    }
}
