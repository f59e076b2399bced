using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>What the pane of lists is about.</summary>
/// <param name="List">A linked list; null for another container, or for the table of all.</param>
/// <param name="Container">Another container; null for a list, or for the table of all.</param>
internal sealed record ListSubject(ListInstance? List, ContainerInstance? Container)
{
    /// <summary>The table of all lists and containers.</summary>
    public static readonly ListSubject All = new(null, null);

    public string Name => List?.Name ?? Container?.Name ?? "";
}

/// <summary>Which list is shown and from where on, and what was walked at this state.</summary>
internal sealed class ListsContext
{
    /// <summary>Over more events than this, walking lists again is cheaper than asking about each.</summary>
    private const int FollowedEventsMax = 256;

    private readonly Dictionary<(string Name, ulong Member), ListOutline> outlines = [];
    private long position;
    private (string Name, ulong Focus) shown;

    public PaneScroll Scroll { get; } = new();

    /// <summary>Full name of the list that the user chose; empty when the pane follows the focus.</summary>
    public string Chosen { get; set; } = "";

    /// <summary>Whether the table of all is shown.</summary>
    public bool IsTable { get; set; }

    /// <summary>The list that was chosen, or that holds the object in focus, or that the event names; else the table of all.</summary>
    public ListSubject Subject(Timeline timeline, Focus focus)
    {
        var view = timeline.View;
        if (IsTable)
            return ListSubject.All;
        if (Chosen.Length > 0 && Named(view, Chosen) is { } chosen)
            return chosen;
        if (focus.Number > 0 && view.Object(focus.Number) is { IsLive: true, List: { } own })
            return new ListSubject(own, null);
        return NamedByEvent(timeline) ?? ListSubject.All;
    }

    /// <summary>All that can be shown: lists, then other containers.</summary>
    public static IEnumerable<ListSubject> Subjects(HeapView view) =>
        view.Lists().Select(l => new ListSubject(l, null)).Concat(view.Containers().Select(c => new ListSubject(null, c)));

    /// <summary>A list walked once, and again only when an event since then changed a word that the walk read.</summary>
    /// <param name="member">A member to start from where the head is gone.</param>
    public ListOutline Outline(Timeline timeline, ListInstance list, Address member = default)
    {
        Keep(timeline);
        var from = list.HeadState is HeadState.Unmapped or HeadState.Reused && !member.IsNull ? member : default;
        if (!outlines.TryGetValue((list.Name, from.Value), out var outline) || !outline.Renew(list))
            outlines[(list.Name, from.Value)] = outline = new ListOutline(timeline.View, list, from.IsNull ? null : from);
        return outline;
    }

    /// <summary>Forgets what is not so any more.</summary>
    private void Keep(Timeline timeline)
    {
        if (position == timeline.Position)
            return;
        var (first, last) = (Math.Min(position, timeline.Position), Math.Max(position, timeline.Position));
        position = timeline.Position;
        if (last - first > FollowedEventsMax)
            outlines.Clear();
        for (var number = first + 1; number <= last && outlines.Count > 0; number++)
        {
            var e = timeline.EventAt(number);
            // order: each on its own.
            foreach (var (key, outline) in outlines.ToList())
            {
                if (MayChange(outline, e))
                    outlines.Remove(key);
            }
        }
    }

    private static bool MayChange(ListOutline outline, RecordedEvent e)
    {
        if (outline.MayChange(e.Event))
            return true;
        for (var i = 0; i < e.ChangeCount; i++)
        {
            var change = e.Change(i);
            if (outline.MayChange(change.Address, change.Xor))
                return true;
        }

        return false;
    }

    /// <summary>Whether another list is shown, or another object is in focus, than at the last call.</summary>
    public bool IsNew(string name, ulong focus)
    {
        var isNew = shown != (name, focus);
        shown = (name, focus);
        return isNew;
    }

    private static ListSubject? Named(HeapView view, string name) => Subjects(view).FirstOrDefault(s => s.Name == name);

    private static ListSubject? NamedByEvent(Timeline timeline)
    {
        if (timeline.Position <= timeline.Start)
            return null;
        var e = timeline.EventAt(timeline.Position).Event;
        var operand = Array.FindIndex(EventShapes.Of(e.Kind).Operands, o => o.Kind == OperandKind.Container);
        if (operand < 0)
            return null;
        var place = new Address(operand == 0 ? e.A : e.B);
        var view = timeline.View;
        if (view.ListAt(place) is { } list)
            return new ListSubject(list, null);
        return view.Containers().FirstOrDefault(c => c.View.Place == place) is { } container ? new ListSubject(null, container) : null;
    }
}
