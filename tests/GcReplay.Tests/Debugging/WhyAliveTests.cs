using System.Text.Json.Nodes;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps;

namespace GcReplay.Tests.Debugging;

public class WhyAliveTests
{
    [Fact]
    public void The_way_from_a_root_is_told_reference_by_reference()
    {
        var data = Ask("g0 = new plain 1\ng1 = new plain 0\nstore g0 0 g1\ndrop g1", "marksweep", "why-alive #2");

        Assert.Equal(["g0 -> #1 plain", "#1 plain.slot[0] -> #2 plain"], data["path"]!.AsArray().Select(step => (string)step!));
        Assert.Equal(["heap.objects"], data["lists"]!.AsArray().Select(list => (string)list!));
    }

    [Theory]
    [InlineData("why-alive #1")]
    [InlineData("path #1")]
    public void Of_a_long_way_both_ends_are_told_and_all_of_it_in_the_data(string question)
    {
        var result = Asked("g0 = new plain 1\nloop 3000 {\ng1 = new plain 1\nstore g1 0 g0\ng0 = copy g1\n}\ndrop g1", "semispace", question);

        Assert.Equal(3001, result.Data["path"]!.AsArray().Count);
        Assert.Contains(result.Lines, line => line.EndsWith("… 2991 more references …", StringComparison.Ordinal));
        Assert.InRange(result.Lines.Sum(line => line.Length), 0, 2000);
    }

    [Fact]
    public void Garbage_that_waits_for_a_collection_is_told_with_the_event_that_made_it()
    {
        var data = Ask("g0 = new plain 0\ndrop g0", "marksweep", "why-alive #1");

        Assert.Empty(data["path"]!.AsArray());
        Assert.NotNull(data["unreachableSince"]);
    }

    [Fact]
    public void A_count_is_compared_with_the_references_that_there_are()
    {
        var data = Ask("g0 = new plain 1\ng1 = new plain 0\nstore g0 0 g1", "cpython39", "why-alive #2");

        Assert.Equal(2UL, (ulong)data["count"]!);
    }

    [Fact]
    public void What_the_collector_did_last_to_keep_it_is_told_with_its_events()
    {
        var data = Ask("g0 = new plain 0\ncollect", "semispace", "why-alive #1");

        Assert.NotEmpty(data["kept"]!.AsArray());
    }

    [Fact]
    public void An_object_that_was_freed_is_not_alive() =>
        Assert.Contains("was freed by event", Assert.Throws<GcReplayException>(() => Ask("g0 = new plain 0\ndrop g0\ncollect", "marksweep", "why-alive #1")).Message);

    private static JsonObject Ask(string body, string collector, string question) => Asked(body, collector, question).Data;

    private static CommandResult Asked(string body, string collector, string question)
    {
        var debugger = new GcReplay.Debugging.Debugger(SimulatedTrace.OfText("p.heap", $"thread main {{\n{body}\ng9 = new leaf 0\n}}", collector));
        debugger.Execute($"break line {body.Count(c => c == '\n') + 3}");
        debugger.Execute("continue");
        return debugger.Execute(question);
    }
}
