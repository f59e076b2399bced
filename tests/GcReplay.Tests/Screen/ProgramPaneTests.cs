using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>The heap program as text.</summary>
public sealed class ProgramPaneTests
{
    [Fact]
    public void The_current_line_is_marked_and_in_view()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Program, 60, 8);

        Assert.Equal(" >18    drop compile", pane.Selected);
        Assert.Equal(8, pane.Rows.Length);
    }

    [Fact]
    public void Between_statements_the_last_line_is_marked_as_done()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Program).Run("goto 99");

        Assert.Equal(" -15    end sub  done", pane.Selected);
    }

    [Fact]
    public void Breakpoints_stand_in_the_margin()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Program).Run("break line 15").Run("break line 16 if 1 == 2");

        Assert.Contains("B 15    end sub", pane.Rows);
        Assert.Contains("b 16    store sys 0 compile", pane.Rows);
    }

    [Fact]
    public void Enter_runs_to_the_selected_line_and_r_back_to_it()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Program).Run("goto start");
        Assert.True(pane.Find("store sys"));

        pane.Press("Enter");
        Assert.Equal(97, pane.Session.Debugger.Timeline.Position);
        pane.Find("store sys");
        pane.Press("Enter");
        Assert.Equal(100, pane.Session.Debugger.Timeline.Position);

        pane.Press("Up", "Up", "Up", "r");
        Assert.Equal(97, pane.Session.Debugger.Timeline.Position);
        pane.Press("Up", "Up", "r");
        Assert.Equal(37, pane.Session.Debugger.Timeline.Position);
    }

    [Fact]
    public void A_line_without_a_statement_can_not_be_run_to_and_says_so()
    {
        var pane = new OnePane(HeadlessScreen.Crash(), Pane.Program).Press("Home");

        Assert.Equal("no statement stands on line 1", pane.Keys[0].Refusal);
    }
}
