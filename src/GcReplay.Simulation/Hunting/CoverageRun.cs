using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Hunting;

/// <summary>Collects coverage over runs of one collector: numbers while they run, names at the end.</summary>
/// <param name="knownOperations">Names of operations that a program could have.</param>
/// <remarks>Cost: for an event with a site, a look at the header of its object.</remarks>
public sealed class CoverageRun(IEnumerable<string> knownOperations)
{
    /// <summary>For each kind of event which operand names its object; -1 for none.</summary>
    private static readonly int[] ObjectOperands = [.. Enumerable.Range(0, (int)EventKind.Hang + 1).Select(kind =>
        EventShapes.Knows((byte)kind) ? Array.FindIndex(EventShapes.Of((EventKind)kind).Operands.ToArray(), o => o.Kind == OperandKind.Object) : -1)];

    private readonly Dictionary<(int Site, int Phase, ulong Flags), long> counts = [];
    private readonly Dictionary<string, long> operationCounts = new(StringComparer.Ordinal);
    private readonly List<string> siteNames = [];
    private readonly Dictionary<string, int> siteNumbers = new(StringComparer.Ordinal);
    private readonly Stack<int> phases = [];
    private readonly Stack<int> operations = [];
    private int[] numberOf = [];
    private long[] done = [];
    private ImmutableArray<OperationText> current = [];
    private FlagWord[] flagWords = [];
    private ImmutableArray<string> phaseNames = [];
    private AddressSpace space = null!;
    private HeapView view = null!;
    private (Address Address, Field Field)? wholePhase;
    private bool speaksForAll;

    /// <param name="ofRun">Reads the words of the run that begins.</param>
    internal void Start(HeapView ofRun)
    {
        view = ofRun;
        space = ofRun.Space;
        var layout = ofRun.Layout;
        phases.Clear();
        operations.Clear();
        wholePhase = null;
        numberOf = [.. layout.Sites.Select(site => NumberOf(site.Name))];
        if (phaseNames == layout.Phases)
            return;
        phaseNames = layout.Phases;
        flagWords = FlagWord.Of(layout);
        speaksForAll = layout.Structs.Any(s => PhaseOf(s) is not null);
    }

    /// <summary>Counts what was executed: called before the run, and with nothing after the last.</summary>
    internal void Operations(ImmutableArray<OperationText> texts)
    {
        Settle();
        current = texts;
        done = new long[texts.Length];
    }

    internal void After(in Event e)
    {
        switch (e.Kind)
        {
            case EventKind.OperationBegin:
                operations.Push((int)e.A);
                break;
            case EventKind.OperationEnd:
                if (operations.TryPop(out var operation) && e.C != 0)
                    done[operation]++;
                break;
            case EventKind.PhaseBegin:
                phases.Push((int)e.A);
                break;
            case EventKind.PhaseEnd:
                phases.TryPop(out _);
                break;
            default:
                break;
        }

        if (e.Site <= 0)
            return;
        var key = (numberOf[e.Site], Phase(), FlagsOf(e));
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
    }

    /// <summary>What was reached so far.</summary>
    public Coverage ToCoverage()
    {
        Settle();
        var coverage = new Coverage();
        coverage.Know(siteNames, phaseNames.Skip(1), knownOperations);
        // order: coverage sorts what it is given.
        foreach (var ((site, phase, flags), count) in counts)
            coverage.Add(new CoveredPlace(siteNames[site], phase > 0 && phase < phaseNames.Length ? phaseNames[phase] : "", FlagWord.Text(flagWords, flags)), count);
        // order: as above.
        foreach (var (name, count) in operationCounts)
            coverage.AddOperation(name, count);
        return coverage;
    }

    private void Settle()
    {
        for (var i = 0; i < done.Length; i++)
        {
            if (done[i] > 0)
                CollectionsMarshal.GetValueRefOrAddDefault(operationCounts, NameIn(current[i].Text), out _) += done[i];
        }

        done = [];
    }

    /// <summary>The operation of a statement: behind its destination.</summary>
    private static string NameIn(string statement)
    {
        var at = statement.IndexOf(" = ", StringComparison.Ordinal);
        var name = at < 0 ? statement : statement[(at + 3)..];
        return name.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var end ? name[..end] : name;
    }

    private int NumberOf(string site)
    {
        if (siteNumbers.TryGetValue(site, out var known))
            return known;
        siteNames.Add(site);
        siteNumbers.Add(site, siteNames.Count - 1);
        return siteNames.Count - 1;
    }

    /// <summary>The phase of the whole heap, where a struct speaks for it; else that of the innermost collection.</summary>
    private int Phase()
    {
        if (!speaksForAll)
            return phases.TryPeek(out var innermost) ? innermost : 0;
        wholePhase ??= FindPhase();
        return wholePhase is var (address, field) ? (int)field.Extract(space.Peek(address + field.Offset), FieldRole.Phase) : 0;
    }

    private (Address, Field)? FindPhase()
    {
        foreach (var instance in view.Instances())
        {
            if (PhaseOf(instance.Layout) is { } field)
                return (instance.Address, field);
        }

        return null;
    }

    private static Field? PhaseOf(StructLayout structure) =>
        structure.Containers.Any(c => c is LinkedList) || structure.Fields.Any(f => f.Meanings.Any(m => m.Role == FieldRole.HeldList))
            ? null
            : structure.Fields.FirstOrDefault(f => f.Meanings.Any(m => m.Role == FieldRole.Phase));

    private ulong FlagsOf(in Event e)
    {
        var o = ObjectOperands[(int)e.Kind] switch { 0 => e.A, 1 => e.B, 2 => e.C, 3 => e.D, _ => 0UL };
        if (o == 0)
            return 0;
        var flags = 0UL;
        foreach (var word in flagWords)
            flags |= (space.Peek(new Address(o) + word.Offset) & word.Mask) >> word.Shift << word.At;
        return flags;
    }

    /// <summary>A word of an object's header with flags in it; their bits are put side by side into one word.</summary>
    private sealed record FlagWord(int Offset, ulong Mask, int Shift, int At, ImmutableArray<(string Name, int Bit)> Names)
    {
        public static FlagWord[] Of(Layout layout)
        {
            var flags = layout.Structs.Where(s => s.Role == StructRole.Object).SelectMany(s => s.Fields)
                .Where(f => f.Width == 1 && f.Meanings.Any(m => m.Role == FieldRole.Flag))
                .GroupBy(f => f.Offset).OrderBy(g => g.Key);
            var (words, at) = (new List<FlagWord>(), 0);
            foreach (var group in flags)
            {
                var (low, high) = (group.Min(f => f.Shift), group.Max(f => f.Shift));
                if (at + high - low >= 64)
                    break;
                var mask = group.Aggregate(0UL, (bits, f) => bits | 1UL << f.Shift);
                words.Add(new FlagWord(group.Key, mask, low, at, [.. group.Select(f => (f.Name, f.Shift)).Distinct().OrderBy(f => f.Shift)]));
                at += high - low + 1;
            }

            return [.. words];
        }

        public static string Text(FlagWord[] words, ulong flags) =>
            string.Join(' ', words.SelectMany(word => word.Names.Where(name => (flags >> (word.At + name.Bit - word.Shift) & 1) != 0).Select(name => name.Name)));
    }
}
