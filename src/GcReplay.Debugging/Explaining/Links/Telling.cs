using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>Parts that the stories of links and counts have in common.</summary>
internal static class Telling
{
    /// <summary>What happened, and why, in two sentences.</summary>
    /// <param name="why">Without the full stop.</param>
    public static string Sentences(Inquiry inquiry, string why)
    {
        var corrupt = inquiry.Corruption is { } c ? $"after event {c.Event}, {inquiry.What(c.Event)}, {c.Message}" : "";
        var what = (inquiry.Failure, corrupt) switch
        {
            ({ } f, "") => $"The run ended with a {f.Kind}: {f.Message}",
            ({ } f, _) => $"The run ended with a {f.Kind} ({f.Message}); the heap was corrupt before that: {corrupt}",
            (null, _) => $"The run ended without noticing that the heap is corrupt: {corrupt}",
        };
        return $"{what}. {why}.";
    }

    /// <summary>Whether the state just after an event is in the trace: a window begins later than its run.</summary>
    public static bool IsKnown(Inquiry inquiry, long number) => number > inquiry.Debugger.Timeline.Start && number <= inquiry.Debugger.Timeline.EventCount;

    public static bool IsWritten(Timeline timeline, Address word)
    {
        var e = timeline.EventAt(timeline.Position);
        for (var i = 0; i < e.ChangeCount; i++)
        {
            if (e.Change(i).Address == word)
                return true;
        }

        return false;
    }

    /// <summary>Adds the last write to a word before an event.</summary>
    public static void LastWriteBefore(Inquiry inquiry, Address word, long before, string remark)
    {
        if (inquiry.Debugger.Words.LastWrite(word, before - 1, progress: inquiry.Progress) is { } write && IsKnown(inquiry, write.Number))
            inquiry.Add(write.Number, ChainRole.Evidence, $"{inquiry.What(write.Number)}: {remark}");
    }

    /// <summary>Whether the innermost span of an event's thread is still open at a later one.</summary>
    public static bool IsInSameSpan(Inquiry inquiry, long first, long second)
    {
        var thread = inquiry.Debugger.Timeline.EventAt(first).Thread;
        var span = inquiry.At(first).Shadow.InnermostSpan(thread);
        return span > 0 && inquiry.At(second).Shadow.OpenSpans(thread).Contains(span);
    }

    /// <summary>Numbers of the program's objects whose links lie at some addresses.</summary>
    public static IReadOnlyList<ulong> NumbersAt(Timeline timeline, params ReadOnlySpan<Address> nodes)
    {
        var numbers = new List<ulong>();
        foreach (var node in nodes)
        {
            if (timeline.View.Families is [var family, ..] && timeline.View.ObjectAt(family.ObjectOf(node)) is { IsRuntime: false } o && !numbers.Contains(o.Number))
                numbers.Add(o.Number);
        }

        return numbers;
    }

    /// <summary>The birth and death of an object; null for one of which the trace has no birth.</summary>
    public static Lifetime? LifeOf(Inquiry inquiry, ulong number, bool isRuntime = false) => inquiry.Debugger.Objects.Find(new ObjectName(number, isRuntime), inquiry.Progress);

    /// <summary>Birthplace, owner and actor of an object, as they are where a timeline stands.</summary>
    public static string Identities(Timeline timeline, ObjectView o)
    {
        var view = timeline.View;
        var owner = o.Owner is { } known ? $"{view.InterpreterName(known.Interpreter)}{(known.IsDestroyed ? ", which is destroyed" : "")}" : "none";
        var actor = ThreadView.InterpreterOf(view, timeline.Thread) is { } running ? view.InterpreterName(running) : "unknown";
        return $"born in {view.InterpreterName(o.Birthplace)}, owner {owner}, actor {actor}";
    }
}
