using GcReplay.Screen;
using Terminal.Gui.Drawing;

namespace GcReplay.Tests.Screen;

/// <summary>Colours for every terminal, and none where none are wanted.</summary>
public sealed class PaletteTests
{
    [Theory]
    [InlineData("NO_COLOR=1 COLORTERM=truecolor", nameof(ColourDepth.None))]
    [InlineData("TERM=dumb", nameof(ColourDepth.None))]
    [InlineData("TERM=xterm-256color COLORTERM=truecolor", nameof(ColourDepth.True))]
    [InlineData("TERM=xterm-256color", nameof(ColourDepth.Sixteen))]
    [InlineData("TERM=linux", nameof(ColourDepth.Sixteen))]
    [InlineData("TERM=xterm NO_COLOR=", nameof(ColourDepth.Sixteen))]
    public void The_environment_says_how_many_colours_there_are(string environment, string depth)
    {
        var variables = environment.Split(' ').Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);

        Assert.Equal(depth, Palette.DepthOf(name => variables.GetValueOrDefault(name)).ToString());
    }

    [Theory]
    [InlineData("15;0", false)]
    [InlineData("0;15", true)]
    [InlineData("0;default;7", true)]
    [InlineData("what", false)]
    [InlineData(null, false)]
    public void A_terminal_may_say_that_its_ground_is_light(string? variable, bool isLight) => Assert.Equal(isLight, Palette.IsLight(variable));

    [Fact]
    public void Text_can_be_read_on_a_dark_and_on_a_light_ground()
    {
        AssertReadable(new Palette(ColourDepth.True), new Color(0, 0, 0));
        AssertReadable(new Palette(ColourDepth.True).On(new Color(255, 255, 255)), new Color(255, 255, 255));
    }

    [Fact]
    public void Every_meaning_that_stands_out_does_so_without_colours_too() =>
        Assert.All(
            [Ink.Present, Ink.Selected, Ink.Failure, Ink.Corrupt, Ink.Changed, Ink.Title, Ink.ActiveTitle, Ink.Mark, Ink.Caret],
            ink => Assert.NotEqual(TextStyle.None, new Palette(ColourDepth.None)[ink].Style));

    private static void AssertReadable(Palette palette, Color ground) => Assert.All(Enum.GetValues<Ink>(), ink =>
    {
        var look = palette[ink];
        if (look.Foreground != Color.None)
            Assert.InRange(Contrast(look.Foreground, look.Background == Color.None ? ground : look.Background), 4.0, 21);
    });

    /// <summary>As the accessibility guidelines of the web count it; they ask for 4.5 for small text.</summary>
    private static double Contrast(Color one, Color other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(Color colour) => 0.2126 * Linear(colour.R) + 0.7152 * Linear(colour.G) + 0.0722 * Linear(colour.B);

    private static double Linear(byte part) => part / 255.0 is var c && c <= 0.03928 ? c / 12.92 : Math.Pow((part / 255.0 + 0.055) / 1.055, 2.4);
}
