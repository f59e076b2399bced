using GcReplay.Debugging.Explaining;
using GcReplay.Heaps.Sanitizers;

namespace GcReplay.Tests.Debugging.Explaining;

public class ExplainerTests
{
    [Fact]
    public void A_run_that_went_well_has_no_chain()
    {
        var explanation = Explain("g0 = new plain 0\ndrop g0", "cpython39");

        Assert.Empty(explanation.Chain);
        Assert.StartsWith("Nothing went wrong.", explanation.Summary);
    }

    [Fact]
    public void A_chain_begins_at_the_failure_and_holds_the_first_corrupt_event()
    {
        var explanation = Explain("interpreter sub\nenter sub\ng0 = new plain 0\nenter main\nend sub\ndrop g0", "cpython39@7247407");

        Assert.Equal((ChainRole.Failure, explanation.Failure!.Event), (explanation.Chain[0].Role, explanation.Chain[0].Event));
        Assert.Contains(explanation.Chain, l => l.Role == ChainRole.Corruption && l.Event == explanation.Corruption!.Event);
    }

    [Fact]
    public void A_chain_goes_back_in_time_from_the_failure_and_its_two_sentences_are_short()
    {
        var explanation = Explain("interpreter sub\nenter sub\ng0 = new plain 0\nenter main\nend sub\ndrop g0", "cpython39@7247407");

        var between = explanation.Chain.Skip(1).SkipLast(1).Select(l => l.Event).ToList();
        Assert.Equal(between.OrderDescending(), between);
        Assert.InRange(explanation.Summary.Split(' ').Length, 1, 60);
        Assert.Contains("(born in and owned by sub, actor main) was still on sub.generation2 when event", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_told_back_in_time_and_without_a_cause_the_chain_ends_with_the_corrupt_event()
    {
        var violation = new Violation("a-check", 4, "it is broken", default, 0, "", "");
        var inquiry = new Inquiry(new GcReplay.Debugging.Debugger(SimulatedTrace.OfText("p.heap", "thread main {\ng0 = new plain 0\n}")), null, [violation]);
        inquiry.Add(4, ChainRole.Corruption, "it is broken");
        inquiry.Add(2, ChainRole.Evidence, "it was whole");
        inquiry.Add(6, ChainRole.Consequence, "it is used");

        Assert.Equal([6L, 2L, 4L], inquiry.Chain.Select(l => l.Event));
        inquiry.End(new ChainLink(3, ChainRole.Decision, "it was broken"));
        Assert.Equal([6L, 4L, 2L, 3L], inquiry.Chain.Select(l => l.Event));
    }

    private static Explanation Explain(string body, string collector) =>
        Explainer.Of(new GcReplay.Debugging.Debugger(SimulatedTrace.OfText("p.heap", $"thread main {{\n{body}\n}}", collector)));
}
