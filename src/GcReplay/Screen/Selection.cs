using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen;

/// <summary>What keys do with the selected row of the active pane, by what the row is tagged with.</summary>
/// <param name="row">Null when the pane has none.</param>
internal sealed class Selection(ScreenSession session, Line? row)
{
    private readonly Line row = row ?? Line.Of("");

    private Focus Focus => session.Focus;

    /// <summary>The present event, at the start the first; 0 in a trace without any.</summary>
    private long Present => Math.Min(Math.Max(1, session.Debugger.Timeline.Position), session.Debugger.Timeline.EventCount);

    /// <summary>A breakpoint at a line, a kind of event or an object; the same breakpoint again goes away.</summary>
    public void ToggleBreakpoint()
    {
        var (place, what) = row.SourceLine > 0 ? ($"line {row.SourceLine}", $"line {row.SourceLine}")
            : row.Object > 0 ? Both($"#{ObjectNumber.Text(row.Object)}", "object ")
            : row.Event > 0 ? Both(session.Debugger.Timeline.EventAt(row.Event).Kind.ToString(), "event ")
            : Focus.Number > 0 ? Both($"#{ObjectNumber.Text(Focus.Number)}", "object ")
            : Present is > 0 and var present ? Both(session.Debugger.Timeline.EventAt(present).Kind.ToString(), "event ")
            : ("", "");
        if (place.Length == 0)
        {
            session.Refuse("b", "this trace has no events");
            return;
        }

        var known = session.Debugger.Stops.All.FirstOrDefault(s => s.Condition.What == what && s.Guard is null);
        session.Execute(known is null ? $"break {place}" : $"delete {known.Id}");
    }

    public void Watch() => session.Execute($"watch {WatchedPlace()}");

    public void WhoWrote()
    {
        if (row.Address != 0 && row.Field.Length == 0)
            session.WhoWrote(new Address(row.Address));
        else
            session.WhoWrote(row.Field);
    }

    /// <summary>Why a word is what it is; of an object why it lives, or why it was freed.</summary>
    public void Why() => session.Execute(Question(WatchedPlace()));

    /// <summary>Copies, and says what.</summary>
    public string Copy()
    {
        session.Copied = row.Field.Length > 0 && Focus.Number > 0 ? $"#{ObjectNumber.Text(Focus.Number)}.{row.Field}"
            : row.Object > 0 ? $"#{ObjectNumber.Text(row.Object)}"
            : row.Address != 0 ? new Address(row.Address).ToString()
            : row.Event >= 0 ? row.Event.ToString()
            : session.Debugger.Timeline.Position.ToString();
        return $"copied: {session.Copied}";
    }

    private string Question(string place) =>
        Places.ObjectName(place) is not { } o ? $"why {place}" : session.Debugger.Timeline.View.Object(o.Number) is { IsLive: true } ? $"why-alive {place}" : $"why-freed {place}";

    private string WatchedPlace() =>
        row.Field.Length > 0 && Focus.Number > 0 ? $"#{ObjectNumber.Text(Focus.Number)}.{row.Field}"
        : row.Address != 0 ? new Address(row.Address).ToString()
        : row.Object > 0 ? $"#{ObjectNumber.Text(row.Object)}"
        : Focus.Number > 0 ? $"#{ObjectNumber.Text(Focus.Number)}"
        : Focus.Address.ToString();

    private static (string Place, string What) Both(string place, string noun) => (place, noun + place);
}
