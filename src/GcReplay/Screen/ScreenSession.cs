using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Screen;

/// <summary>A debugging session as all panes see it: one debugger, one focus, one output. Knows no terminal. Used by one thread at a
/// time, never by the one that draws.</summary>
internal sealed class ScreenSession
{
    /// <summary>In a trace no longer than this the first corrupt event is looked for at once, not only when asked for.</summary>
    private const long SearchedAtOnceMax = 20_000;

    /// <summary>In a heap of no more live words the index of lists is made at once: it costs some ms.</summary>
    private const ulong IndexedAtOnceWords = 200_000;

    private const int PreviousMax = 200;

    private readonly Stack<(ulong Number, Address Address)> previous = new();
    private List<Line> output = [];
    private RunFailure? failure;
    private bool isOpen;
    private ulong chosen;
    private Address selected;
    private bool hasMoved;
    private (long Position, Focus Focus)? found;

    public ScreenSession(ITraceSource trace, string? notes = null) => Debugger = new Debugger(trace, notes);

    public Debugger Debugger { get; }

    /// <summary>How the present action is watched and cancelled.</summary>
    public Progress Progress { get; set; }

    /// <summary>Whether the user stopped the present action: what repeats a command looks, since each command only ends itself.</summary>
    public bool IsCancelled => Progress.Cancel.IsCancellationRequested;

    /// <summary>What the last action answered.</summary>
    public IReadOnlyList<Line> Output => output;

    /// <summary>Whether the session is over.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>Events gone forward (back, when negative) by the last action that moved.</summary>
    public long Travelled { get; private set; }

    /// <summary>Why the last key did nothing; empty when it did something.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>What was copied last, for the terminal's clipboard.</summary>
    public string Copied { get; set; } = "";

    /// <summary>Whether the user chose the object in focus, so that it stays wherever the timeline goes.</summary>
    public bool IsChosen => chosen > 0 || !selected.IsNull;

    /// <summary>The object and the word that all panes are about.</summary>
    public Focus Focus
    {
        get
        {
            var focus = chosen > 0 ? new Focus(chosen, 0) : selected.IsNull ? Followed() : new Focus(0, 0);
            var o = focus.Number == 0 ? null : Debugger.Timeline.View.Object(focus.Number);
            return focus with { Address = !selected.IsNull ? selected : o?.Address ?? default };
        }
    }

    public ScreenMarks Marks => new(failure?.Event ?? 0, failure?.Kind ?? "", Corrupt?.Event ?? 0, Debugger.Corruption.Known);

    /// <summary>The first corrupt event, as far as it was looked for.</summary>
    private Violation? Corrupt => Debugger.Corruption.Known is [var first, ..] ? first : null;

    /// <summary>Goes to the failure, or else to the first corrupt event, or else stays at the start, and says which.</summary>
    public void Open()
    {
        Act("", OpenWhereItMatters);
        isOpen = true;
    }

    private void OpenWhereItMatters()
    {
        failure = Debugger.Timeline.Source.Outcome?.Failure;
        // The command also makes runs stop there.
        if (Debugger.Timeline.EventCount <= SearchedAtOnceMax && Debugger.Corruption.Find(Progress) is not null)
            Debugger.Execute("first-bad", Progress);
        if (failure is not null)
        {
            Debugger.Execute("goto failure", Progress);
            Say($"opened at the failure: {failure.Kind} at event {failure.Event}: {failure.Message}", Ink.Failure);
        }
        else if (Debugger.Timeline.EventCount > SearchedAtOnceMax)
            Say("the run did not fail; opened at the start. To look for the first broken invariant: ]");
        else if (Debugger.Corruption.Find(Progress) is { } violation)
        {
            Debugger.Execute("first-bad", Progress);
            Say($"the run did not fail; opened at the first corrupt event {violation.Event}: {violation.Message}", Ink.Corrupt);
        }
        else
            Say("the run did not fail and no invariant is broken; opened at the start");
    }

    /// <summary>Runs a debugger command; what it answers is the output.</summary>
    /// <param name="isAsked">Whether the user typed it: then also where a movement ended is said, which the panes show anyway.</param>
    public void Execute(string line, bool isAsked = false) => Act(line, () =>
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var result = Debugger.Execute(line, Progress);
        var isPlain = !isAsked && result.Lines.Count > 0 && result.Lines[0] == EventText.Line(Debugger.Timeline);
        output.AddRange(result.Lines.Skip(isPlain ? 1 : 0).Select(l => Line.Of(l)));
        HasQuit |= result.Quits;
        if (words is ["object" or "o", var name] && name.StartsWith('#') && ObjectNumber.TryParse(name.AsSpan(1), out var number)
            || words is [var alone] && alone.StartsWith('#') && ObjectNumber.TryParse(alone.AsSpan(1), out number))
            Choose(number, default);
    });

    /// <summary>Runs the last command again, so many times or until that is cancelled.</summary>
    public void Repeat(long times)
    {
        for (var i = 0L; i < times && !IsCancelled; i++)
            Execute("");
    }

    /// <summary>Runs a movement so many times, as one: on until it moves no more.</summary>
    public void Execute(string line, long times)
    {
        var start = Debugger.Timeline.Position;
        for (var (i, before) = (0L, -1L); i < times && before != Debugger.Timeline.Position && !IsCancelled; i++)
        {
            before = Debugger.Timeline.Position;
            Execute(line);
        }

        if (Debugger.Timeline.Position != start)
            Travelled = Debugger.Timeline.Position - start;
    }

    /// <summary>Goes to the event that last wrote a field of the object in focus; without a field, to the last that wrote any
    /// field of its header.</summary>
    public void WhoWrote(string field) => Act(field.Length > 0 ? $"who-wrote .{field}" : "who-wrote", () =>
    {
        var focus = Focus;
        if (focus.Number == 0 || Debugger.Timeline.View.Object(focus.Number) is not { } o)
            throw new GcReplayException("who-wrote asks about the object in focus, and there is none here. Try: s, or :object #1");
        var fields = field.Length > 0 ? [field] : o.Layout.Fields.DistinctBy(f => f.Offset).Select(f => f.Name).ToArray();
        var (last, lines) = (0L, (IReadOnlyList<string>)[]);
        foreach (var name in fields)
        {
            var result = Debugger.Execute($"who-wrote #{ObjectNumber.Text(focus.Number)}.{name}", Progress);
            var number = result.Data["event"]?["number"]?.GetValue<long>() ?? 0;
            if (number > last || lines.Count == 0)
                (last, lines) = (Math.Max(last, number), result.Lines);
        }

        output.AddRange(lines.Select(l => Line.Of(l)));
        if (last == 0)
            return;
        Choose(focus.Number, default);
        Debugger.Execute($"goto {last}", Progress);
    });

    /// <summary>Goes to the event that last wrote the word at an address.</summary>
    public void WhoWrote(Address address) => Act($"who-wrote {address}", () =>
    {
        var result = Debugger.Execute($"who-wrote {address}", Progress);
        output.AddRange(result.Lines.Select(l => Line.Of(l)));
        if (result.Data["event"]?["number"]?.GetValue<long>() is { } number and > 0)
            Debugger.Execute($"goto {number}", Progress);
    });

    /// <summary>Keeps an object in focus wherever the timeline goes.</summary>
    public void FocusOn(ulong number) => Choose(number, default);

    /// <summary>Selects a word; the object whose memory it lies in comes into focus.</summary>
    /// <param name="isMove">Whether a cursor passes over it: <see cref="Back"/> then goes to where the cursor started.</param>
    public void Select(Address address, bool isMove = false)
    {
        var number = Debugger.Timeline.View.ObjectCovering(address)?.Number ?? 0;
        if (isMove && hasMoved)
            (chosen, selected) = (number, address);
        else
            Choose(number, address);
        hasMoved = isMove;
    }

    /// <summary>Goes where a row leads: to an event, an object, a place.</summary>
    /// <returns>False when it leads nowhere.</returns>
    public bool Follow(Line row)
    {
        if (row.Event >= 0)
            Execute($"goto {row.Event}");
        else if (row.Object > 0)
            FocusOn(row.Object);
        else if (row.Address > 0)
            Select(new Address(row.Address));
        else
            return false;
        return true;
    }

    /// <summary>The focus before the last that was chosen; without one the focus follows events again.</summary>
    /// <returns>False when there was nothing to go back from.</returns>
    public bool Back()
    {
        if (previous.TryPop(out var before))
            (chosen, selected) = before;
        else if (IsChosen)
            (chosen, selected) = (0, default);
        else
            return false;
        return true;
    }

    /// <summary>The focus is the object of the present event again.</summary>
    public void FollowEvents()
    {
        previous.Clear();
        (chosen, selected) = (0, default);
    }

    public void Say(string text, Ink ink = Ink.Normal) => output.Add(Line.Of(text, ink));

    /// <summary>Says why a key can not do what it does elsewhere.</summary>
    public void Refuse(string key, string why) => Refusal = $"{key}: {why}";

    public void ClearOutput() => output = [];

    /// <summary>Runs one action; what is wrong with it is the output.</summary>
    private void Act(string title, Action action)
    {
        output = [];
        var from = Debugger.Timeline.Position;
        try
        {
            action();
        }
        catch (GcReplayException e)
        {
            Say(e.Message, Ink.Failure);
        }
        catch (OperationCanceledException) when (Progress.Cancel.IsCancellationRequested)
        {
            Say($"cancelled at event {Debugger.Timeline.Position}", Ink.Failure);
        }

        if (output.Count > 0 && title.Length > 0)
            output.Insert(0, Line.Of($":{title}", Ink.Dim));
        if (Debugger.Timeline.Position != from && isOpen)
            Travelled = Debugger.Timeline.Position - from;
        Index(isLargeToo: false);
    }

    /// <summary>Makes the index of lists in a large heap, which can wait; false when it is there.</summary>
    public bool Work()
    {
        if (Debugger.Timeline.HasIndex || !IsIndexable)
            return false;
        Index(isLargeToo: true);
        return true;
    }

    /// <summary>The index takes an action that a crash interrupted for done; the words know better.</summary>
    private bool IsIndexable => !IsInterrupted(Debugger.Timeline.Position) && !IsInterrupted(Debugger.Timeline.Position + 1);

    private void Index(bool isLargeToo)
    {
        var timeline = Debugger.Timeline;
        timeline.View.Membership = !IsIndexable ? null
            : timeline.HasIndex || isLargeToo || timeline.Shadow.LiveWords <= IndexedAtOnceWords ? timeline.Index
            : null;
    }

    private void Choose(ulong number, Address address)
    {
        hasMoved = false;
        if (previous.Count < PreviousMax && IsChosen)
            previous.Push((chosen, selected));
        (chosen, selected) = (number, address);
    }

    private Focus Followed()
    {
        var position = Debugger.Timeline.Position;
        if (Corrupt is { Object: > 0 } c && c.Event == position)
            return new Focus(c.Object, position);
        if (found is not { } known || known.Position != position)
            found = known = (position, Focus.At(Debugger));
        return known.Focus;
    }

    private bool IsInterrupted(long number) =>
        number > 0 && number <= Debugger.Timeline.EventCount && Debugger.Timeline.EventAt(number).Kind.EndsRun();
}
