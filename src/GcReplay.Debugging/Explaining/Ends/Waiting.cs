using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>All threads wait for each other: who waits for whom, and who was the last to begin.</summary>
internal static class Waiting
{
    /// <summary>Ends the chain at the statement that closed the circle; false when the thread that failed waits for none.</summary>
    public static bool Explains(Inquiry inquiry)
    {
        var failed = inquiry.Failure!.Event;
        var timeline = inquiry.At(failed);
        var header = timeline.Source.Header;
        var waits = new List<(int Thread, int For, long Since)>();
        for (var thread = 0; thread < header.Threads.Length; thread++)
        {
            if (ThreadView.Of(timeline.View, thread) is { HasEnded: false } instance && ThreadView.WaitsFor(timeline.View, instance) is { } other)
                waits.Add((thread, other, Since(inquiry, timeline, instance, thread)));
        }

        // Who waits for somebody that goes on is no story.
        if (waits.All(w => w.Thread != timeline.Thread))
            return false;
        var stories = waits.Select(w => $"{EventText.ThreadName(header, w.Thread)} waits for {EventText.ThreadName(header, w.For)}").ToList();
        waits.Sort((a, b) => b.Since.CompareTo(a.Since));
        foreach (var (thread, other, since) in waits.Skip(1).Where(w => Telling.IsKnown(inquiry, w.Since)))
            inquiry.Add(since, ChainRole.Precondition, $"{EventText.ThreadName(header, thread)} begins to wait for {EventText.ThreadName(header, other)}");
        var story = string.Join(", ", stories);
        var cause = Telling.IsKnown(inquiry, waits[0].Since) ? waits[0].Since : failed;
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"from here on {story}, and nobody can go on"));
        inquiry.Summary = Telling.Sentences(inquiry, $"no thread could go on since event {cause}: {story}");
        return true;
    }

    /// <summary>The statement that waits, or where its thread was told to: a statement that could not be done yet is not under way.</summary>
    private static long Since(Inquiry inquiry, Timeline timeline, StructInstance thread, int index) =>
        timeline.Shadow.OpenSpans(index).LastOrDefault(begin => timeline.EventAt(begin).Kind == EventKind.OperationBegin) is var begin and > 0 ? begin
        : ThreadView.WaitField(thread) is { } field ? inquiry.Debugger.Words.LastWrite(thread.Address + field.Offset, timeline.Position, progress: inquiry.Progress)?.Number ?? 0
        : 0;
}
