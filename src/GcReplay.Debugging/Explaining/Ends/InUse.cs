using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>An interpreter that should end and that is in use: by another thread, or by a script of this one that began in it.</summary>
internal static class InUse
{
    /// <summary>Ends the chain where its user came into it; false when an assertion is about something else, or nobody uses the interpreter.</summary>
    public static bool Explains(Inquiry inquiry, StructInstance instance, long failed)
    {
        if (instance is not { Role: StructRole.Interpreter, Interpreter: { } interpreter })
            return false;
        var timeline = inquiry.At(failed);
        var (header, actor, name) = (timeline.Source.Header, timeline.Thread, timeline.View.InterpreterName(interpreter));
        for (var thread = 0; thread < header.Threads.Length; thread++)
        {
            if (thread != actor && ThreadView.Of(inquiry.At(failed).View, thread) is { HasEnded: false } user && user.Interpreter == interpreter)
                return Finish(inquiry, Entered(inquiry, user, instance, failed), name, $"thread {EventText.ThreadName(header, thread)} runs in it");
        }

        foreach (var begin in inquiry.At(failed).Shadow.OpenSpans(actor).ToList())
        {
            if (!Telling.IsKnown(inquiry, begin) || inquiry.Debugger.Timeline.EventAt(begin).Kind != EventKind.ScriptBegin || ThreadView.InterpreterOf(inquiry.At(begin).View, actor) != interpreter)
                continue;
            var what = Clause.Of(inquiry, begin);
            return Finish(inquiry, begin, name, $"{what} began in it and is still under way");
        }

        return false;
    }

    /// <summary>The last event that wrote the word of a thread which names its interpreter.</summary>
    private static long Entered(Inquiry inquiry, StructInstance user, StructInstance used, long failed) =>
        user.Layout.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.Pointer && m.Target == used.Layout.Name)) is { } field
            ? inquiry.Debugger.Words.LastWrite(user.Address + field.Offset, failed, progress: inquiry.Progress)?.Number ?? 0 : 0;

    private static bool Finish(Inquiry inquiry, long cause, string name, string why)
    {
        if (!Telling.IsKnown(inquiry, cause))
            return false;
        inquiry.End(new ChainLink(cause, ChainRole.Decision, $"from here on {why}, so that {name} can not end"));
        inquiry.Summary = Telling.Sentences(inquiry, $"the program ends interpreter {name} while it is in use: {why} (since event {cause}), and the heap is as it should be");
        return true;
    }
}
