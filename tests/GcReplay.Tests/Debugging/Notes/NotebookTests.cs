using GcReplay.Debugging;
using GcReplay.Heaps;
using GcReplay.Tests.CommandLine;

namespace GcReplay.Tests.Debugging.Notes;

public sealed class NotebookTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private string NotesPath => folder.PathOf("small.gctrace.notes");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Marks_and_notes_come_back_in_the_next_session()
    {
        var first = Session();
        first.Execute("goto 14");
        first.Execute("mark middle");
        first.Execute("note worker begins here");

        var second = Session();
        second.Execute("goto mark middle");

        Assert.Equal(14, second.Timeline.Position);
        Assert.Equal(["* 14  mark middle", "* 14  note worker begins here"], second.Execute("marks").Lines);
    }

    [Fact]
    public void Two_sessions_over_one_trace_keep_the_marks_of_both()
    {
        var (one, other) = (Session(), Session());
        one.Execute("marks");
        other.Execute("mark a");
        one.Execute("mark b");

        Assert.Equal(["a", "b"], Session().Notebook.Marks().Select(m => m.Name));
    }

    [Fact]
    public void Notes_of_another_recording_are_not_used_and_not_overwritten()
    {
        File.WriteAllText(NotesPath, "gcreplay notes 1\ntrace 7 events, content 0000000000000001\nmark 3 x\n");
        var before = File.ReadAllText(NotesPath);

        var e = Assert.Throws<GcReplayException>(() => Session().Execute("mark here"));

        Assert.Contains("about another recording", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(NotesPath));
    }

    [Fact]
    public void A_file_that_holds_something_else_is_left_alone()
    {
        File.WriteAllText(NotesPath, "my shopping list\n");

        Assert.Contains("is no file of notes", Assert.Throws<GcReplayException>(() => Session().Execute("marks")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_written_is_said_and_not_remembered()
    {
        var session = new Debugger(HandMadeStories.SmallRun(), folder.PathOf("no/such/folder/small.notes"));

        Assert.Contains("can not be written", Assert.Throws<GcReplayException>(() => session.Execute("mark here")).Message, StringComparison.Ordinal);
        Assert.Empty(session.Notebook.Marks());
    }

    private Debugger Session() => new(HandMadeStories.SmallRun(), NotesPath);
}
