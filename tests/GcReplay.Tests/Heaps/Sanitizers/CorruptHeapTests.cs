using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Sanitizers;

/// <summary>A corrupt heap is suspected at every event; looking through it each time would take for ever.</summary>
public class CorruptHeapTests
{
    private const int Objects = 2000;
    private const int Questions = 10_000;

    private readonly TestHeap heap = new();
    private readonly Scripted broken = new("broken", failsAt: 1);

    public CorruptHeapTests()
    {
        for (var i = 0; i < Objects; i++)
            heap.Object("leaf", 0);
    }

    [Fact]
    public void A_sanitizer_that_is_always_suspected_and_never_fails_is_asked_less_and_less_often()
    {
        var suspected = new Scripted("suspected");

        var run = Ask(broken, suspected);

        Assert.InRange(suspected.Asked, 4_200_000 / Objects - 100, 4_200_000 / Objects + 20);
        Assert.Equal(["suspected"], run.Rare.Select(rare => rare.Name));
    }

    [Fact]
    public void A_heap_of_more_pages_than_may_be_checked_is_refused_in_words()
    {
        heap.Object("node", 2000);

        Assert.Contains("more than can be checked", Assert.Throws<GcReplayException>(() => new HeapIndex(heap.View, pagesMax: 2)).Message);
        Assert.Empty(new SanitizerRun(heap.View, pagesMax: 1000).After(1, new Event(EventKind.OperationEnd, 0, 0, 0, 0, 0, 0)));
    }

    [Fact]
    public void As_long_as_the_heap_is_well_it_is_asked_each_time()
    {
        var suspected = new Scripted("suspected");

        var run = Ask(suspected);

        Assert.Equal(Questions, suspected.Asked);
        Assert.Empty(run.Rare);
    }

    [Fact]
    public void What_it_finds_then_says_that_it_may_be_late()
    {
        var suspected = new Scripted("suspected", failsAt: 4_200_000 / Objects + 5);

        var run = Ask(broken, suspected);

        Assert.Matches(@"^suspected \(looked for now and then since event \d+\)$", run.Violations[1].Message);
        Assert.Equal("broken", run.FirstCorruption!.Message);
    }

    private SanitizerRun Ask(params ISanitizer[] sanitizers)
    {
        var run = new SanitizerRun(heap.View, sanitizers);
        for (var i = 1; i <= Questions; i++)
            run.After(i, new Event(EventKind.OperationEnd, 0, 0, 0, 0, 0, 0));
        return run;
    }

    /// <summary>Fails when it is asked for a certain time.</summary>
    private sealed class Scripted(string name, int failsAt = int.MaxValue) : ISanitizer
    {
        public int Asked { get; private set; }

        public string Name => name;

        public string Claim => name;

        public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

        public bool HoldsAfter(in Event e, HeapView view) => true;

        public IEnumerable<Violation> Check(HeapView view, in Event after, long number) =>
            ++Asked == failsAt ? [new Violation(name, number, name, default)] : [];
    }
}
