using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Links;

/// <summary>The head of a list was freed while an object was still linked to it: the struct of its interpreter ended first.</summary>
internal static class FreedHead
{
    /// <summary>So many members of a list are counted.</summary>
    private const int MembersMax = 1000;

    public static void Explain(Inquiry inquiry, Violation violation, BadLink bad)
    {
        var there = inquiry.At(violation.Event);
        var list = there.View.ListAt(bad.Target)!;
        var (listName, head, interpreter) = (list.Name, list.Head, list.Owner?.Interpreter);
        var whose = interpreter is { } i ? there.View.InterpreterName(i) : list.Holder.Name;
        var o = there.View.ObjectAt(bad.Family.ObjectOf(bad.Node));
        var text = o?.ToString() ?? there.View.DescribeNode(bad.Node, bad.Family);
        var before = inquiry.At(Math.Max(violation.Event - 1, inquiry.Debugger.Timeline.Start));
        var identities = o is not null && before.View.Object(o.Number) is { } was ? Telling.Identities(before, was) : "of the runtime";
        var freed = inquiry.Debugger.Words.LastGone(head, violation.Event, inquiry.Progress);
        if (inquiry.Debugger.Timeline.Start > 0 && inquiry.At(inquiry.Debugger.Timeline.Start).View.ListAt(head) is { HeadState: not HeadState.Live })
        {
            inquiry.Summary = Telling.Sentences(inquiry, $"{text} ({identities}) is on {listName}, whose head lay in the state of {whose} and is freed; what led to it lies in front of this window");
            return;
        }

        if (interpreter is { } index && EndOf(inquiry, index, violation.Event) is var ended and > 0)
            inquiry.Add(ended, ChainRole.Precondition, $"{whose} ends while {StillOn(inquiry, ended, head)}");
        if (o is not null && JoinedAt(inquiry, o.Number, violation.Event) is var joined and > 0)
            inquiry.Add(joined, ChainRole.Evidence, $"put {text} ({identities}) on {listName}, where it still was", o.Number);
        var story = $"{text} ({identities}) was still on {listName} when event {freed} freed the state of {whose}, in which that list's head lies";
        if (interpreter is { } ending && EndPrecedent.Of(inquiry, ending, head, freed) is { } omission)
        {
            inquiry.End(new ChainLink(omission.Event, ChainRole.Decision, omission.Message));
            inquiry.Summary = Telling.Sentences(inquiry, $"{story}: its end had left that list out (event {omission.Event})");
            return;
        }

        if (inquiry.Chain.FirstOrDefault(l => l.Role == ChainRole.Corruption) is { } corruption)
            inquiry.End(corruption with { Lists = [listName] });
        inquiry.Summary = Telling.Sentences(inquiry, story);
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

    private static string StillOn(Inquiry inquiry, long ended, Address head)
    {
        if (inquiry.At(ended).View.ListAt(head) is not { } list)
            return "an object is still on one of its lists";
        var members = list.Walk(MembersMax).Members.Count;
        return members == MembersMax ? $"{members} objects and more are still on {list.Name}"
            : members == 1 ? $"one object is still on {list.Name}" : $"{members} objects are still on {list.Name}";
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
