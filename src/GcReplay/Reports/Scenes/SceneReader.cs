using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Reports.Scenes;

/// <summary>Reads what pictures show from the words at a position, through the views that the debugger's commands and the screen use.</summary>
internal sealed class SceneReader(Timeline timeline, Cast cast)
{
    /// <summary>More references of one object are not told.</summary>
    private const int ReferencesMax = 12;

    private const int OthersMax = 1000;

    /// <summary>Of more interpreters it is not told how they are.</summary>
    private const int StatesMax = 12;

    private readonly SceneLists lists = new(timeline, cast);

    /// <summary>The scene at a position. Cost: the objects of the cast, the roots, and the lists whose links changed since the last one.</summary>
    public Scene At(long position, Progress progress)
    {
        timeline.MoveTo(position, progress);
        var view = timeline.View;
        _ = timeline.Index;
        var shown = cast.Members.Select(n => view.Object(n)).OfType<ObjectView>().ToList();
        var edges = Edges(view, shown);
        var (full, empty) = lists.Read();
        return new Scene(position)
        {
            What = position > timeline.Start ? EventText.What(timeline) : $"the start of the {(timeline.Start > 0 ? "window" : "trace")}",
            Where = position > timeline.Start ? EventText.Where(timeline) : "",
            Actor = position > 0 && ThreadView.InterpreterOf(view, timeline.Thread) is { } actor ? view.InterpreterName(actor) : "",
            States = States(),
            Lines = [.. ProgramPlaces.Of(timeline, progress).Where(p => p.IsUnderway).Select(p => p.Line).Distinct()],
            Named = [.. Cast.NamedAt(timeline).Distinct()],
            Objects = [.. shown.Where(o => o.IsLive || edges.Any(e => e.To == o.Number)).Select(o => Object(view, o))],
            Others = Others(view),
            Edges = edges,
            Lists = full,
            EmptyLists = empty,
        };
    }

    private int? Others(HeapView view)
    {
        var seen = view.LiveObjects().Take(OthersMax).ToList();
        return seen.Count == OthersMax ? null : seen.Count(o => !cast.Contains(o.Number));
    }

    private List<string> States()
    {
        var view = timeline.View;
        var states = RunningCollection.All(timeline).Take(StatesMax).Select(c => $"{view.InterpreterName(c.Interpreter)} is {c.Text(timeline)}").ToList();
        if (view.WholePhase is { } phase)
            states.Insert(0, $"the heap's phase is {view.PhaseName(phase)}");
        var interpreters = InterpreterView.All(view).ToList();
        foreach (var interpreter in interpreters.Take(StatesMax))
        {
            states.Add(InterpreterView.StageOf(view, interpreter) switch
            {
                InterpreterStage.Ended => $"interpreter {interpreter.Name} has ended, its memory is {InterpreterView.MemoryText(view, interpreter)}",
                InterpreterStage.Ending => $"interpreter {interpreter.Name} is ending",
                _ => $"interpreter {interpreter.Name} lives",
            });
        }

        if (interpreters.Count > StatesMax)
            states.Add($"{interpreters.Count - StatesMax} more interpreters are not shown");
        return states;
    }

    private static SceneObject Object(HeapView view, ObjectView o)
    {
        var owner = o.IsLive ? o.Owner : null;
        return new SceneObject(
            o.Number, o.ToString(), o.State, o.Colour, view.InterpreterName(o.Birthplace), owner is { } by ? view.InterpreterName(by.Interpreter) : "",
            owner is { IsDestroyed: true }, o.IsLive ? o.List?.Name ?? "" : "", o.IsLive ? Words(view, o) : "", o.IsLive ? References(view, o) : "");
    }

    /// <summary>Counts, and the flags that are set.</summary>
    private static string Words(HeapView view, ObjectView o)
    {
        var words = new List<string>();
        foreach (var field in o.Fields.Where(f => f.IsMapped))
        {
            if (field.Role is FieldRole.ReferenceCount or FieldRole.CollectorCount)
                words.Add($"{field.Field.Name} {field.Value}");
            else if (field.Role == FieldRole.Flag && field.Value != 0)
                words.Add(field.Field.Name);
            else if (field.Role == FieldRole.Chain && field.Value != 0)
                words.Add($"{field.Field.Name} → {ObjectCommand.FieldText(view, field)}");
        }

        return string.Join(", ", words);
    }

    private static string References(HeapView view, ObjectView o)
    {
        var all = o.References.Take(ReferencesMax + 1).ToList();
        var text = string.Join(", ", all.Take(ReferencesMax).Select(r => $"{r.Name} → {EventText.ObjectAt(view, r.Target)}{(r.IsOwned ? "" : " (weak)")}"));
        return all.Count > ReferencesMax ? text + ", …" : text;
    }

    private List<SceneEdge> Edges(HeapView view, List<ObjectView> shown)
    {
        var byAddress = new Dictionary<Address, ObjectView>();
        // Where two have been at one address, the one that lives.
        foreach (var o in shown.OrderBy(o => o.IsLive))
            byAddress[o.Address] = o;
        var edges = new List<SceneEdge>();
        foreach (var root in view.Roots())
            Add(0, root);
        foreach (var o in shown.Where(o => o.IsLive))
        {
            foreach (var reference in o.References.Take(ReferencesMax * 8))
                Add(o.Number, reference);
        }

        return edges;

        void Add(ulong from, Reference reference)
        {
            if (byAddress.TryGetValue(reference.Target, out var to))
                edges.Add(new SceneEdge(from, reference.Name, to.Number, reference.IsOwned, !to.IsLive));
        }
    }
}
