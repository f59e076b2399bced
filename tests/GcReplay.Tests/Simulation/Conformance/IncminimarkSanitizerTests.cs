using GcReplay.Simulation.Conformance;
using GcReplay.Tests.Heaps.Sanitizers;
using GcReplay.Tests.Simulation.Chaos.Faults;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class IncminimarkSanitizerTests
{
    private const string Newest = "@HEAD";

    // Read once: 578 runs of programs that failed somewhere, and 238 others.
    private static readonly Lazy<List<ConformanceProgram>> All = new(() => [.. ConformanceFiles.Read([ConformanceData.Incminimark])]);

    [Fact]
    public void The_newest_collector_breaks_no_promise_in_any_program()
    {
        var programs = All.Value.Where(IsNewest).ToList();

        Assert.InRange(programs.Count, 272, 400);
        Assert.All(programs, program => Assert.Empty(WordWatch.Of(ConformanceRun.OptionsOf(program)).Violations));
    }

    [Fact]
    public void What_changed_tells_all_sanitizers_as_much_as_the_whole_heap_at_every_event()
    {
        var programs = All.Value.Where(IsNewest).Where((_, i) => i % 6 == 0).Select(ConformanceRun.OptionsOf);

        Assert.All(programs, options => Assert.Equal(0, BothForms.Of(options, builtEvery: 40).FalseAlarms));
    }

    [Fact]
    public void A_reference_that_dangles_for_ever_is_not_suspected_at_every_event_of_naming_a_place_that_was_left()
    {
        var forms = BothForms.Of(FaultPrograms.Of("incminimark", "black-swept").Options("black-swept"));

        Assert.Contains("live-object-freed", forms.First.Keys);
        Assert.DoesNotContain("forwarding-left-behind", forms.Alarms.Keys);
    }

    [Theory]
    [InlineData("hand-arraycopy-nocards", "1e26d9ba1c5", "black-to-white", "live-object-freed", "use-after-free")]
    [InlineData("hand-arraycopy-cards", "965eccf1d00", "black-to-white", "live-object-freed", "use-after-free")]
    [InlineData("hand-arraycopy-cards-dest-small", "7728007c6ad", "card-contents")]
    [InlineData("hand-copy-prebuilt-to-prebuilt", "5e44493d73e", "black-to-white", "live-object-freed", "use-after-free")]
    [InlineData("hand-pin-id-marking", "1f4640e5763", "live-object-freed", "use-after-free")]
    [InlineData("hand-pin-id-finalizing", "2e2f6a36754", "marked-outside-marking")]
    [InlineData("hand-assert-prebuilt-gray", "236007f7e8f")]
    [InlineData("rnd-236007f7e8f-black-to-white-20008", "236007f7e8f")]
    [InlineData("hand-pinned-at-nursery-top", "650cdfdc649")]
    public void A_bug_breaks_a_promise_before_it_shows_and_a_wrong_assertion_breaks_none(string program, string revision, params string[] codes)
    {
        var buggy = All.Value.Single(p => p.Id == $"{program}@{revision}");

        Assert.Equal(codes, WordWatch.Of(ConformanceRun.OptionsOf(buggy)).Violations.Select(v => v.Code));
    }

    [Fact]
    public void Where_a_program_fails_at_a_revision_a_promise_was_broken_unless_the_assertion_was_wrong()
    {
        foreach (var program in All.Value.Where(p => p.Id.Contains('@')))
        {
            var watch = WordWatch.Of(ConformanceRun.OptionsOf(program));
            var isFalseAlarm = program.Id.Contains("assert-prebuilt-gray") || program.Id.StartsWith("rnd-236007f7e8f", StringComparison.Ordinal);
            Assert.True(watch.Result.Failure is null || watch.Violations.Count > 0 != isFalseAlarm, program.Id);
            Assert.True(!isFalseAlarm || watch.Violations.Count == 0, program.Id);
        }
    }

    private static bool IsNewest(ConformanceProgram program) => !program.Id.Contains('@') || program.Id.EndsWith(Newest, StringComparison.Ordinal);
}
