using Terminal.Gui.Drawing;

namespace GcReplay.Screen;

/// <summary>How each meaning looks. Without colours, by bold, underlined and reversed text alone; every meaning is also told by a
/// letter or mark in the text.</summary>
internal sealed class Palette(bool hasColours)
{
    /// <summary>Respects NO_COLOR (no-color.org): set and not empty means no colours.</summary>
    public static Palette OfEnvironment() => new(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

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

    public Terminal.Gui.Drawing.Attribute this[Ink ink] => hasColours ? Coloured(ink) : Monochrome(ink);

    private static Terminal.Gui.Drawing.Attribute Monochrome(Ink ink) => ink switch
    {
        Ink.Title => Plain(TextStyle.Underline),
        Ink.ActiveTitle => Plain(TextStyle.Reverse | TextStyle.Bold),
        Ink.Present => Plain(TextStyle.Reverse),
        Ink.Selected => Plain(TextStyle.Reverse),
        Ink.Failure or Ink.Corrupt => Plain(TextStyle.Bold),
        Ink.White => Plain(TextStyle.Bold),
        Ink.Black => Plain(TextStyle.Underline),
        Ink.Changed or Ink.Mark => Plain(TextStyle.Bold),
        Ink.Freed => Plain(TextStyle.Faint | TextStyle.Underline),
        Ink.Collection or Ink.Caret => Plain(TextStyle.Reverse),
        Ink.Key => Plain(TextStyle.Bold),
        Ink.Dim => Plain(TextStyle.Faint),
        _ => Plain(TextStyle.None),
    };

    private static Terminal.Gui.Drawing.Attribute Coloured(Ink ink) => ink switch
    {
        Ink.Dim => Text(ColorName16.DarkGray),
        Ink.Title => Text(ColorName16.Cyan),
        Ink.ActiveTitle => new(ColorName16.Black, ColorName16.Cyan),
        Ink.Present => new(ColorName16.Black, ColorName16.Yellow),
        Ink.Selected => Plain(TextStyle.Reverse),
        Ink.Failure => Text(ColorName16.BrightRed),
        Ink.Corrupt => Text(ColorName16.BrightMagenta),
        Ink.White => new(ColorName16.Black, ColorName16.White),
        Ink.Grey => new(ColorName16.White, ColorName16.DarkGray),
        Ink.Black => new(ColorName16.White, ColorName16.Black),
        Ink.Changed => Text(ColorName16.BrightYellow),
        Ink.Freed => Text(ColorName16.Red),
        Ink.Collection => new(ColorName16.White, ColorName16.Blue),
        Ink.OtherPhase => new(ColorName16.White, ColorName16.Magenta),
        Ink.Mark => Text(ColorName16.BrightBlue),
        Ink.Good => Text(ColorName16.Green),
        Ink.Key => Text(ColorName16.Cyan),
        Ink.Tint1 => Text(ColorName16.Cyan),
        Ink.Tint2 => Text(ColorName16.Green),
        Ink.Tint3 => Text(ColorName16.Yellow),
        Ink.Tint4 => Text(ColorName16.Magenta),
        Ink.Tint5 => Text(ColorName16.BrightBlue),
        Ink.Tint6 => Text(ColorName16.BrightCyan),
        Ink.Caret => Plain(TextStyle.Reverse),
        _ => Plain(TextStyle.None),
    };

    private static Terminal.Gui.Drawing.Attribute Text(ColorName16 colour) => new(new Color(colour), Color.None);

    private static Terminal.Gui.Drawing.Attribute Plain(TextStyle style) => new(Color.None, Color.None, style);
}
