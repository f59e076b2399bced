using System.Collections.Immutable;
using System.Drawing;

namespace GcReplay.Screen;

/// <summary>Rows at a place of the screen; what is too long is cut, what is missing is blank.</summary>
internal sealed record Block(Rectangle Area, ImmutableArray<Line> Rows);

/// <summary>Everything that the screen shows. Immutable: it is drawn while the next one is made.</summary>
/// <param name="Size">Of the terminal that it was made for.</param>
internal sealed record ScreenContent(Size Size, ImmutableArray<Block> Blocks)
{
    public static readonly ScreenContent Empty = new(default, []);
}
