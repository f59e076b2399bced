using System.Runtime.CompilerServices;
using GcReplay.Screen;
using GcReplay.Traces.Files;
using Terminal.Gui.Input;

namespace GcReplay.Tests.Screen;

/// <summary>The whole screen over bpo-46070, on a terminal in memory.</summary>
public sealed class ScreenTests
{
    [Fact]
    public void It_opens_at_the_crash() => GoldenAfter("opens-at-the-crash");

    [Fact]
    public void One_key_goes_from_the_crash_to_the_free_of_the_interpreters_struct() => GoldenAfter("first-bad", new Key('['));

    [Fact]
    public void A_run_that_goes_on_through_hazards_opens_at_the_first_of_them()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash("cpython39@7247407"));

        Assert.Contains("opened at the failure: hazard", screen.Text);
        Assert.Contains("hazard here", screen.Text);
        Golden("hazard", screen.Text);
    }

    [Fact]
    public void A_run_without_a_fault_opens_at_its_start()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash("cpython39@shared-state"));

        Assert.Contains("event 0 of", screen.Text);
        Assert.Contains("opened at the start", screen.Text);
    }

    [Fact]
    public void S_goes_back_and_s_forward_again()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("SSs");
        Assert.Contains("event 112 of 113 >> 1", screen.Row(0));

        screen.Type("s");
        Assert.Contains("event 113 of 113 >> 1", screen.Row(0));

        screen.Type("S");
        Assert.Contains("event 112 of 113 << 1", screen.Row(0));
    }

    [Fact]
    public void N_goes_back_over_what_a_statement_did()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("g:goto 107");
        screen.Press(Key.Enter);
        screen.Type("N");

        Assert.Contains("event 104 of 113", screen.Row(0));
    }

    [Fact]
    public void C_stops_at_the_first_corrupt_event()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("C");

        Assert.Contains("first corrupt here", screen.Row(0));
    }

    [Fact]
    public void W_goes_to_who_wrote_the_links_of_the_object_in_focus()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("W");

        Assert.Contains("who-wrote", screen.Text);
        Assert.Contains("wrote", screen.Text);
        Assert.DoesNotContain("event 113 of 113", screen.Row(0));
        Assert.True(screen.Controller.Session.IsChosen);
    }

    [Fact]
    public void E_explains_from_the_failure_back_to_the_cause()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("E");

        Assert.Contains("corruption", screen.Text);
        Assert.Contains("freed-named-by-live-link", screen.Text);
    }

    [Fact]
    public void Y_tells_why_an_object_lives_or_was_freed_and_why_a_word_is_what_it_is()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type(":#1");
        screen.Press(Key.Enter);
        screen.Type("Y");
        Assert.Contains("why-alive #1", screen.Text);
        screen.Press(Key.Esc);
        screen.Press(Key.F8, Key.CursorDown);
        screen.Type("Y");

        Assert.Contains(".ob_type  the type: module", screen.Text);
        Assert.Contains("written by event 19 of 113", screen.Text);
    }

    [Fact]
    public void A_command_typed_after_the_colon_is_run_and_comes_back_with_the_Up_key()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type(":object #1");
        Assert.EndsWith(":object #1\n", screen.Text);
        screen.Press(Key.Enter);
        Assert.Contains("#1 module 'sys'  live at", screen.Text);

        screen.Type(":");
        screen.Press(Key.CursorUp);
        Assert.EndsWith(":object #1\n", screen.Text);
        screen.Press(Key.Esc, Key.Esc);
        Assert.Contains("q quit", screen.Text);
    }

    [Fact]
    public void A_wrong_command_says_what_was_meant()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type(":interpeters");
        screen.Press(Key.Enter);

        Assert.Contains("Did you mean: interpreters?", screen.Text);
    }

    [Fact]
    public void Enter_on_a_member_of_the_list_brings_it_into_focus_and_Backspace_returns()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());
        screen.Type("90");
        screen.Press(Key.Enter);
        screen.Press(Key.F5);
        Assert.Equal(Pane.Lists, screen.Controller.Active);
        Assert.False(screen.Controller.Session.IsChosen);

        screen.Press(Key.Home, Key.CursorDown, Key.Enter);
        Assert.True(screen.Controller.Session.IsChosen);
        screen.Press(Key.Backspace);
        Assert.False(screen.Controller.Session.IsChosen);
    }

    [Fact]
    public void Enter_on_an_event_goes_there()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Press(Key.CursorUp, Key.CursorUp, Key.Enter);

        Assert.Contains("event 111 of 113", screen.Row(0));
    }

    [Fact]
    public void The_question_mark_shows_all_keys_and_any_key_closes_that()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Type("?");
        Assert.Contains("help on Events", screen.Text);
        Assert.Contains("one event on, of any thread", screen.Text);

        screen.Type("x");
        Assert.Contains("[F2 Events]", screen.Text);
        Assert.EndsWith("x does nothing here; ? shows the keys\n", screen.Text);
    }

    [Fact]
    public void It_follows_the_size_of_the_terminal_down_to_nothing()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());

        screen.Resize(40, 10);
        Assert.Contains("[F2 Events]", screen.Text);
        Assert.DoesNotContain("birthplace", screen.Text);
        screen.Press(Key.F6);
        Assert.Contains("[F6 Object]", screen.Text);

        screen.Resize(20, 5);
        Assert.Equal("needs 30x6, is 20x5", screen.Row(0));

        screen.Resize(1, 1);
        screen.Type("s");
        screen.Resize(100, 30);
        Assert.Contains("event 113 of 113", screen.Row(0));
    }

    [Fact]
    public void Keys_work_before_any_pane_has_room()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash(), 20, 5);

        screen.Press(Key.F1, Key.CursorLeft);

        Assert.InRange(screen.Position, 1, 112);
    }

    [Theory]
    [InlineData("F1")]
    [InlineData("F2")]
    [InlineData("F3")]
    [InlineData("F4")]
    [InlineData("F5")]
    [InlineData("F6")]
    [InlineData("F7")]
    [InlineData("F8")]
    public void A_trace_without_events_is_shown_and_takes_every_key(string pane)
    {
        using var screen = new HeadlessScreen(new MemoryTrace(HeadlessScreen.Crash().Header));

        screen.Controller.Answer(new Press(pane), 1, default);
        Assert.All(Enumerable.Range('!', '~' - '!').Select(c => $"{(char)c}").Except(["q"]).Concat(["Enter", "Left", "Right", "Up", "Down", "PageUp", "PageDown", "Home", "End", "Backspace"]), key =>
        {
            screen.Controller.Answer(new Press(key), 1, default);
            screen.Controller.Answer(new Press("Esc"), 1, default);
            screen.Controller.Answer(new Press("Esc"), 1, default);
        });

        Assert.Contains("event 0 of 0", screen.Row(0));
    }

    [Fact]
    public void Without_colours_there_are_none()
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash(), hasColours: false);

        Assert.DoesNotMatch(@"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:;[0-9;]*)?m", screen.Ansi);
    }

    [Fact]
    public void The_q_key_quits_and_Ctrl_C_breaks_off()
    {
        using (var screen = new HeadlessScreen(HeadlessScreen.Crash()))
        {
            screen.Type("q");
            Assert.True(screen.Controller.HasQuit);
            Assert.False(screen.Controller.IsInterrupted);
        }

        using var other = new HeadlessScreen(HeadlessScreen.Crash());
        other.Type(":obj");
        other.Press(Key.C.WithCtrl);
        Assert.True(other.Controller.HasQuit);
        Assert.True(other.Controller.IsInterrupted);
    }

    [Fact]
    public void The_readme_shows_the_screen_as_it_is() =>
        Assert.Contains(
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "opens-at-the-crash.txt")).TrimEnd(),
            File.ReadAllText(House.Repository.PathOf("README.md")),
            StringComparison.Ordinal);

    private static void GoldenAfter(string name, params Key[] keys)
    {
        using var screen = new HeadlessScreen(HeadlessScreen.Crash());
        screen.Press(keys);
        Golden(name, screen.Text);
    }

    private static void Golden(string name, string text)
    {
        var file = Path.Combine(Path.GetDirectoryName(Here())!, name + ".txt");
        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(file, text);
        Assert.True(File.Exists(file), $"{file} is missing. To write it: GCREPLAY_UPDATE=1");
        Assert.Equal(File.ReadAllText(file), text);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
