using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Traces;

namespace GcReplay.Debugging.Explaining.Ends;

/// <summary>The program can reach most of what is in memory: who holds it, since when it grows, and what became of others like it.</summary>
internal static class OwnGrowth
{
    /// <summary>So many objects born before are asked for one that died.</summary>
    private const ulong PeersMax = 400;

    /// <summary>Ends the chain where the first of the objects that fill the memory was put where it is still held.</summary>
    public static void Explain(Inquiry inquiry, HeldMemory held, long position)
    {
        var view = inquiry.At(position).View;
        var census = held.Census;
        var sort = Enumerable.Range(0, held.Reached.Length).Where(i => held.Reached[i])
            .GroupBy(i => (census.Objects[i].TypeId, census.Objects[i].NameId)).OrderByDescending(g => (decimal)g.Sum(i => (decimal)held.Bytes[i])).ThenBy(g => g.First()).First().ToList();
        var first = census.Objects[sort[0]];
        var bytes = sort.Aggregate(0UL, (sum, i) => sum + held.Bytes[i]);
        var (sample, all) = (view.TextOf(first), sort.Count == 1 ? view.TextOf(first) : $"{sort.Count} objects such as {view.TextOf(first)}");
        var path = census.PathTo(sort[0]);
        // Of the holder the last step counts, of the root the first.
        var edge = path is [.., var last] ? last : (OwnedReference?)null;
        var (root, way) = path is [var start, ..] ? (census.Describe(start), string.Join(" -> ", path.Take(4).Select(census.Describe))) : ("what is never freed", "");
        var born = Telling.LifeOf(inquiry, first.Number)?.Birth ?? 0;
        var line = Line(inquiry, born);
        var died = Died(inquiry, first);
        var written = edge is { } named ? Written(inquiry, census, named, first.Number, position) : born;
        if (way.Length > 0)
            inquiry.Add(Math.Max(position, inquiry.Debugger.Timeline.Start + 1), ChainRole.Evidence, $"the way to {sample} from a root: {way}", first.Number);
        if (Telling.IsKnown(inquiry, born) && born != written)
            inquiry.Add(born, ChainRole.Origin, $"{sample} is born{line}, the first of those that fill the memory", first.Number);
        if (died is var (dead, death))
            inquiry.Add(death, ChainRole.Evidence, $"{dead} of the same sort did die here: nothing held it any longer", []);
        if (!Telling.IsKnown(inquiry, written))
            return;
        inquiry.End(new ChainLink(written, ChainRole.Decision, $"{sample} is put where the program still holds it, and all that came after it stay with it: the collector may free none of them") { Objects = [first.Number] });
        inquiry.Summary = Telling.Sentences(
            inquiry, $"the program itself fills the memory, and nothing is wrong with the collector: {all} ({HeldMemory.Text(bytes)}{line}) can be reached from {root}, the first since event {written}");
    }

    /// <summary>The program's store of the reference, wherever its holder and its target lay then; where the trace has none, the last write of the slot.</summary>
    private static long Written(Inquiry inquiry, Census census, OwnedReference edge, ulong target, long position)
    {
        var placements = inquiry.Debugger.Placements;
        HashSet<ulong> values = [.. placements.Of(new ObjectName(target, false), inquiry.Progress).Select(p => p.Object.Value)];
        HashSet<ulong> holders = edge.Holder < 0 ? [] : [.. placements.Of(new ObjectName(census.Objects[edge.Holder].Number, false), inquiry.Progress).Select(p => p.Object.Value)];
        var test = new Stores { Values = values, Holders = holders, Root = edge.Holder < 0 ? edge.Slot.Value : 0 };
        var stored = new EventScan(inquiry.Debugger.Timeline.Blocks).Backward(position, inquiry.Debugger.Timeline.Start + 1, ref test, inquiry.Progress);
        return stored > 0 ? stored : inquiry.Debugger.Words.LastWrite(edge.Slot, position, progress: inquiry.Progress)?.Number ?? 0;
    }

    private readonly struct Stores : IEventTest
    {
        public required HashSet<ulong> Values { get; init; }

        public required HashSet<ulong> Holders { get; init; }

        /// <summary>0 when the holder is an object.</summary>
        public required ulong Root { get; init; }

        public bool Hits(EventBlock block, int index) => (EventKind)block.Kinds[index] switch
        {
            EventKind.Store => Holders.Contains(block.A[index]) && Values.Contains(block.C[index]),
            EventKind.RootStore => block.A[index] == Root && Values.Contains(block.B[index]),
            _ => false,
        };

        public bool MayHit(BlockSummary summary) => (summary.Kinds & (1UL << (int)EventKind.Store | 1UL << (int)EventKind.RootStore)) != 0;
    }

    private static string Line(Inquiry inquiry, long number) =>
        Telling.IsKnown(inquiry, number) && EventText.OperationOf(inquiry.At(number)) is { } operation ? $", line {operation.Line}" : "";

    /// <summary>The nearest object born before or after one, of its type, that died; null when none of those asked did.</summary>
    private static (string Text, long Death)? Died(Inquiry inquiry, ObjectEntry like)
    {
        for (var step = 1UL; step <= PeersMax; step++)
        {
            foreach (var number in (ulong[])[like.Number > step ? like.Number - step : 0, checked(like.Number + step)])
            {
                if (number == 0 || Telling.LifeOf(inquiry, number) is not { Death: > 0 } life || !Telling.IsKnown(inquiry, life.Birth) || !Telling.IsKnown(inquiry, life.Death))
                    continue;
                if (inquiry.At(life.Birth).View is var view && view.Object(number) is { } o && o.Entry.TypeId == like.TypeId)
                    return (o.ToString(), life.Death);
            }
        }

        return null;
    }
}
