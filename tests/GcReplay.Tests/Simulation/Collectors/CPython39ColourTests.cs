using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>None outside a collection; undecided is grey, unreachable white, decided reachable black.</summary>
public sealed class CPython39ColourTests : IRunObserver
{
    private const string Program = """
        globals kept a b
        thread main {
          disable
          kept = new plain 1 "kept"
          push = new plain 1 "held by kept"
          store kept 0 f0
          drop f0
          a = new plain 1 "garbage"
          store a 0 a
          drop a
          collect full
        }
        """;

    private readonly Dictionary<string, SortedSet<Colour>> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> atEnd = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<FieldRole>> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<FieldRole>> rolesAtEnd = new(StringComparer.Ordinal);
    private HeapView heap = null!;
    private string phase = "outside";

    [Fact]
    public void Nothing_has_a_colour_outside_a_collection()
    {
        Run();

        Assert.Equal([Colour.None], seen["outside"]);
    }

    [Fact]
    public void Everything_is_grey_until_counts_are_subtracted()
    {
        Run();

        Assert.Equal([Colour.Grey], seen["update_refs"]);
        Assert.Equal([Colour.Grey], seen["subtract_refs"]);
    }

    [Fact]
    public void Move_unreachable_turns_grey_into_black_or_white()
    {
        Run();

        Assert.Equal([Colour.White, Colour.Grey, Colour.Black], seen["move_unreachable"]);
        Assert.Equal(["garbage:White", "held by kept:Black", "kept:Black"], atEnd["move_unreachable"]);
    }

    [Fact]
    public void The_prev_word_is_a_count_while_the_collector_counts_and_a_link_otherwise()
    {
        Run();

        Assert.Equal([FieldRole.Link], roles["outside"]);
        Assert.Equal([FieldRole.CollectorCount], rolesAtEnd["subtract_refs"]);
        Assert.Equal([FieldRole.Link], rolesAtEnd["move_unreachable"]);
    }

    private void Run() => new PreparedRun(TestRun.Options(Program), "test").Execute(observer: this);

    void IRunObserver.Start(AddressSpace space, Shadow shadow, Layout layout) => heap = new HeapView(space, shadow, layout);

    bool IRunObserver.AfterEvent(long number, in Event e)
    {
        heap.Invalidate();
        if (e.Kind == EventKind.PhaseBegin)
            phase = heap.Layout.Phases[(int)e.A];
        else if (e.Kind == EventKind.CollectionBegin)
            phase = "merge_younger";
        var objects = heap.LiveObjects().Where(o => !o.IsRuntime && o.List is not null).ToList();
        if (e.Kind != EventKind.PhaseEnd)
        {
            Add(seen, phase, objects.Select(o => o.Colour));
            Add(roles, phase, objects.Select(Role));
            LookAtEnd(objects);
        }

        if (e.Kind is EventKind.CollectionEnd or EventKind.OperationBegin)
            phase = "outside";
        return true;
    }

    // The last look before a phase's end is the phase's result.
    private void LookAtEnd(List<ObjectView> objects)
    {
        atEnd[phase] = [.. objects.Select(o => $"{o.Name}:{o.Colour}").Order(StringComparer.Ordinal)];
        rolesAtEnd[phase] = [.. objects.Select(Role)];
    }

    private static FieldRole Role(ObjectView o) => o.Read("_gc_prev")!.Value.Role;

    private static void Add<T>(Dictionary<string, SortedSet<T>> into, string key, IEnumerable<T> values)
    {
        if (!into.TryGetValue(key, out var set))
            into[key] = set = [];
        set.UnionWith(values);
    }
}
