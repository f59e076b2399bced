using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;

namespace GcReplay.Screen;

/// <summary>How many colours a terminal has.</summary>
internal enum ColourDepth
{
    None = 0,

    /// <summary>The sixteen that the user chose for the terminal. A terminal of 256 is shown these too: the toolkit knows sixteen and all.</summary>
    Sixteen,

    True,
}

/// <summary>How each meaning looks: without colours by bold, underlined and reversed text, with them on a dark or a light ground. Every
/// meaning is also told by a letter or sign in the text.</summary>
internal sealed class Palette(ColourDepth depth, bool isLight = false)
{
    /// <summary>Respects NO_COLOR (no-color.org): set and not empty means no colours. Else COLORTERM and TERM say what there is.</summary>
    public static Palette OfEnvironment() => new(DepthOf(Environment.GetEnvironmentVariable), IsLight(Environment.GetEnvironmentVariable("COLORFGBG")));

    /// <summary>For Terminal.Gui's own views: the terminal's colours everywhere.</summary>
    public Scheme Scheme { get; } = new(Plain(TextStyle.None))
    {
        Focus = Plain(TextStyle.None),
        Editable = Plain(TextStyle.None),
        Active = Plain(TextStyle.None),
        Highlight = Plain(TextStyle.Reverse),
        HotNormal = Plain(TextStyle.None),
        HotFocus = Plain(TextStyle.None),
        Disabled = Plain(TextStyle.None),
        ReadOnly = Plain(TextStyle.None),
    };

    public ColourDepth Depth => depth;

    public Terminal.Gui.Drawing.Attribute this[Ink ink] => depth switch
    {
        ColourDepth.None => Monochrome(ink),
        ColourDepth.Sixteen => isLight ? LightSixteen(ink) : DarkSixteen(ink),
        _ => isLight ? Light(ink) : Dark(ink),
    };

    /// <summary>The same, for the ground that the terminal says it has.</summary>
    public Palette On(Color ground) => new(depth, IsLight(ground));

    /// <param name="variable">The value of a variable of the environment; null when it is not set.</param>
    public static ColourDepth DepthOf(Func<string, string?> variable)
    {
        var term = variable("TERM") ?? "";
        if (!string.IsNullOrEmpty(variable("NO_COLOR")) || term == "dumb")
            return ColourDepth.None;
        return variable("COLORTERM") is "truecolor" or "24bit" || !string.IsNullOrEmpty(variable("WT_SESSION")) || term.EndsWith("-direct", StringComparison.Ordinal)
            ? ColourDepth.True
            : ColourDepth.Sixteen;
    }

    /// <summary>Whether a colour is nearer to white than to black, as eyes see it.</summary>
    public static bool IsLight(Color ground) => 299 * ground.R + 587 * ground.G + 114 * ground.B > 1000 * 128;

    /// <summary>What some terminals say about themselves: <c>foreground;background</c>, as numbers of the sixteen colours.</summary>
    public static bool IsLight(string? foregroundAndBackground) =>
        foregroundAndBackground is not null && int.TryParse(foregroundAndBackground.Split(';')[^1], out var ground) && ground is 7 or >= 9 and <= 15;

    /// <summary>Lets the driver write what this palette has.</summary>
    public void Apply() => Driver.Force16Colors = depth != ColourDepth.True;

    private static Terminal.Gui.Drawing.Attribute Monochrome(Ink ink) => ink switch
    {
        Ink.Title or Ink.Black => Plain(TextStyle.Underline),
        Ink.ActiveTitle => Plain(TextStyle.Reverse | TextStyle.Bold),
        Ink.Present or Ink.Selected or Ink.Collection or Ink.Caret => Plain(TextStyle.Reverse),
        Ink.Failure or Ink.Corrupt or Ink.White or Ink.Changed or Ink.Mark or Ink.Key => Plain(TextStyle.Bold),
        Ink.Freed => Plain(TextStyle.Faint | TextStyle.Underline),
        Ink.Dim => Plain(TextStyle.Faint),
        _ => Plain(TextStyle.None),
    };

    private static Terminal.Gui.Drawing.Attribute DarkSixteen(Ink ink) => ink switch
    {
        Ink.Dim => Text(ColorName16.DarkGray),
        Ink.Title or Ink.Key or Ink.Tint1 => Text(ColorName16.Cyan),
        Ink.ActiveTitle => On(ColorName16.Black, ColorName16.Cyan),
        Ink.Present => On(ColorName16.Black, ColorName16.Yellow),
        Ink.Failure => Text(ColorName16.BrightRed),
        Ink.Corrupt => Text(ColorName16.BrightMagenta),
        Ink.Changed => Text(ColorName16.BrightYellow),
        Ink.Freed => Text(ColorName16.Red),
        Ink.Mark or Ink.Tint5 => Text(ColorName16.BrightBlue),
        Ink.Good or Ink.Tint2 => Text(ColorName16.Green),
        Ink.Tint3 => Text(ColorName16.Yellow),
        Ink.Tint4 => Text(ColorName16.Magenta),
        Ink.Tint6 => Text(ColorName16.BrightCyan),
        _ => OfBothSixteen(ink),
    };

    private static Terminal.Gui.Drawing.Attribute LightSixteen(Ink ink) => ink switch
    {
        Ink.Dim => Text(ColorName16.DarkGray),
        Ink.Title or Ink.Key or Ink.Tint1 => Text(ColorName16.Blue),
        Ink.ActiveTitle => On(ColorName16.White, ColorName16.Blue),
        Ink.Present => On(ColorName16.Black, ColorName16.BrightYellow),
        Ink.Failure or Ink.Freed => Text(ColorName16.Red),
        Ink.Corrupt or Ink.Tint4 => Text(ColorName16.Magenta),
        Ink.Changed => Plain(TextStyle.Bold | TextStyle.Underline),
        Ink.Mark or Ink.Tint5 => Text(ColorName16.Blue),
        Ink.Good or Ink.Tint2 => Text(ColorName16.Green),
        Ink.Tint3 => Text(ColorName16.Red),
        Ink.Tint6 => Text(ColorName16.Cyan),
        _ => OfBothSixteen(ink),
    };

    /// <summary>What names its own ground looks the same on any other.</summary>
    private static Terminal.Gui.Drawing.Attribute OfBothSixteen(Ink ink) => ink switch
    {
        Ink.White => On(ColorName16.Black, ColorName16.White),
        Ink.Grey => On(ColorName16.White, ColorName16.DarkGray),
        Ink.Black => On(ColorName16.White, ColorName16.Black),
        Ink.Collection => On(ColorName16.White, ColorName16.Blue),
        Ink.OtherPhase => On(ColorName16.White, ColorName16.Magenta),
        Ink.Selected or Ink.Caret => Plain(TextStyle.Reverse),
        _ => Plain(TextStyle.None),
    };

    private static Terminal.Gui.Drawing.Attribute Dark(Ink ink) => ink switch
    {
        Ink.Dim => Text(0x8A8F98),
        Ink.Title or Ink.Key => Text(0x61AFEF),
        Ink.ActiveTitle => On(0x10141A, 0x61AFEF),
        Ink.Present => On(0x10141A, 0xE5C07B),
        Ink.Failure => Text(0xFF6B6B, TextStyle.Bold),
        Ink.Corrupt => Text(0xE58AF5, TextStyle.Bold),
        Ink.Changed => Text(0xFFD166),
        Ink.Freed => Text(0xD4665C),
        Ink.Mark => Text(0x7AA2F7, TextStyle.Bold),
        Ink.Good => Text(0x98C379),
        Ink.Tint1 => Text(0x56B6C2),
        Ink.Tint2 => Text(0x98C379),
        Ink.Tint3 => Text(0xD19A66),
        Ink.Tint4 => Text(0xC678DD),
        Ink.Tint5 => Text(0x7AA2F7),
        Ink.Tint6 => Text(0x9FD8E0),
        _ => OfBoth(ink),
    };

    private static Terminal.Gui.Drawing.Attribute Light(Ink ink) => ink switch
    {
        Ink.Dim => Text(0x5F6670),
        Ink.Title or Ink.Key => Text(0x0B5CAD),
        Ink.ActiveTitle => On(0xFFFFFF, 0x0B5CAD),
        Ink.Present => On(0x10141A, 0xF2C94C),
        Ink.Failure => Text(0xB3001B, TextStyle.Bold),
        Ink.Corrupt => Text(0x8E24AA, TextStyle.Bold),
        Ink.Changed => Text(0x8A5A00, TextStyle.Bold),
        Ink.Freed => Text(0xA33A2C),
        Ink.Mark => Text(0x1F4FBF, TextStyle.Bold),
        Ink.Good => Text(0x2E7D32),
        Ink.Tint1 => Text(0x00697A),
        Ink.Tint2 => Text(0x2E7D32),
        Ink.Tint3 => Text(0x9A5700),
        Ink.Tint4 => Text(0x7B1FA2),
        Ink.Tint5 => Text(0x1F4FBF),
        Ink.Tint6 => Text(0x00838F),
        _ => OfBoth(ink),
    };

    /// <summary>What names its own ground looks the same on any other.</summary>
    private static Terminal.Gui.Drawing.Attribute OfBoth(Ink ink) => ink switch
    {
        Ink.White => On(0x10141A, 0xE8EAED),
        Ink.Grey => On(0xFFFFFF, 0x6B7078),
        Ink.Black => On(0xFFFFFF, 0x000000),
        Ink.Collection => On(0xFFFFFF, 0x2A5DB0),
        Ink.OtherPhase => On(0xFFFFFF, 0x7A3E9D),
        Ink.Selected or Ink.Caret => Plain(TextStyle.Reverse),
        _ => Plain(TextStyle.None),
    };

    private static Terminal.Gui.Drawing.Attribute Text(ColorName16 colour) => new(new Color(colour), Color.None);

    private static Terminal.Gui.Drawing.Attribute On(ColorName16 colour, ColorName16 ground) => new(colour, ground);

    private static Terminal.Gui.Drawing.Attribute Text(int rgb, TextStyle style = TextStyle.None) => new(Rgb(rgb), Color.None, style);

    private static Terminal.Gui.Drawing.Attribute On(int rgb, int ground) => new(Rgb(rgb), Rgb(ground));

    private static Terminal.Gui.Drawing.Attribute Plain(TextStyle style) => new(Color.None, Color.None, style);

    private static Color Rgb(int rgb) => new(rgb >> 16, rgb >> 8 & 255, rgb & 255);
}
