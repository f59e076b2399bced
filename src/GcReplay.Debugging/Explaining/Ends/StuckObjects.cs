using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>A statement got no room where new objects are made, though a collection ran for it: objects that stayed in their place part what is free.</summary>
internal static class StuckObjects
{
    private const int ShownMax = 3;

    /// <summary>Ends the chain where the last of them came to stay; false when no collection ended in the statement that failed, or it left none in its place.</summary>
    public static bool Explains(Inquiry inquiry, long failed)
    {
        var (timeline, witness) = (inquiry.At(failed), inquiry.Witness);
        var open = timeline.Shadow.OpenSpans(timeline.Thread).Where(n => Telling.IsKnown(inquiry, n)).Select(n => timeline.EventAt(n)).ToList();
        if (open is not [.., { Kind: EventKind.OperationBegin } operation] || witness.LastOf(failed, operation.Number, EventKind.CollectionEnd) is not (> 0 and var collected))
            return false;
        var stuck = Young(inquiry.At(failed).View);
        var before = Young(inquiry.At(operation.Number).View).ToHashSet();
        stuck.RemoveAll(o => !before.Contains(o));
        var since = stuck.Select(o => (o.Number, Event: witness.Dealings.With(new(o.Number, false), inquiry.Debugger.Timeline.Start + 1, operation.Number).LastOrDefault(d => d.Kind == EventKind.Flag).Number))
            .Where(s => Telling.IsKnown(inquiry, s.Event)).OrderBy(s => s.Event).ToList();
        if (since.Count == 0)
            return false;
        var view = inquiry.At(failed).View;
        var names = string.Join(" and ", since.Take(ShownMax).Select(s => $"{view.Object(s.Number)} (since event {s.Event})")) + (since.Count > ShownMax ? $" and {since.Count - ShownMax} others" : "");
        inquiry.Add(collected, ChainRole.Consequence, $"a collection for this statement ends, and {names} {(since.Count == 1 ? "is" : "are")} where {(since.Count == 1 ? "it was" : "they were")}", [.. since.Select(s => s.Number)]);
        foreach (var (number, at) in since.SkipLast(1).TakeLast(ShownMax))
            inquiry.Add(at, ChainRole.Precondition, $"{view.Object(number)} stays in its place from here on", number);
        var (last, cause) = since[^1];
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"{inquiry.At(failed).View.Object(last)} stays in its place from here on, and parts what is free") { Objects = [last] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"no room was left between objects that stay in their place, also when a collection had run (event {collected}): {names}; no promise is broken and nothing is lost");
        return true;
    }

    /// <summary>Number and place of each object where new ones are made.</summary>
    private static List<(ulong Number, Address Address)> Young(HeapView view)
    {
        var regions = view.Tracing.Young.SelectMany(c => c.Regions).ToList();
        var ranges = view.Layout.Regions.Where(r => regions.Contains(r.Name)).ToList();
        return [.. view.LiveObjects().Where(o => !o.IsRuntime && ranges.Exists(r => r.Contains(o.Address))).Select(o => (o.Number, o.Address))];
    }
}
