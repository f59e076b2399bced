using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Reports.Scenes;

/// <summary>The objects that the pictures of one report show: those that the explanation is about, then those that the shown events name,
/// then others that live.</summary>
internal sealed class Cast
{
    /// <summary>More are no picture any more.</summary>
    private const int ObjectsMax = 24;

    private readonly HashSet<ulong> members = [];

    /// <summary>Moves the timeline through all positions.</summary>
    public Cast(Timeline timeline, Explanation explanation, IReadOnlyList<long> positions, Progress progress)
    {
        foreach (var number in explanation.Chain.SelectMany(l => l.Objects).Concat(explanation.Corruption is { Object: > 0 } c ? [c.Object] : []))
            Add(number);
        var links = explanation.Chain.Select(l => l.Event).ToHashSet();
        var named = new Dictionary<ulong, int>();
        var present = new Dictionary<ulong, int>();
        foreach (var position in positions)
        {
            timeline.MoveTo(position, progress);
            foreach (var number in NamedAt(timeline))
            {
                if (links.Contains(position))
                    Add(number);
                named[number] = named.GetValueOrDefault(number) + 1;
            }

            // Of a heap that can not be shown whole its first objects are no better than others.
            var living = timeline.View.LiveObjects().Take(ObjectsMax + 1).ToList();
            foreach (var o in living.Count > ObjectsMax ? [] : living)
                present[o.Number] = present.GetValueOrDefault(o.Number) + 1;
        }

        foreach (var counts in new[] { named, present })
        {
            foreach (var (number, _) in counts.OrderByDescending(n => n.Value).ThenBy(n => n.Key))
                Add(number);
        }
    }

    public bool Contains(ulong number) => members.Contains(number);

    /// <summary>By number.</summary>
    public IEnumerable<ulong> Members => members.Order();

    private void Add(ulong number)
    {
        if (members.Count < ObjectsMax)
            members.Add(number);
    }

    /// <summary>Numbers of the program's objects that the present event names.</summary>
    public static IEnumerable<ulong> NamedAt(Timeline timeline)
    {
        if (timeline.Position <= timeline.Start)
            yield break;
        var e = timeline.EventAt(timeline.Position).Event;
        var operands = EventShapes.Of(e.Kind).Operands;
        for (var i = 0; i < operands.Length; i++)
        {
            var value = i switch { 0 => e.A, 1 => e.B, 2 => e.C, _ => e.D };
            if (operands[i].Kind == OperandKind.ObjectNumber && value != 0 && (value & Shadow.RuntimeFlag) == 0)
                yield return value;
            else if (operands[i].Kind is OperandKind.Object or OperandKind.Address or OperandKind.ReadAddress
                && timeline.View.ObjectCovering(new Address(value)) is { IsRuntime: false } o)
                yield return o.Number;
        }
    }
}
