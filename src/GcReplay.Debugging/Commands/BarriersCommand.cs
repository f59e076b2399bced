using System.Text.Json.Nodes;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Traces;

namespace GcReplay.Debugging.Commands;

public sealed class BarriersCommand : Command
{
    private const int DefaultShown = 60;

    public override string Name => "barriers";

    public override string Usage => "barriers #N | EXPR [COUNT]";

    public override string Summary => "the write barriers of stores into an object, what each decided and why, and stores that had none";

    public override string Example => "barriers #2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 2);
        var o = StopPlaces.Object(debugger, arguments, $"{Places.Named(debugger, arguments)}");
        var shown = arguments.CountAt(1, DefaultShown);
        var pairs = new Pairs(o);
        new EventScan(debugger.Timeline.Blocks).Forward(debugger.Timeline.Start + 1, debugger.Timeline.EventCount, ref pairs, debugger.Progress);

        var width = debugger.Timeline.EventCount.ToString().Length;
        var (barriers, bare) = (pairs.Found.Count(f => f.IsBarrier), pairs.Found.Count(f => !f.IsBarrier));
        var lines = new List<string>
        {
            barriers == 0 && bare == 0 ? $"{o.Name}: no store into it in this trace, and no barrier"
            : barriers == 0 ? $"{o.Name}: no barrier, {Stores(bare)}: this collector has none, or they were left out"
            : $"{o.Name}: {(barriers == 1 ? "1 barrier" : $"{barriers} barriers")}, {Stores(bare)} without one",
        };
        var data = new JsonArray();
        foreach (var (number, isBarrier) in pairs.Found.Take((int)Math.Min(shown, int.MaxValue)))
        {
            var there = debugger.At(number);
            lines.Add($"  {number.ToString().PadLeft(width)}  {EventText.What(there)}{(isBarrier || barriers == 0 ? "" : "  without a barrier")}  {EventText.Where(there)}");
            var json = EventText.Json(there)!;
            json["withoutBarrier"] = !isBarrier;
            data.Add(json);
        }

        lines.AddRange(EventText.OfWindow(debugger.Timeline));
        if (pairs.Found.Count > shown)
            lines.Add($"  … {pairs.Found.Count - shown} more. Try: barriers {o.Name} {pairs.Found.Count}");
        return new CommandResult(lines, new JsonObject { ["object"] = o.Name.ToString(), ["barriers"] = barriers, ["storesWithout"] = bare, ["events"] = data });
    }

    private static string Stores(int count) => count == 1 ? "1 store" : $"{count} stores";

    /// <summary>Barriers, and stores that none covers: neither one of the same slot before it, nor one for the whole object earlier in
    /// the same operation (PyPy's read the header of the object, or of what is copied from).</summary>
    private struct Pairs(OnObject o) : IEventTest
    {
        public readonly List<(long Number, bool IsBarrier)> Found = [];
        private readonly HashSet<(int Thread, ulong Slot)> slots = [];
        private readonly HashSet<int> whole = [];
        private long next;

        public bool Hits(EventBlock block, int index)
        {
            var number = block.FirstEvent + index;
            // Blocks that do not name the object are left out, and the operation may have ended in them.
            if (number != next)
                whole.Clear();
            next = number + 1;
            var kind = (EventKind)block.Kinds[index];
            var thread = block.Threads[index];
            if (kind is EventKind.OperationBegin or EventKind.OperationEnd)
                whole.Remove(thread);
            if (kind is not (EventKind.Barrier or EventKind.Store) || !o.IsObject(number, block.A[index]))
                return false;
            if (kind == EventKind.Barrier)
            {
                if (block.B[index] == block.A[index] || !o.Places.Any(p => p.Contains(number, block.B[index])))
                    whole.Add(thread);
                else
                    slots.Add((thread, block.B[index]));
                Found.Add((number, true));
            }
            else if (!slots.Remove((thread, block.B[index])) && !whole.Contains(thread))
            {
                Found.Add((number, false));
            }

            return false;
        }

        public readonly bool MayHit(BlockSummary summary) => o.MayHit(summary);
    }
}
