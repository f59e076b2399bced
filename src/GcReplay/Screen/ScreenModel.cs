using GcReplay.Heaps.Memory;
using GcReplay.Debugging;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Screen;

/// <summary>A debugging session as the screen shows it. Knows no terminal; after each action <see cref="Content"/> is new. One
/// action runs at a time, on any thread; <see cref="Content"/> may be read meanwhile.</summary>
internal sealed class ScreenModel
{
    /// <summary>In a trace no longer than this the first corrupt event is looked for at once, not only when asked for.</summary>
    private const long SearchedAtOnceMax = 20_000;

    private readonly Debugger debugger;
    private readonly EventPane events;
    private List<Line> output = [];
    private RunFailure? failure;
    private ulong chosen;
    private volatile ScreenContent content = ScreenContent.Empty;

    public ScreenModel(ITraceSource trace, string? notes = null)
    {
        debugger = new Debugger(trace, notes);
        events = new EventPane(debugger);
    }

    public ScreenContent Content => content;

    /// <summary>Whether the session is over.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>The first corrupt event, as far as it was looked for.</summary>
    private Violation? Corrupt => debugger.Corruption.Known is [var first, ..] ? first : null;

    /// <summary>Goes to the failure, or else to the first corrupt event, or else stays at the start, and says which.</summary>
    public void Open(Progress progress) => Act("", progress, () =>
    {
        // Something to look at while the search runs.
        content = Build(0, progress);
        failure = debugger.Timeline.Source.Outcome?.Failure;
        // The command also makes runs stop there.
        if (debugger.Timeline.EventCount <= SearchedAtOnceMax && debugger.Corruption.Find(progress) is not null)
            debugger.Execute("first-bad", progress);
        if (failure is not null)
        {
            debugger.Execute("goto failure", progress);
            Say($"opened at the failure: {failure.Kind} at event {failure.Event}: {failure.Message}", Ink.Failure);
        }
        else if (debugger.Corruption.Find(progress) is { } violation)
        {
            debugger.Execute("first-bad", progress);
            Say($"the run did not fail; opened at the first corrupt event {violation.Event}: {violation.Message}", Ink.Corrupt);
        }
        else
            Say("the run did not fail and no invariant is broken; opened at the start");
    });

    /// <summary>Runs a debugger command as typed.</summary>
    public void Execute(string line, Progress progress) => Act(line, progress, () =>
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var result = debugger.Execute(line, progress);
        output.AddRange(result.Lines.Select(l => Line.Of(l)));
        HasQuit = result.Quits;
        if (words is ["object" or "o", var name] && name.StartsWith('#') && ObjectNumber.TryParse(name.AsSpan(1), out var number)
            || words is [var alone] && alone.StartsWith('#') && ObjectNumber.TryParse(alone.AsSpan(1), out number))
            chosen = number;
    });

    /// <summary>Goes to the event that last wrote a field of the object in focus; without a field, to the last that wrote any
    /// field of its header.</summary>
    public void WhoWrote(string field, Progress progress) => Act(field.Length > 0 ? $"who-wrote .{field}" : "who-wrote", progress, () =>
    {
        var focus = FocusNow();
        if (focus.Number == 0 || debugger.Timeline.View.Object(focus.Number) is not { } o)
            throw new GcReplayException("who-wrote asks about the object in focus, and there is none here. Try: s, or :object #1");
        var fields = field.Length > 0 ? [field] : o.Layout.Fields.DistinctBy(f => f.Offset).Select(f => f.Name).ToArray();
        var (last, lines) = (0L, (IReadOnlyList<string>)[]);
        foreach (var name in fields)
        {
            var result = debugger.Execute($"who-wrote #{ObjectNumber.Text(focus.Number)}.{name}", progress);
            var number = result.Data["event"]?["number"]?.GetValue<long>() ?? 0;
            if (number > last || lines.Count == 0)
                (last, lines) = (Math.Max(last, number), result.Lines);
        }

        output.AddRange(lines.Select(l => Line.Of(l)));
        if (last == 0)
            return;
        chosen = focus.Number;
        debugger.Execute($"goto {last}", progress);
    });

    /// <summary>Keeps an object in focus wherever the timeline goes.</summary>
    public void FocusOn(ulong number, Progress progress)
    {
        chosen = number;
        Refresh(debugger.Timeline.Position, progress);
    }

    /// <summary>The focus is the object of the present event again.</summary>
    public void FollowEvents(Progress progress) => FocusOn(0, progress);

    /// <summary>Shows the events around another one than the present one.</summary>
    public void LookAt(long number, Progress progress) =>
        Refresh(Math.Clamp(number, 0, debugger.Timeline.EventCount), progress);

    private void Act(string title, Progress progress, Action action)
    {
        output = title.Length > 0 ? [Line.Of($":{title}", Ink.Dim)] : [];
        try
        {
            action();
        }
        catch (GcReplayException e)
        {
            Say(e.Message, Ink.Failure);
        }
        catch (OperationCanceledException) when (progress.Cancel.IsCancellationRequested)
        {
            Say($"cancelled at event {debugger.Timeline.Position}", Ink.Failure);
        }

        // A cancelled run still shows where it stands.
        Refresh(debugger.Timeline.Position, default);
    }

    private void Refresh(long middle, Progress progress) => content = Build(middle, progress);

    private ScreenContent Build(long middle, Progress progress)
    {
        // The index takes an action that a crash interrupted for done; the words know better.
        var timeline = debugger.Timeline;
        timeline.View.Membership = IsInterrupted(timeline.Position) || IsInterrupted(timeline.Position + 1) ? null : timeline.Index;
        var focus = FocusNow();
        var marks = new ScreenMarks(failure?.Event ?? 0, failure?.Kind ?? "", Corrupt?.Event ?? 0);
        return new ScreenContent(
            StatusText.Run(debugger, marks),
            StatusText.Place(debugger),
            [
                events.Build(middle, marks, progress),
                ObjectPane.Build(debugger, focus),
                ListPane.Build(debugger, focus),
                new PaneText("output", [.. output]),
            ]);
    }

    private bool IsInterrupted(long number) =>
        number > 0 && number <= debugger.Timeline.EventCount
        && debugger.Timeline.EventAt(number).Kind.EndsRun();

    private Focus FocusNow()
    {
        if (chosen > 0)
            return new Focus(chosen, 0);
        var position = debugger.Timeline.Position;
        return Corrupt is { Object: > 0 } c && c.Event == position ? new Focus(c.Object, position) : Focus.At(debugger);
    }

    private void Say(string text, Ink ink = Ink.Normal) => output.Add(Line.Of(text, ink));
}
