using System.Text.Json.Nodes;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Commands;

public sealed class BiographyCommand : Command
{
    private const int DefaultShown = 60;

    /// <summary>What happens to objects all the time: counted, not told.</summary>
    private static readonly EventKind[] Counted =
    [
        EventKind.Load, EventKind.Store, EventKind.RootStore, EventKind.RootShift, EventKind.Barrier, EventKind.Retain, EventKind.Release,
        EventKind.Visit, EventKind.Scan, EventKind.SetCollectorCount,
    ];

    public override string Name => "biography";

    public override IReadOnlyList<string> Aliases => ["bio"];

    public override string Usage => "biography #N | EXPR [COUNT]";

    public override string Summary => "an object's life: born, moved, marked, on which lists, freed, and what touched it after that";

    public override string Example => "biography #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var o = StopPlaces.Object(debugger, arguments, $"{Places.Named(debugger, arguments)}");
        var shown = arguments.CountAt(1, DefaultShown);
        var story = new Story(o, debugger.Memberships.OfObject(o.Places, debugger.Progress));
        new EventScan(debugger.Timeline.Blocks).Forward(debugger.Timeline.Start + 1, debugger.Timeline.EventCount, ref story, debugger.Progress);

        var width = debugger.Timeline.EventCount.ToString().Length;
        var lines = new List<string> { Heading(debugger, o.Name) };
        if (debugger.Objects.Find(o.Name, debugger.Progress) is { } life && life.Birth <= debugger.Timeline.Start)
            lines.Add($"  {EventText.BeforeWindow(debugger.Timeline, life.Birth)}");
        var data = new JsonArray();
        foreach (var number in story.Told.Take((int)Math.Min(shown, int.MaxValue)))
        {
            var there = debugger.At(number);
            var list = story.Memberships.Contains(number) && there.View.Object(o.Name.Number)?.List is { } on ? $"  now on {on.Name}" : "";
            var mark = number == debugger.Timeline.Position ? "*" : " ";
            lines.Add($"{mark} {number.ToString().PadLeft(width)}  {EventText.What(there)}{list}  {EventText.Where(there)}");
            data.Add(EventText.Json(there));
        }

        if (story.Told.Count > shown)
            lines.Add($"  … {story.Told.Count - shown} more events. Try: biography {o.Name} {story.Told.Count}");
        if (story.Counts.Count > 0)
            lines.Add($"  and {string.Join(", ", story.Counts.Select(c => $"{c.Value} {c.Key}"))}. For one kind: break {story.Counts.First().Key} if event.object == {o.Name}");
        lines.AddRange(EventText.OfWindow(debugger.Timeline));
        var counts = new JsonObject();
        foreach (var (kind, count) in story.Counts)
            counts[kind.ToString()] = count;
        return new CommandResult(lines, new JsonObject { ["object"] = o.Name.ToString(), ["events"] = data, ["counted"] = counts });
    }

    private static string Heading(Debugger debugger, ObjectName name)
    {
        var life = debugger.Objects.Find(name, debugger.Progress)!.Value;
        var born = debugger.At(Math.Max(life.Birth, debugger.Timeline.Start)).View.Object(name.Number)?.ToString() ?? name.ToString();
        return life.Death == 0 ? $"{born}  born by event {life.Birth}, lives at the end" : $"{born}  born by event {life.Birth}, freed by event {life.Death}";
    }

    private struct Story(OnObject o, EventSet memberships) : IEventTest
    {
        public readonly List<long> Told = [];
        public readonly SortedDictionary<EventKind, int> Counts = [];

        public readonly EventSet Memberships => memberships;

        public readonly bool Hits(EventBlock block, int index)
        {
            var number = block.FirstEvent + index;
            if (memberships.Contains(number))
            {
                Told.Add(number);
                return false;
            }

            if (!o.Hits(block, index))
                return false;
            var kind = (EventKind)block.Kinds[index];
            if (Counted.Contains(kind))
                Counts[kind] = Counts.GetValueOrDefault(kind) + 1;
            else if (IsAbout(block, index))
                Told.Add(number);
            return false;
        }

        public readonly bool MayHit(BlockSummary summary) =>
            o.MayHit(summary) || memberships.ContainsAny(summary.FirstEvent, summary.LastEvent);

        /// <summary>Whether the event names it: neighbours' links change its words, too, and that is their story.</summary>
        private readonly bool IsAbout(EventBlock block, int index) =>
            o.Names(block, index) || ((EventKind)block.Kinds[index]).IsFailure();
    }
}
