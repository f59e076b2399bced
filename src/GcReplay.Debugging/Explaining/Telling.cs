using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining;

/// <summary>Parts that all stories have in common.</summary>
internal static class Telling
{
    /// <summary>What was wrong and who decided it, and what that led to, in two sentences.</summary>
    /// <param name="why">The first sentence, without the full stop.</param>
    public static string Sentences(Inquiry inquiry, string why)
    {
        inquiry.Why = why;
        return $"{Capital(why)}. {Ending(inquiry)}.";
    }

    /// <summary>How the run ended, and where, without the full stop.</summary>
    public static string Ending(Inquiry inquiry) =>
        (inquiry.Failure, inquiry.Corruption) switch
        {
            ({ Kind: "hazard", Code: "read" or "write" } f, _) => $"Event {f.Event} {(f.Code == "read" ? "read" : "wrote to")} freed memory{In(inquiry, f.Event)}, and the run went on",
            ({ Kind: "violation" } f, _) => $"A check found it at event {f.Event}{In(inquiry, f.Event)}, and the run was stopped there",
            ({ Kind: "assertion" } f, _) => $"The assertion {f.Code} failed at event {f.Event}{In(inquiry, f.Event)}",
            ({ Kind: "crash" or "hang" } f, _) => $"The run {(f.Kind == "crash" ? "crashed" : "hung")} at event {f.Event}{In(inquiry, f.Event)}",
            ({ Kind: "leak" } f, _) => $"Nothing in this run noticed: it ended well at event {f.Event}",
            ({ } f, _) => $"The run ended with {With(f.Kind)} at event {f.Event}{In(inquiry, f.Event)}",
            (null, { } c) => $"{Unnoticed(inquiry)}; the heap is corrupt after event {c.Event}",
            _ => Unnoticed(inquiry),
        };

    public static string Unnoticed(Inquiry inquiry) => Cut(inquiry.Debugger.Timeline.Source) switch
    {
        TraceEnd.OfRun => "Nothing in this run noticed",
        TraceEnd.Interrupted => $"Nothing had noticed when the recording was interrupted after event {inquiry.Debugger.Timeline.EventCount}",
        _ => "How the run went on is not in this trace",
    };

    /// <summary>Where a trace ends.</summary>
    public static TraceEnd Cut(ITraceSource source) =>
        source.Outcome?.Events > source.EventCount || source.Header.RecordedEvents > source.EventCount ? TraceEnd.OfPart
        : source.Outcome is { Status: not RunStatus.Cancelled } ? TraceEnd.OfRun
        : TraceEnd.Interrupted;

    /// <summary>With a capital letter at the front, unless a name stands there: <c>g3</c>, <c>main.frame[0]</c>.</summary>
    public static string Capital(string sentence) =>
        sentence[..(sentence.IndexOf(' ', StringComparison.Ordinal) is var end and > 0 ? end : sentence.Length)].All(char.IsAsciiLetterLower)
            ? $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}"
            : sentence;

    /// <summary>A kind of failure with its article.</summary>
    public static string With(string kind) => kind == "plug-in" ? "a defect of the plug-in" : $"{(kind.Length > 0 && "aeiou".Contains(kind[0], StringComparison.Ordinal) ? "an" : "a")} {kind}";

    /// <summary>The statement that an event belongs to: <c>, in line 18 (drop compile)</c>.</summary>
    private static string In(Inquiry inquiry, long number) =>
        IsKnown(inquiry, number) && EventText.OperationOf(inquiry.At(number)) is { } operation ? $", in line {operation.Line} ({operation.Text})" : "";

    /// <summary>Whether the state just after an event is in the trace: a window begins later than its run.</summary>
    public static bool IsKnown(Inquiry inquiry, long number) => number > inquiry.Debugger.Timeline.Start && number <= inquiry.Debugger.Timeline.EventCount;

    /// <summary>Whether a fault came in between, so that the rest of what an event did stands elsewhere, or was never done.</summary>
    public static bool IsCutShort(Timeline timeline, long number)
    {
        if (number >= timeline.EventCount)
            return false;
        var next = timeline.EventAt(number + 1);
        return next.Kind.IsFailure() && next.Thread == timeline.EventAt(number).Thread;
    }

    /// <summary>Adds the last write to a word before an event.</summary>
    public static void LastWriteBefore(Inquiry inquiry, Address word, long before, string remark)
    {
        if (inquiry.Debugger.Words.LastWrite(word, before - 1, progress: inquiry.Progress) is { } write && IsKnown(inquiry, write.Number))
            inquiry.Add(write.Number, ChainRole.Evidence, remark);
    }

    /// <summary>Whether the innermost span of an event's thread is still open at a later one.</summary>
    public static bool IsInSameSpan(Inquiry inquiry, long first, long second)
    {
        var thread = inquiry.Debugger.Timeline.EventAt(first).Thread;
        var span = inquiry.At(first).Shadow.InnermostSpan(thread);
        return span > 0 && inquiry.At(second).Shadow.OpenSpans(thread).Contains(span);
    }

    /// <summary>Numbers of the program's objects whose links of a family lie at some addresses.</summary>
    public static IReadOnlyList<ulong> NumbersAt(Timeline timeline, LinkFamily family, params ReadOnlySpan<Address> nodes)
    {
        var numbers = new List<ulong>();
        foreach (var node in nodes)
        {
            if (timeline.View.ObjectAt(family.ObjectOf(node)) is { IsRuntime: false } o && !numbers.Contains(o.Number))
                numbers.Add(o.Number);
        }

        return numbers;
    }

    /// <summary>The birth and death of an object; null for one of which the trace has no birth.</summary>
    public static Lifetime? LifeOf(Inquiry inquiry, ulong number, bool isRuntime = false) => inquiry.Debugger.Objects.Find(new ObjectName(number, isRuntime), inquiry.Progress);

    /// <summary>Birthplace, owner and actor of an object, as they are where a timeline stands: <c>born in and owned by sub, actor main</c>.</summary>
    public static string Identities(Timeline timeline, ObjectView o)
    {
        var view = timeline.View;
        var birthplace = view.InterpreterName(o.Birthplace);
        var ownership = o.Owner switch
        {
            { } owner when owner.Interpreter == o.Birthplace => $"born in and owned by {birthplace}{Fate(owner)}",
            { } owner => $"born in {birthplace}, owned by {view.InterpreterName(owner.Interpreter)}{Fate(owner)}",
            null => $"born in {birthplace}, owned by none",
        };
        return ThreadView.InterpreterOf(view, timeline.Thread) is { } running ? $"{ownership}, actor {view.InterpreterName(running)}" : ownership;
    }

    private static string Fate(Owner owner) => owner.IsDestroyed ? ", which is destroyed" : "";
}
