using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

/// <summary>The header of an object as it was when it decoded last, and what became of it. Command and screen show the same.</summary>
/// <param name="Fault">What is wrong with it here; empty when the object is gone.</param>
/// <param name="Event">The event that destroyed it; 0 when it never decoded before.</param>
/// <param name="EventText">That event in words.</param>
/// <param name="Fields">Names and values just before that event.</param>
public sealed record LastHeader(string Fault, long Event, string EventText, IReadOnlyList<(string Name, string Text)> Fields)
{
    /// <summary>More than a screen shows; a session goes on for any number of positions.</summary>
    private const int KeptMax = 1024;

    /// <summary>Of an object whose header does not decode at the present position; null when it does.</summary>
    public static LastHeader? Of(Debugger debugger, ObjectView o, Lifetime life)
    {
        var timeline = debugger.Timeline;
        if (o.State == ObjectState.Unmapped || Header.FaultOf(timeline.View, o) is not { } fault)
            return null;
        if (debugger.LastHeaders.TryGetValue((o.Number, timeline.Position), out var known))
            return known;
        var number = debugger.Headers.DestroyedBy(timeline, o, life.Birth, debugger.Progress);
        var header = number == 0 ? new LastHeader(fault.Message, 0, "", []) : Before(debugger, o.Number, number, fault.Message);
        return Keep(debugger, (o.Number, timeline.Position), header);
    }

    /// <summary>Of an object whose memory belongs to something else by now, or to nobody: as it was before its death.</summary>
    public static LastHeader? OfGone(Debugger debugger, ObjectName name, Lifetime life)
    {
        if (life.Death == 0 || debugger.Timeline.Position < life.Death)
            return null;
        if (debugger.LastHeaders.TryGetValue((name.Number, 0), out var known))
            return known;
        return Keep(debugger, (name.Number, 0), Before(debugger, name.Number, life.Death, ""));
    }

    private static LastHeader Keep(Debugger debugger, (ulong Number, long Position) where, LastHeader header)
    {
        if (debugger.LastHeaders.Count >= KeptMax)
            debugger.LastHeaders.Clear();
        debugger.LastHeaders.Add(where, header);
        return header;
    }

    private static LastHeader Before(Debugger debugger, ulong number, long destroyer, string fault)
    {
        var text = Commands.EventText.Line(debugger.At(destroyer));
        var view = debugger.At(destroyer - 1).View;
        var fields = view.Object(number)?.Fields.Where(f => f.Role != FieldRole.Flag).Select(f => (f.Field.Name, ObjectCommand.FieldText(view, f))).ToList() ?? [];
        return new LastHeader(fault, destroyer, text, fields);
    }

    /// <summary>In lines, each with two spaces in front.</summary>
    public IEnumerable<string> Lines()
    {
        if (Fault.Length > 0)
            yield return $"  its header no longer decodes: {Fault}";
        if (Event == 0)
        {
            yield return "  no header that decodes was found since its birth";
            yield break;
        }

        if (Fault.Length > 0)
            yield return $"  destroyed by {EventText}";
        yield return $"  its last good header, at position {Event - 1}:";
        foreach (var (name, text) in Fields)
            yield return $"    .{name}  {text}";
        yield return $"  to go there: goto {Event - 1}";
    }
}
