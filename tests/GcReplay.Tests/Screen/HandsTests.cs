using System.Drawing;
using GcReplay.Screen;
using GcReplay.Tests.Debugging;
using Terminal.Gui.Input;

namespace GcReplay.Tests.Screen;

/// <summary>Keys and mouse, over the whole screen on a terminal in memory.</summary>
public sealed class HandsTests
{
    [Fact]
    public void A_number_goes_to_an_event_or_a_percentage_or_repeats_a_key()
    {
        using var screen = Open();

        screen.Type("97");
        Assert.Contains("97_", screen.LastRow);
        screen.Press(Key.Enter);
        Assert.Equal(97, screen.Position);
        screen.Type("50%");
        Assert.Equal(56, screen.Position);
        screen.Type("7s");
        Assert.Equal(63, screen.Position);
        Assert.Contains(">> 7", screen.Row(0));
        screen.Type("12S");
        Assert.Equal(51, screen.Position);
        Assert.Contains("<< 12", screen.Row(0));
    }

    [Fact]
    public void A_number_and_G_goes_there_as_in_less()
    {
        using var screen = Open();

        screen.Type("97G");
        Assert.Equal(97, screen.Position);
        screen.Type("20g");
        Assert.Equal(20, screen.Position);
        screen.Type("G");
        Assert.Equal(113, screen.Position);
    }

    [Fact]
    public void A_number_before_a_brace_passes_so_many_collections()
    {
        using var once = Open();
        once.Type("g}}");
        using var screen = Open();

        screen.Type("g");
        screen.Type("2}");
        Assert.Equal(once.Position, screen.Position);
        Assert.Contains($">> {once.Position}", screen.Row(0));
        screen.Type("9{");
        Assert.True(screen.Position < once.Position);
    }

    [Fact]
    public void A_key_pressed_twice_while_the_screen_was_busy_is_two_keys_where_the_first_changes_what_it_means()
    {
        using var screen = Open();
        var controller = screen.Controller;

        controller.Answer(new Press("m"), 2, default);
        Assert.Contains("mark m  position 113", string.Join('\n', controller.Session.Output.Select(l => l.Text)));
        screen.Type("20G");
        controller.Answer(new Press("'"), 2, default);
        Assert.Equal(113, screen.Position);
        screen.Press(Key.F2);
        controller.Answer(new Press("Tab"), 3, default);
        Assert.Equal(Pane.Lists, controller.Active);
        controller.Answer(new Press("b"), 2, default);
        Assert.Empty(controller.Session.Debugger.Stops.All);
    }

    [Fact]
    public void Marks_are_set_and_gone_to_by_a_letter()
    {
        using var screen = Open();

        screen.Type("'");
        Assert.Contains("go to mark: press its letter", screen.LastRow);
        screen.Press(Key.Esc);
        screen.Type("20");
        screen.Press(Key.Enter);
        screen.Type("ma");
        Assert.Contains("mark a  position 20", screen.Text);
        screen.Type("G'a");
        Assert.Equal(20, screen.Position);
        screen.Type("''");
        Assert.Equal(113, screen.Position);
    }

    [Fact]
    public void Positions_visited_are_gone_through_back_and_forth()
    {
        using var screen = Open();

        screen.Type("g<");
        Assert.Equal(113, screen.Position);
        screen.Type(">");
        Assert.Equal(0, screen.Position);
        screen.Type(">");
        Assert.Equal(">: < was not pressed since the last movement", screen.LastRow);
    }

    [Fact]
    public void Findings_and_collections_are_gone_to_in_both_directions()
    {
        using var screen = Open();

        screen.Type("[");
        Assert.Equal(97, screen.Position);
        screen.Type("{");
        Assert.Equal(48, screen.Position);
        screen.Type("]");
        Assert.Equal(97, screen.Position);
        screen.Type("]");
        Assert.Equal(113, screen.Position);
        screen.Type("]");
        Assert.Equal("]: this is the end of the trace", screen.LastRow);
    }

    [Fact]
    public void In_a_search_n_and_N_are_matches_and_Esc_leaves_it()
    {
        using var screen = Open();
        screen.Press(Key.F3);

        screen.Type("g/enter");
        screen.Press(Key.Enter);
        Assert.Contains("/enter  n next match", screen.LastRow);
        Assert.Equal(0, screen.Position);
        screen.Type("nnn");
        Assert.Contains("'enter' is not after the selected row of program", screen.LastRow);
        screen.Press(Key.Esc);
        screen.Type("n");
        Assert.NotEqual(0, screen.Position);
    }

    [Fact]
    public void B_breaks_at_what_is_selected_and_takes_the_breakpoint_away_again()
    {
        using var screen = Open();
        screen.Press(Key.F3);

        screen.Type("b");
        Assert.Contains("breakpoint 1: line 18", screen.Text);
        Assert.Contains("B>18", screen.Text);
        screen.Type("b");
        Assert.DoesNotContain("B>18", screen.Text);

        screen.Press(Key.F2);
        screen.Type("b");
        Assert.Contains("breakpoint 2: event Crash", screen.Text);
    }

    [Fact]
    public void W_watches_and_the_watchpoint_stops_a_run()
    {
        using var screen = Open();

        screen.Type("w");
        Assert.Contains("watchpoint 1: #2", screen.Text);
        screen.Type("g");
        screen.Type("c");
        Assert.InRange(screen.Position, 38, 42);
    }

    [Fact]
    public void Y_copies_to_the_clipboard_and_says_what()
    {
        using var screen = Open();

        screen.Type("y");

        Assert.Equal("copied: 113", screen.LastRow);
    }

    [Fact]
    public void The_dot_repeats_the_last_movement()
    {
        using var screen = Open();

        screen.Type("S..");
        Assert.Equal(110, screen.Position);
        screen.Type("3.");
        Assert.Equal(107, screen.Position);
    }

    [Fact]
    public void Z_gives_a_pane_all_the_room_and_takes_it_again()
    {
        using var screen = Open();

        screen.Press(Key.F3);
        screen.Type("z");
        Assert.Contains("[F3 Program]", screen.Text);
        Assert.DoesNotContain("F6 Object", screen.Text);
        screen.Type("z");
        Assert.Contains("F6 Object", screen.Text);
    }

    [Fact]
    public void F1_to_F8_and_Tab_bring_panes_to_the_front()
    {
        using var screen = Open();
        Key[] keys = [Key.F1, Key.F2, Key.F3, Key.F4, Key.F5, Key.F6, Key.F7, Key.F8];

        foreach (var pane in Enum.GetValues<Pane>())
        {
            screen.Press(keys[(int)pane]);
            Assert.Contains($"[F{(int)pane + 1} {pane}]", screen.Text);
        }

        screen.Press(Key.Tab);
        Assert.Equal(Pane.Timeline, screen.Controller.Active);
        screen.Press(Key.Tab.WithShift);
        Assert.Equal(Pane.Words, screen.Controller.Active);
    }

    [Fact]
    public void The_typed_line_completes_commands()
    {
        using var screen = Open();

        screen.Type(":interp");
        screen.Press(Key.Tab);
        Assert.Equal(":interpreters", screen.LastRow);
        screen.Press(Key.Esc);

        screen.Type(":reverse-");
        screen.Press(Key.Tab);
        Assert.Contains("reverse-continue", screen.Text);
        Assert.Contains("reverse-finding", screen.Text);
    }

    [Fact]
    public void The_typed_line_is_edited_as_in_a_shell()
    {
        using var screen = Open();

        screen.Type(":objekt #1");
        screen.Press(Key.A.WithCtrl, Key.CursorRight, Key.CursorRight, Key.CursorRight, Key.Delete, Key.Delete);
        screen.Type("ec");
        Assert.Equal(":object #1", screen.LastRow);
        screen.Press(Key.E.WithCtrl, Key.W.WithCtrl);
        screen.Type("#2");
        Assert.Equal(":object #2", screen.LastRow);
        screen.Press(Key.U.WithCtrl);
        Assert.Equal(":", screen.LastRow);
        screen.Press(Key.Backspace);
        Assert.Contains("q quit", screen.LastRow);
    }

    [Fact]
    public void The_last_row_shows_only_keys_that_work_and_another_key_says_why_not()
    {
        using var screen = Open();
        Assert.DoesNotContain("n s", screen.LastRow);

        screen.Type("s");
        Assert.Equal("s: this is the end of the trace", screen.LastRow);
        screen.Type("gf");
        Assert.Equal("f: thread main is in no operation here", screen.LastRow);
        screen.Type("g");
        Assert.Contains("n s c on", screen.LastRow);
    }

    [Fact]
    public void A_key_of_a_pane_that_can_not_work_says_why()
    {
        using var screen = Open();

        screen.Press(Key.F3, Key.Home, Key.Enter);
        Assert.Equal("Enter: no statement stands on line 1", screen.LastRow);
        screen.Type("g");
        screen.Press(Key.F1, Key.CursorLeft);
        Assert.Equal("Left: this is the start of the trace", screen.LastRow);
        screen.Press(Key.F4);
        screen.Type("e");
        Assert.Equal("e: this event changed no word", screen.LastRow);
    }

    [Fact]
    public void The_help_is_that_of_the_pane_in_focus()
    {
        using var screen = Open();

        screen.Press(Key.F1);
        screen.Type("?");

        Assert.Contains("help on Timeline", screen.Text);
        Assert.Contains("goes one column back", screen.Text);
    }

    [Fact]
    public void The_mouse_selects_travels_and_scrolls()
    {
        using var screen = Open();
        var rows = screen.Text.Split('\n').ToList();
        var marks = rows.FindIndex(r => r.StartsWith("marks", StringComparison.Ordinal));

        screen.Click(new Point(rows[marks].IndexOf('*'), marks));
        Assert.Equal(97, screen.Position);
        Assert.Equal(Pane.Timeline, screen.Controller.Active);

        var title = screen.Text.Split('\n').ToList().FindIndex(r => r.Contains("F3 Program"));
        screen.Click(new Point(screen.Row(title).IndexOf("F3", StringComparison.Ordinal), title));
        Assert.Equal(Pane.Program, screen.Controller.Active);

        screen.Press(Key.F2);
        var before = screen.Row(title + 1);
        screen.Wheel(new Point(5, title + 3), up: true);
        Assert.NotEqual(before, screen.Row(title + 1));
    }

    [Fact]
    public void Foreign_names_send_no_escapes_and_wide_ones_keep_the_columns()
    {
        var trace = SimulatedTrace.OfText("names.heap", "thread main {\n  g0 = new plain 1 \"\u65E5\u672C\u8A9Ee\u0301\U0001F600\"\n  g1 = new plain 1 \"\u001b]0;owned\u0007\"\n}\n");
        using var screen = new HeadlessScreen(trace, 80, 24);
        screen.Type("G");

        Assert.DoesNotContain('\u0007', screen.Ansi);
        Assert.DoesNotContain("\u001b]0;", screen.Ansi);
        Assert.Contains("\u65E5\u672C\u8A9E", screen.Text);
        Assert.All(Enumerable.Range(8, 14), row => Assert.Equal("│", screen.Cell(row, 36)));
    }

    [Fact]
    public void Esc_and_a_key_that_follows_it_quickly_are_both_obeyed()
    {
        using var screen = Open();
        screen.Type("/line");
        screen.Press(new Key('b').WithAlt);
        Assert.Contains("/line", screen.LastRow);
        screen.Press(Key.Enter);

        screen.Press(new Key('g').WithAlt);
        Assert.Equal(0, screen.Position);
        Assert.DoesNotContain("/line", screen.LastRow);
    }

    [Fact]
    public void Names_of_wide_joined_and_combined_characters_are_cut_between_characters_at_every_size()
    {
        const string Name = "\U0001F468\u200D\U0001F469\u200D\U0001F467\uFE0F\U0001F1E9\U0001F1EA\u0915\u094D\u0937\uFDFD\u65E5\u672C";
        var trace = SimulatedTrace.OfText("names.heap", $"thread main {{\n  g0 = new plain 1 \"{Name}{Name}{Name}\"\n  collect 2\n}}\n");
        using var screen = new HeadlessScreen(trace, 80, 24);
        screen.Type(":object #1");
        screen.Press(Key.Enter);

        for (var width = 70; width < 110; width += 3)
        {
            screen.Resize(width, 30);
            screen.Press(Key.F2, Key.F6, Key.F5, Key.F8, Key.F4, Key.F3, Key.F7);
            Assert.DoesNotContain('\uFFFD', screen.Text);
        }
    }

    [Fact]
    public void A_title_of_wide_characters_leaves_the_tabs_beside_it_whole()
    {
        var trace = SimulatedTrace.OfText("names.heap", "thread main {\n  g0 = new plain 1 \"\u65E5\u672C\u8A9E\u65E5\u672C\u8A9E\u65E5\u672C\u8A9E\"\n}\n");
        using var screen = new HeadlessScreen(trace, 80, 24);
        screen.Type("G");
        screen.Press(Key.F6);

        Assert.EndsWith("F8 Words", screen.Text.Split('\n').First(row => row.Contains("[F6 Object]", StringComparison.Ordinal)));
    }

    private static HeadlessScreen Open() => new(HeadlessScreen.Crash());
}
