using System.Drawing;
using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>Where panes lie on terminals of all sizes.</summary>
public sealed class ScreenLayoutTests
{
    [Theory]
    [InlineData(200, 60, 7)]
    [InlineData(120, 40, 5)]
    [InlineData(100, 30, 4)]
    [InlineData(80, 24, 4)]
    [InlineData(79, 24, 2)]
    [InlineData(40, 10, 1)]
    [InlineData(30, 6, 1)]
    [InlineData(29, 10, 0)]
    [InlineData(80, 5, 0)]
    public void Regions_are_as_many_as_fit_and_never_overlap(int width, int height, int regions)
    {
        var layout = ScreenLayout.Of(new Size(width, height), 3, null);

        Assert.Equal(regions, layout.Regions.Length);
        Assert.All(layout.Regions, r => Assert.True(r.Area.Right <= width && r.Area.Bottom <= height - 1 && r.Area.Top >= layout.StatusRows && r.Area.Height > 1));
        Assert.All(layout.Regions, r => Assert.DoesNotContain(layout.Regions, q => q != r && q.Area.IntersectsWith(r.Area)));
        Assert.All(layout.Regions, r => Assert.False(r.Area.IntersectsWith(layout.Output)));
    }

    [Theory]
    [InlineData(200, 60)]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    [InlineData(79, 24)]
    [InlineData(30, 6)]
    public void Every_pane_has_one_place_on_every_terminal_that_is_large_enough(int width, int height)
    {
        var layout = ScreenLayout.Of(new Size(width, height), 0, null);

        Assert.Equal(Enum.GetValues<Pane>(), layout.Regions.SelectMany(r => r.Panes).Order());
    }

    [Fact]
    public void A_maximised_pane_has_all_room_between_status_and_keys() =>
        Assert.Equal(new Rectangle(0, 2, 80, 21), Assert.Single(ScreenLayout.Of(new Size(80, 24), 0, Pane.Words).Regions).Area);
}
