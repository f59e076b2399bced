using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>The head of a list was freed while an object was still linked to it: the struct of its interpreter ended first.</summary>
internal static class FreedHead
{
    public static void Explain(Inquiry inquiry, Violation violation, BadLink bad)
    {
        var there = inquiry.At(violation.Event);
        var list = there.View.ListAt(bad.Target)!;
        var (listName, head, interpreter) = (list.Name, list.Head, list.Owner?.Interpreter);
        var whose = interpreter is { } i ? there.View.InterpreterName(i) : list.Holder.Name;
        var o = there.View.ObjectAt(bad.Family.ObjectOf(bad.Node));
        var (text, identities) = (o?.ToString() ?? there.View.DescribeNode(bad.Node, bad.Family), o is null ? "" : Telling.Identities(there, o));
        var freed = inquiry.Debugger.Words.LastGone(head, violation.Event, inquiry.Progress);

        if (o is not null && JoinedAt(inquiry, o.Number, violation.Event) is var joined and > 0)
            inquiry.Add(joined, ChainRole.Evidence, $"{inquiry.What(joined)}: this put {text} on {listName}, and nothing took it off again", o.Number);
        var ended = interpreter is { } index ? EndOf(inquiry, index, violation.Event) : 0;
        if (ended > 0)
            inquiry.Add(ended, ChainRole.Precondition, $"{inquiry.What(ended)}: {whose} ends while {StillOn(inquiry, ended, listName)}");
        var story = $"{listName}'s head lies in memory of {whose}, which was freed by event {freed} while {text} ({identities}) was still linked to it";
        if (interpreter is { } ending && Omission.Of(inquiry, ending, head, freed) is { } omission)
        {
            inquiry.End(new ChainLink(omission.Event, ChainRole.Decision, omission.Message));
            inquiry.Summary = Telling.Sentences(inquiry, $"{story}: {omission.Message}");
            return;
        }

        if (inquiry.Chain.FirstOrDefault(l => l.Role == ChainRole.Corruption) is { } corruption)
            inquiry.End(corruption with { Message = $"{corruption.Message} ({identities})", Lists = [listName] });
        inquiry.Summary = Telling.Sentences(inquiry, $"{story}: nothing took it off the list before");
    }

    /// <summary>The last event up to a position that put an object on another list; 0 when none is known.</summary>
    private static long JoinedAt(Inquiry inquiry, ulong number, long position)
    {
        var name = new ObjectName(number, false);
        var set = inquiry.Debugger.Memberships.OfObject(inquiry.Debugger.Placements.Of(name, inquiry.Progress), inquiry.Progress);
        var (low, high) = (inquiry.Debugger.Timeline.Start + 1, position);
        if (low > high || !set.ContainsAny(low, high))
            return 0;
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (set.ContainsAny(middle, high))
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private static string StillOn(Inquiry inquiry, long ended, string listName)
    {
        var members = inquiry.At(ended).View.Lists().FirstOrDefault(l => l.Name == listName)?.Walk(1000).Members.Count ?? 0;
        return members == 1 ? $"one object is still on {listName}" : $"{members} objects are still on {listName}";
    }

    private static long EndOf(Inquiry inquiry, int interpreter, long position)
    {
        var test = new Ends((ulong)interpreter);
        return new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(position, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
    }

    private readonly struct Ends(ulong interpreter) : IEventTest
    {
        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] == EventKind.InterpreterEnd && block.A[index] == interpreter;

        public bool MayHit(BlockSummary summary) => (summary.Kinds & 1UL << (int)EventKind.InterpreterEnd) != 0;
    }
}
