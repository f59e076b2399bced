using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>Interpreters with what is theirs, then what belongs to the whole process.</summary>
internal static class InterpretersPresentation
{
    /// <summary>So many roots of one place are shown; the rest is a command away.</summary>
    private const int RootsShown = 100;

    /// <summary>Words in live cells up to which all objects are looked through for links into an interpreter that ended.</summary>
    private const ulong LookedThroughWords = 100_000;

    public static PaneText Of(Debugger debugger, int width)
    {
        var view = debugger.Timeline.View;
        var running = RunningCollection.All(debugger.Timeline);
        var changed = new ChangedWords(debugger.Timeline);
        var rows = new List<Line>();
        var seen = new HashSet<int>();
        foreach (var interpreter in InterpreterView.All(view))
        {
            rows.Add(Heading(debugger, interpreter));
            if (interpreter.HasEnded)
            {
                rows.AddRange(Ended(debugger, interpreter, width));
                continue;
            }

            rows.AddRange(running.Where(c => c.Interpreter == interpreter.Interpreter).Select(c => Collecting(debugger.Timeline, c)));
            rows.AddRange(Lists(view, interpreter, width));
            rows.AddRange(Fields(view, interpreter, changed, width));
            foreach (var thread in Threads(debugger, interpreter).Where(seen.Add))
                rows.AddRange(ThreadRows.Of(debugger, thread, RootsShown));
        }

        rows.AddRange(Process(debugger, changed, width));
        for (var thread = 0; thread < debugger.Timeline.Source.Header.Threads.Length; thread++)
        {
            if (seen.Add(thread))
                rows.AddRange(ThreadRows.Of(debugger, thread, RootsShown));
        }

        return new PaneText(Title(debugger, running), [.. rows]);
    }

    private static string Title(Debugger debugger, IReadOnlyList<RunningCollection> running)
    {
        var view = debugger.Timeline.View;
        var gil = InterpreterView.GilHolder(view) is { } holder ? $"GIL: {holder.Name}" : InterpreterView.HasGil(view) ? "GIL: nobody" : "";
        var between = view.Instances().Where(i => i is { Role: StructRole.CollectionRecord, HasEnded: false }).Select(view.PhaseOf).FirstOrDefault(p => p > 0);
        var collecting = running.Count > 0 ? $"{view.InterpreterName(running[^1].Interpreter)} is collecting"
            : between is { } phase ? $"between increments, {view.PhaseName(phase)}"
            : "nobody is collecting";
        return gil.Length > 0 ? $"{gil}, {collecting}" : collecting;
    }

    private static Line Heading(Debugger debugger, StructInstance interpreter)
    {
        var (sign, state, ink) = InterpreterView.StageOf(debugger.Timeline.View, interpreter) switch
        {
            InterpreterStage.Alive => ("●", "alive", Ink.Good),
            InterpreterStage.Ending => ("◐", "ENDING", Ink.Corrupt),
            _ => ("✗", $"ENDED, its memory {InterpreterView.MemoryText(debugger.Timeline.View, interpreter)}", Ink.Failure),
        };
        return Line.Of(new Span($"{sign} ", ink), new Span(interpreter.Name, Ink.Title), new Span($"  {state}", ink), new Span($"  state at {interpreter.Address}", Ink.Dim))
            with { Address = interpreter.Address.Value };
    }

    /// <summary>What still names an interpreter that ended: members of its lists.</summary>
    private static IEnumerable<Line> Ended(Debugger debugger, StructInstance interpreter, int width)
    {
        var view = debugger.Timeline.View;
        if (LinkText.Past(debugger, interpreter.Address) is { Length: > 0 } past)
        {
            foreach (var line in PaneParts.Wrapped($"  {past}", width, Ink.Dim, "  "))
                yield return line;
        }

        foreach (var list in view.Lists().Where(l => l.Holder == interpreter))
        {
            if (view.Shadow.LiveWords > LookedThroughWords)
            {
                yield return Line.Of($"  who still names its lists: :referrers {list.Name}", Ink.Dim);
                continue;
            }

            foreach (var link in view.LinksTo(list.Head).Where(l => l.Holder is not null))
                yield return Line.Of(new Span($"  {LinkText.Lost}{EventText.ObjectAt(view, link.Holder!.Value)}.{link.Name} names its {list.Container.Name}", Ink.Failure))
                    with { Object = view.ObjectAt(link.Holder!.Value)?.Number ?? 0, Address = link.Slot.Value };
        }
    }

    private static Line Collecting(Timeline timeline, RunningCollection collection) =>
        Line.Of(new Span("  "), new Span($"collecting generation {collection.Generation}, {collection.PhaseText(timeline)}", Ink.Collection),
            new Span($", {(collection.IsInScript ? "in a script, " : "")}{(collection.IsAutomatic ? "automatic, " : "")}thread {EventText.ThreadName(timeline.Source.Header, collection.Thread)}, since event {collection.Begin}", Ink.Dim))
        with { Event = collection.Begin };

    private static IEnumerable<Line> Lists(HeapView view, StructInstance interpreter, int width)
    {
        var lists = view.Lists().Where(l => l.Holder == interpreter).Select(l => $"{l.Container.Name} {(l.IsEmpty ? "0" : Count(l))}").ToList();
        return lists.Count == 0 ? [] : PaneParts.Wrapped($"  lists   {string.Join(", ", lists)}", width, Ink.Normal, "          ");
    }

    private static string Count(ListInstance list)
    {
        const int most = 1000;
        var walk = list.Walk(most);
        return $"{(walk.Members.Count == most ? $"{most} or more" : walk.Members.Count)}{(walk.Faults.Count > 0 ? " broken" : "")}";
    }

    /// <summary>The collector's own numbers: those that are not 0, or were changed by the present event.</summary>
    private static IEnumerable<Line> Fields(HeapView view, StructInstance instance, ChangedWords changed, int width)
    {
        var shown = new List<string>();
        foreach (var field in instance.Layout.Fields.Select(f => view.Read(instance, f)))
        {
            var isChanged = changed.Contains(field.Slot);
            if (field.Role is FieldRole.Integer or FieldRole.Flag or FieldRole.Phase or FieldRole.Real or FieldRole.HeldList && (field.Value != 0 || isChanged))
                shown.Add($"{(isChanged ? "*" : "")}{field.Field.Name} {view.Describe(field)}");
        }

        return shown.Count == 0 ? [] : PaneParts.Wrapped($"  state   {string.Join(", ", shown)}", width, Ink.Normal, "          ");
    }

    private static IEnumerable<int> Threads(Debugger debugger, StructInstance interpreter)
    {
        for (var thread = 0; thread < debugger.Timeline.Source.Header.Threads.Length; thread++)
        {
            if (ThreadView.Of(debugger.Timeline.View, thread) is { HasEnded: false } state && state.Interpreter == interpreter.Interpreter)
                yield return thread;
        }
    }

    /// <summary>Collectors of one heap, records of collections that belong to nobody, and roots of the whole process.</summary>
    private static IEnumerable<Line> Process(Debugger debugger, ChangedWords changed, int width)
    {
        var view = debugger.Timeline.View;
        foreach (var record in view.Instances().Where(i => i is { Role: StructRole.CollectionRecord, HasEnded: false }))
        {
            var phase = view.PhaseOf(record) is { } p ? $"  phase {view.PhaseName(p)}" : "";
            yield return Line.Of(new Span("⟳ ", Ink.Title), new Span(record.Name, Ink.Title), new Span(phase, Ink.Collection)) with { Address = record.Address.Value };
            foreach (var line in Fields(view, record, changed, width))
                yield return line;
        }

        var root = view.Instances().FirstOrDefault(i => i.Role == StructRole.Root);
        var roots = root is null ? [] : ThreadRows.Roots(view, root, RootsShown).ToList();
        if (roots.Count > 0)
            yield return Line.Of(new Span("◆ ", Ink.Title), new Span("roots of the process", Ink.Title));
        foreach (var line in roots)
            yield return line;
    }
}
