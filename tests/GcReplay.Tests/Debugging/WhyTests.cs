using GcReplay.Debugging;
using GcReplay.Heaps;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging;

public sealed class WhyTests : IDisposable
{
    private readonly TraceReader trace = TraceReader.Open(Repository.PathOf("traces/bpo-46070/crash.gctrace"));
    private readonly Debugger debugger;

    public WhyTests() => debugger = new Debugger(trace);

    public void Dispose() => trace.Dispose();

    [Theory]
    [InlineData("sub.generation2", "0x7ffff6f440c8")]
    [InlineData("sub.generation2.next", "0x7ffff6f440c8")]
    [InlineData("sub.generation2.prev", "0x7ffff6f440d0")]
    [InlineData("0x7ffff6f440c8", "0x7ffff6f440c8")]
    [InlineData("0x7ffff6f440c8 + 8", "0x7ffff6f440d0")]
    [InlineData("[0x7ffff6f440c8]", "0x7ffff6f440c8")]
    [InlineData("[[0x7ffff6f440c8]]", "0x555555757190")]
    [InlineData("sub.generation2.next.ob_refcnt", "0x5555557571a0")]
    [InlineData("g1", "0x600090")]
    [InlineData("g1.slot0", "0x5555557571c0")]
    [InlineData("#2.slot[0]", "0x5555557571c0")]
    [InlineData("#2.slot[position - 90]", "0x5555557571c0")]
    [InlineData("#2[0]", "0x5555557571c0")]
    [InlineData("(#2)[0]", "0x5555557571c0")]
    [InlineData("address(#2) + 8", "0x5555557571a8")]
    public void It_takes_every_expression_that_is_read_from_a_word_or_comes_to_an_address(string expression, string word)
    {
        debugger.Execute("goto 90");

        Assert.Equal(word, (string)debugger.Execute($"why {expression}").Data["address"]!);
        Assert.NotNull(debugger.Execute($"who-wrote {expression}"));
    }

    [Fact]
    public void A_field_reached_through_an_event_is_that_of_the_object_that_the_event_names()
    {
        debugger.Execute("goto 67");

        Assert.Contains("more words than one; name a field, as in event.object._gc_next", Message("why event.object"));
        Assert.Equal((string)debugger.Execute("why #2._gc_prev").Data["address"]!, (string)debugger.Execute("why event.object._gc_prev").Data["address"]!);
    }

    [Theory]
    [InlineData("colour(#2)", "is a name, and no word of memory")]
    [InlineData("#2.slot0 == nothing", "is yes or no, and no word of memory")]
    [InlineData("nothing", "no word of memory")]
    [InlineData("#2", "more words than one; name a field, as in #2._gc_next")]
    [InlineData("g2", "there is no g2 here")]
    [InlineData("_PyRuntime.g[2]", "has no answer at position 90")]
    [InlineData("main.frame[0]", "has no answer at position 90")]
    [InlineData("main.zzz", "no struct of the runtime has a field 'zzz'")]
    [InlineData("#2.zzz", "has no field 'zzz'; it has _gc_next")]
    [InlineData("#2[1]", "has no answer at position 90")]
    [InlineData("#2.slot0.slot0", "has no answer at position 90")]
    [InlineData("#99.slot0", "there is no #99 in this trace")]
    [InlineData("[", "unexpected end of input")]
    [InlineData("", "something is missing")]
    public void What_is_no_word_is_refused_with_the_reason(string expression, string reason)
    {
        debugger.Execute("goto 90");

        Assert.Contains(reason, Message($"why {expression}"));
    }

    [Fact]
    public void Of_a_word_that_was_written_over_itself_the_write_that_made_it_so_is_told()
    {
        debugger.Execute("goto 90");

        var lines = debugger.Execute("why sub.generation2.prev").Lines;

        Assert.Contains("  before     the same: it was written over itself", lines);
        Assert.Contains(lines, line => line.StartsWith("  made so by event 56 of 113", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("path g1")]
    [InlineData("path sub.generation2.next")]
    [InlineData("why-alive g1")]
    [InlineData("why-untracked g1")]
    [InlineData("why-freed g1")]
    [InlineData("biography g1 1")]
    [InlineData("barriers g1")]
    [InlineData("object g1")]
    public void Questions_about_an_object_take_every_expression_that_comes_to_one(string question)
    {
        debugger.Execute("goto 90");
        var words = question.Split(' ');

        Assert.Equal(debugger.Execute(string.Join(' ', words.Select((w, i) => i == 1 ? "#2" : w))).Lines, debugger.Execute(question).Lines);
    }

    [Fact]
    public void Referrers_of_a_global_are_those_of_what_it_names()
    {
        debugger.Execute("goto 90");

        Assert.Equal(debugger.Execute("referrers #2").Lines, debugger.Execute("referrers g1").Lines);
    }

    [Theory]
    [InlineData("path main.generation0", "is no object, but main.generation0 head")]
    [InlineData("barriers #2.slot0", "is no object, but nothing")]
    [InlineData("why-freed kind", "is no object, but")]
    [InlineData("referrers kind", "is no object and no address, but")]
    public void What_is_no_object_is_refused_with_what_it_is(string question, string reason)
    {
        debugger.Execute("goto 90");

        Assert.Contains(reason, Message(question));
    }

    [Fact]
    public void A_window_that_begins_behind_the_free_answers_about_a_link_into_freed_memory()
    {
        using var cut = new CutTrace("traces/bpo-46070/crash.gctrace", 98);

        var result = new Debugger(cut.Reader).Execute("why #2._gc_next");

        Assert.Contains(result.Lines, line => line.StartsWith("  before the window: event 56", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("why-untracked #1", "  before the window: event 21  Link")]
    [InlineData("first-bad", "event 98 of 113")]
    public void A_window_tells_what_it_kept_of_the_events_in_front_of_it(string question, string told)
    {
        using var cut = new CutTrace("traces/bpo-46070/crash.gctrace", 98);

        Assert.Contains(new Debugger(cut.Reader).Execute(question).Lines, line => line.StartsWith(told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("why main.frame[0]", "it has no such item here")]
    [InlineData("why main.collecting0", "did you mean 'collecting'? For what")]
    public void An_error_says_what_is_missing(string question, string reason)
    {
        debugger.Execute("goto 90");

        Assert.Contains(reason, Message(question));
    }

    private string Message(string line) => Assert.Throws<GcReplayException>(() => debugger.Execute(line)).Message;
}
