using System.Collections.Immutable;
using GcReplay.Heaps.Events;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors;

/// <summary>Where objects are listed, in which order, and with which counts: the experiment with a list M in main and A, B, C, D, F
/// of a sub-interpreter in three generations.</summary>
public sealed class CPython39ListTests
{
    private const string Setup = """
        globals m a b c d f
        thread main {
          disable
          m = new plain 1 "M"
          interpreter sub
          enter sub
          disable
          a = new plain 1 "A"
          collect full
          b = new plain 1 "B"
          collect 0
          f = new plain 0 "F"
          store m 0 f
          drop f
          c = new plain 0 "C"
          d = new plain 1 "D"
          store d 0 c

        """;

    [Fact]
    public void Objects_of_a_sub_interpreter_are_in_its_own_generations()
    {
        var run = Run("cpython39@7247407", "");

        Assert.Equal(["M"], Members(run, "main.generation0"));
        Assert.Equal(["F", "C", "D"], Members(run, "sub.generation0"));
        Assert.Equal(["B"], Members(run, "sub.generation1"));
        Assert.Equal(["A"], Members(run, "sub.generation2"));
    }

    [Fact]
    public void The_lists_of_an_ended_interpreter_are_joined_in_the_order_2_0_1()
    {
        var run = Run("cpython39@7247407", "enter main\nend sub");

        Assert.Equal(["A", "F", "C", "D", "B"], Members(run, "sub.generation2"));
        Assert.Equal(["A:1", "B:1", "C:2", "D:1", "F:1", "M:1"], Counts(run));
    }

    [Fact]
    public void With_shared_state_they_stay_in_the_one_generation_2()
    {
        var run = Run("cpython39@shared-state", "enter main\nend sub");

        Assert.Equal(["M", "A", "F", "C", "D", "B"], Members(run, "collector_state.generation2"));
    }

    [Fact]
    public void After_gh_92036_they_are_on_no_list_and_leaked()
    {
        var run = Run("cpython39@gh-92036", "enter main\nend sub\ndrop d\nclear m 0");

        Assert.All(run.Heap.LiveObjects().Where(o => !o.IsRuntime && o.Name != "M"), o => Assert.Null(o.List));
        Assert.Equal(["A:2", "B:2", "C:3", "D:1", "F:1", "M:1"], Counts(run));
    }

    [Fact]
    public void A_collection_in_main_never_looks_at_them()
    {
        var run = Run("cpython39@7247407", "enter main\nend sub\ncollect full");

        Assert.Equal(["A", "F", "C", "D", "B"], Members(run, "sub.generation2"));
        Assert.Equal(["M"], Members(run, "main.generation2"));
    }

    [Theory]
    [InlineData(700, 0)]
    [InlineData(701, 1)]
    [InlineData(1402, 2)]
    public void Generation_0_is_collected_when_more_than_700_objects_were_allocated(int objects, int collections)
    {
        var run = TestRun.Of(TestRun.Options($$"""
            globals keep
            thread main {
              loop {{objects}} { push = new plain 0 }
            }
            """), checks: true);

        Assert.Equal(collections, run.Kinds.Count(k => k == EventKind.CollectionBegin));
    }

    private static TestRun Run(string collector, string end) => TestRun.Of(TestRun.Options(Setup + end + "\n}", collector));

    private static ImmutableArray<string> Members(TestRun run, string list) =>
        [.. run.Heap.Lists().Single(l => l.Name == list).Walk().Members.Select(address => run.Heap.ObjectAt(address)!.Name)];

    private static ImmutableArray<string> Counts(TestRun run) =>
    [
        .. run.Heap.LiveObjects().Where(o => !o.IsRuntime).Select(o => $"{o.Name}:{o.Read("ob_refcnt")!.Value.Value}").Order(StringComparer.Ordinal),
    ];
}
