using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;

namespace GcReplay.Debugging.Commands;

/// <summary>A collection that is under way.</summary>
/// <param name="Begin">Number of the event that began it.</param>
/// <param name="Interpreter">Index of the interpreter that collects.</param>
/// <param name="Phase">Index of its phase; 0 between phases.</param>
/// <param name="IsInScript">Whether it waits for a script that it called.</param>
public sealed record RunningCollection(long Begin, int Thread, int Interpreter, ulong Generation, bool IsAutomatic, int Phase, bool IsInScript)
{
    /// <summary>The collections under way, by thread, outer ones first: a script that one of them called may have begun another.</summary>
    public static IReadOnlyList<RunningCollection> All(Timeline timeline)
    {
        var running = new List<RunningCollection>();
        for (var thread = 0; thread < timeline.Source.Header.Threads.Length; thread++)
        {
            foreach (var number in timeline.Shadow.OpenSpans(thread))
            {
                var e = timeline.EventAt(number).Event;
                if (e.Kind == EventKind.CollectionBegin)
                    running.Add(new RunningCollection(number, thread, (int)Math.Min(e.B, int.MaxValue), e.A, e.D != 0, 0, false));
                else if (e.Kind == EventKind.PhaseBegin && running.Count > 0 && running[^1].Thread == thread)
                    running[^1] = running[^1] with { Phase = (int)Math.Min(e.A, int.MaxValue) };
                else if (e.Kind == EventKind.ScriptBegin && running.Count > 0 && running[^1].Thread == thread)
                    running[^1] = running[^1] with { IsInScript = true };
            }
        }

        return running;
    }

    public string Text(Timeline timeline) =>
        $"collecting generation {Generation}{(IsAutomatic ? " (automatic)" : "")}, {PhaseText(timeline)}{(IsInScript ? ", in a script" : "")}, " +
        $"thread {EventText.ThreadName(timeline.Source.Header, Thread)}, since event {Begin}";

    public string PhaseText(Timeline timeline) => Phase == 0 ? "between phases" : $"phase {timeline.View.PhaseName(Phase)}";

    public JsonObject Json(Timeline timeline) => new()
    {
        ["event"] = Begin,
        ["thread"] = EventText.ThreadName(timeline.Source.Header, Thread),
        ["generation"] = Generation,
        ["automatic"] = IsAutomatic,
        ["phase"] = Phase == 0 ? null : timeline.View.PhaseName(Phase),
        ["inScript"] = IsInScript,
    };
}
