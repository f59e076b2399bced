using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>What keeps an object by the words alone, whatever its collector thinks.</summary>
internal static class Reach
{
    private const int StepsShown = 5;

    /// <summary>A shortest way of owned references from a root, one reference a line; or that it is never freed, or on a list that keeps its members.
    /// Empty when nothing keeps it.</summary>
    public static IReadOnlyList<string> Way(HeapView view, ObjectView o)
    {
        var census = view.Census();
        var index = census.IndexOf(o.Address);
        if (index < 0)
            return [];
        if (census.PathTo(index) is { } path)
            return [.. path.Select(r => $"{census.Describe(r)} -> {EventText.ObjectAt(view, r.Target)}")];
        if (view.IsImmortal(o.Entry))
            return [$"{o} is never freed"];
        if (view.Tracing.StrongLists.FirstOrDefault(list => view.MembersOf(list).Contains(o.Address.Value)) is { } strong)
            return [$"{strong} keeps its members"];
        return census.Reachable()[index] ? ["references lead to it from objects that are never freed, or from a list that keeps its members"] : [];
    }

    /// <summary>A way for people: of a long one its ends, and how much is between them.</summary>
    public static IEnumerable<string> Shown(IReadOnlyList<string> way) =>
        way.Count <= 2 * StepsShown + 1 ? way : way.Take(StepsShown).Append($"… {way.Count - 2 * StepsShown} more references …").Concat(way.TakeLast(StepsShown));

    /// <summary>Whether anything keeps an object after an event.</summary>
    public static bool IsKept(Witness witness, ObjectName o, long number)
    {
        var view = witness.ViewAt(number);
        return view.Object(o.Number, o.IsRuntime) is { IsLive: true } there && view.Census() is var census && census.IndexOf(there.Address) is >= 0 and var index && census.Reachable()[index];
    }

    /// <summary>The event after which nothing kept an object any more, up to one after which nothing does; 0 when nothing ever kept it since its birth.</summary>
    /// <remarks>Cost: the whole heap, some tens of times.</remarks>
    public static long LostAt(Witness witness, ObjectName o, long number, long birth)
    {
        var (lost, step) = (number, 1L);
        var kept = number - 1;
        for (; kept >= birth && !IsKept(witness, o, kept); kept -= step, step *= 2)
            lost = kept;
        if (kept < birth)
            kept = birth - 1;
        while (lost - kept > 1)
        {
            var middle = kept + (lost - kept) / 2;
            if (IsKept(witness, o, middle))
                kept = middle;
            else
                lost = middle;
        }

        return lost > birth ? lost : 0;
    }
}
