using GcReplay.Debugging.Provenance;

namespace GcReplay.Debugging.Commands;

/// <summary>Who wrote the word of a place last: also of an object that moved, and took the word along.</summary>
internal static class LastWriter
{
    /// <summary>The last write to a place; of an object that moved since, to the place that it came from. Null when there is none.</summary>
    /// <param name="carried">Takes the moves in between, the last one first.</param>
    public static WordWrite? Of(Debugger debugger, Place place, List<long> carried)
    {
        var (address, position) = (place.Address, debugger.Timeline.Position);
        var places = place.Object is { } name ? debugger.Placements.Of(name, debugger.Progress) : [];
        var at = places.Count - 1;
        while (at > 0 && places[at].From > position)
            at--;
        while (true)
        {
            var write = debugger.Words.LastWrite(address, position, progress: debugger.Progress);
            if (at <= 0 || (write?.Number ?? 0) > places[at].From)
                return write;
            carried.Add(places[at].From);
            position = places[at].From - 1;
            address = places[at - 1].Object + (address - places[at].Object);
            at--;
        }
    }
}
