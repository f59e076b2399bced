using GcReplay.Heaps;

namespace GcReplay.Tests.Debugging;

public class WhyUntrackedTests
{
    [Fact]
    public void A_tuple_is_told_with_its_site_and_its_items()
    {
        var data = Ask("g0 = new leaf 0\ng1 = tuple \"pair\" g0 g0\ncollect 0", "#2");

        Assert.Equal(("unlinked", "untrack-tuple"), ((string)data["state"]!, (string)data["site"]!));
        Assert.Equal(["item[0]  #1 leaf, no GC object", "item[1]  #1 leaf, no GC object"], data["items"]!.AsArray().Select(i => (string)i!));
    }

    [Fact]
    public void A_dict_that_was_never_tracked_has_no_event()
    {
        var data = Ask("g0 = new leaf 0\ng1 = dict \"box\"\ndictset g1 1 g0", "#2");

        Assert.Equal("unlinked", (string)data["state"]!);
        Assert.Null(data["event"]);
    }

    [Fact]
    public void A_leaf_has_no_links() => Assert.Equal("nolinks", (string)Ask("g0 = new leaf 0", "#1")["state"]!);

    [Fact]
    public void A_tracked_object_is_told_with_its_list()
    {
        var data = Ask("g0 = new plain 0\ncollect 0", "#1");

        Assert.Equal(("onlist", "main.generation1", "track-at-birth"), ((string)data["state"]!, (string)data["list"]!, (string)data["site"]!));
    }

    [Fact]
    public void What_the_program_untracked_is_told_with_its_statement() =>
        Assert.Equal("untrack-by-program", (string)Ask("g0 = new plain 0\nuntrack g0\ntrack g0\nuntrack g0", "#1")["site"]!);

    [Fact]
    public void A_dead_object_is_told_as_it_was_just_before() =>
        Assert.Equal("untrack-at-death", (string)Ask("g0 = new plain 0\ndrop g0", "#1")["site"]!);

    [Theory]
    [InlineData("gh-92036", "unlinked", "untrack-at-end")]
    [InlineData("gh-116510", "headless", "unlink-head-at-end")]
    public void A_survivor_of_an_interpreter_is_told_with_what_its_end_did(string revision, string state, string site)
    {
        var data = Ask("interpreter sub\nenter sub\ng0 = new plain 0\nenter main\nend sub", "#1", $"cpython39@{revision}");

        Assert.Equal((state, site), ((string)data["state"]!, (string)data["site"]!));
    }

    [Fact]
    public void One_that_is_not_born_yet_is_said_so()
    {
        var debugger = new GcReplay.Debugging.Debugger(SimulatedTrace.OfText("p.heap", "thread main {\ng0 = new plain 0\n}"));

        Assert.Contains("not born yet", Assert.Throws<GcReplayException>(() => debugger.Execute("why-untracked #1")).Message);
    }

    private static System.Text.Json.Nodes.JsonObject Ask(string body, string about, string collector = "cpython39")
    {
        var debugger = new GcReplay.Debugging.Debugger(SimulatedTrace.OfText("p.heap", $"thread main {{\ndisable\n{body}\ncollect minor\n}}", collector));
        debugger.Execute("break line " + (body.Count(c => c == '\n') + 4));
        debugger.Execute("continue");
        return debugger.Execute($"why-untracked {about}").Data;
    }
}
