using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>What an object is before its words are looked at: state, place, age, and the three interpreters it has to do with.</summary>
internal static class ObjectFacts
{
    private const int LabelWidth = 7;

    public static IEnumerable<Line> Of(Debugger debugger, ObjectView o, Focus focus, ScreenMarks marks, int width)
    {
        var timeline = debugger.Timeline;
        var view = timeline.View;
        var life = debugger.Objects.Find(new ObjectName(o.Number, o.IsRuntime), debugger.Progress);
        var space = view.Layout.Regions.FirstOrDefault(r => r.Contains(o.Address)) is { } region ? $", {region.Name}" : "";
        var facts = new List<(string Label, string Text, Ink Ink)>
        {
            ("state", $"{ObjectCommand.StateText(view, o).TrimEnd(',')} at {o.Address}{space}", o.IsLive ? Ink.Normal : Ink.Failure),
        };
        if (focus.Event == 0)
            facts.Add(("focus", "chosen; Esc follows events", Ink.Dim));
        else if (focus.Event != timeline.Position)
            facts.Add(("focus", $"of event {focus.Event}", Ink.Dim));
        facts.Add(("born", $"in {view.InterpreterName(o.Birthplace)}{(life is { } l ? $", event {l.Birth}, age {timeline.Position - l.Birth} events" : "")}", Ink.Normal));
        if (o.IsLive && view.Layout.Structs.Any(s => s.Role == StructRole.Interpreter && s.Containers.Any(c => c is LinkedList)))
            facts.Add(Owner(view, o));
        if (timeline.Position > 0 && ThreadView.InterpreterOf(view, timeline.Thread) is { } actor)
            facts.Add(("actor", $"{view.InterpreterName(actor)} runs event {timeline.Position}", Ink.Normal));
        if (o.IsLive && o.List is { } list)
            facts.Add(("list", $"{(list.HeadState == HeadState.Live ? "" : LinkText.Lost)}{list.Name}{ListText.Suffix(view, list)}", list.HeadState == HeadState.Live ? Ink.Normal : Ink.Failure));
        else if (o.IsLive && o.Type.IsCollected && view.Families.Length > 0)
            facts.Add(("list", "none: no collection knows it", Ink.Normal));
        foreach (var finding in Findings(marks, timeline.Position, o.Number))
            yield return Line.Of($"* {finding.Code}: {finding.Message}", Ink.Corrupt);
        if (timeline.Position > timeline.Start && timeline.EventAt(timeline.Position).Kind.IsFailure())
            yield return Line.Of($"{LinkText.Lost}{EventText.What(timeline)}", Ink.Failure) with { Event = timeline.Position };
        foreach (var (label, text, ink) in facts)
        {
            foreach (var line in PaneParts.Wrapped(label.PadRight(LabelWidth) + text, width, ink, new string(' ', LabelWidth)))
                yield return Labelled(line, ink);
        }

        if (o.Colour != Colour.None)
            yield return Line.Of(new Span("colour ", Ink.Dim), new Span($"{ColourText.Letter(o.Colour)} {o.Colour.ToString().ToLowerInvariant()}", ColourText.InkOf(o.Colour)), new Span(Phase(view, o), Ink.Dim));
        if (life is { } born && LastHeader.Of(debugger, o, born) is { } header)
        {
            foreach (var line in header.Lines().SelectMany(text => PaneParts.Wrapped(text.Trim(), width, text.StartsWith("    ", StringComparison.Ordinal) ? Ink.Dim : Ink.Failure, "  ")))
                yield return line;
        }
    }

    /// <summary>What checks say of an object from the present event on.</summary>
    public static IEnumerable<Violation> Findings(ScreenMarks marks, long position, ulong number) =>
        marks.Findings.Where(v => v.Event == position && v.Object == number);

    private static string Phase(HeapView view, ObjectView o) => o.Phase is { } phase ? $" in phase {view.PhaseName(phase)}" : "";

    private static (string Label, string Text, Ink Ink) Owner(HeapView view, ObjectView o) => o.Owner switch
    {
        null => ("owner", "none: on no list of an interpreter", Ink.Dim),
        { IsDestroyed: true } owner => ("owner", $"{LinkText.Lost}{view.InterpreterName(owner.Interpreter)}, destroyed", Ink.Failure),
        { } owner => ("owner", view.InterpreterName(owner.Interpreter), Ink.Normal),
    };

    private static Line Labelled(Line line, Ink ink)
    {
        var text = line.Text;
        return Line.Of(new Span(text[..Math.Min(LabelWidth, text.Length)], Ink.Dim), new Span(text.Length > LabelWidth ? text[LabelWidth..] : "", ink));
    }
}
