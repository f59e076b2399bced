using GcReplay.Heaps.Events;
using GcReplay.Tests.Contracts;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

public sealed class Bpo46070Tests
{
    [Theory]
    [InlineData("cpython39@7247407", "glibc", "hazard")]
    [InlineData("cpython39@7247407", "pymalloc", "hazard")]
    [InlineData("cpython39@7247407", "debug", "hazard")]
    [InlineData("cpython39@7247407", "guard", "crash")]
    [InlineData("cpython39@gh-94673", "glibc", "crash")]
    [InlineData("cpython39@gh-94673", "pymalloc", "crash")]
    [InlineData("cpython39@gh-94673", "debug", "crash")]
    [InlineData("cpython39@gh-94673", "guard", "crash")]
    [InlineData("cpython39@shared-state", "glibc", null)]
    [InlineData("cpython39@shared-state", "guard", null)]
    [InlineData("cpython39@gh-92036", "glibc", null)]
    [InlineData("cpython39@gh-92036", "guard", null)]
    [InlineData("marksweep", "glibc", null)]
    [InlineData("marksweep", "guard", null)]
    public void A_method_that_outlives_its_interpreter_ends_as_history_says(string collector, string allocator, string? failure)
    {
        var run = Checked("bpo-46070", collector, allocator);

        Assert.Equal(failure, run.Result.Failure?.Kind);
        Assert.Equal(failure is null, run.Violations.Count == 0);
    }

    [Theory]
    [InlineData("bpo-46070", "cpython39@7247407", "glibc")]
    [InlineData("bpo-46070", "cpython39@7247407", "guard")]
    [InlineData("bpo-46070", "cpython39@gh-94673", "glibc")]
    [InlineData("bpo-46070", "cpython39@gh-94673", "guard")]
    [InlineData("reused", "cpython39@7247407", "glibc")]
    [InlineData("list-order", "cpython39@7247407", "glibc")]
    [InlineData("list-order", "cpython39@gh-94673", "guard")]
    public void The_first_corrupt_event_is_the_free_of_the_interpreters_struct(string program, string collector, string allocator)
    {
        var run = Checked(program, collector, allocator);
        var first = run.Violations[0];

        Assert.Equal("freed-named-by-live-link", first.Code);
        Assert.Equal(FreeOfTheStruct(run), first.Event);
    }

    [Fact]
    public void A_lone_survivor_writes_two_words_into_freed_memory()
    {
        var run = Checked("bpo-46070", "cpython39@7247407", "glibc");

        Assert.Equal(2, run.Kinds.Count(k => k == EventKind.Hazard));
    }

    [Fact]
    public void When_the_memory_was_reused_nothing_crashes_and_no_access_is_a_hazard()
    {
        var run = Checked("reused", "cpython39@7247407", "glibc");

        Assert.Null(run.Result.Failure);
        Assert.NotEmpty(run.Violations);
    }

    [Theory]
    [InlineData("clear got 0", null)]
    [InlineData("arraycopy got 0 sys 0 1", null)]
    [InlineData("copied = copy got", "crash")]
    [InlineData("collect full", "crash")]
    public void A_run_that_follows_damaged_words_goes_on_or_faults_as_a_process_would(string statement, string? failure)
    {
        // Slot 81 holds the damaged word, an address within the buffer itself; slot 83 is the length of the object it seems to name.
        var program = Repository.Read("traces/bpo-46070/reused.heap")
            .Replace("globals sys", "globals got copied sys")
            .Replace("  drop sys\n", $"  store buffer 83 sys\n  got = load buffer 81\n  {statement}\n  drop got\n  drop buffer\n  drop sys\n");

        var run = TestRun.Of(TestRun.Options(program), checks: true);

        Assert.Equal(FreeOfTheStruct(run), run.Violations[0].Event);
        Assert.Equal(failure, run.Result.Failure?.Kind);
    }

    private static TestRun Checked(string program, string collector, string allocator) => TestRun.Of(
        TestRun.Options(File.ReadAllText(Repository.PathOf($"traces/bpo-46070/{program}.heap")), collector, allocator), checks: true);

    // The struct is the first thing freed after InterpreterEnd.
    private static long FreeOfTheStruct(TestRun run)
    {
        var end = run.Kinds.IndexOf(EventKind.InterpreterEnd);
        return run.Kinds.IndexOf(EventKind.Free, end) + 1;
    }
}
