using GcReplay.Reports;

namespace GcReplay.Tests.Reports;

public sealed class EventWindowTests
{
    [Fact]
    public void A_trace_that_fits_is_shown_whole() => Assert.Equal([new EventPiece(1, 100)], EventWindow.Around([50], 1, 100, 100));

    [Fact]
    public void A_short_chain_is_shown_in_one_piece() => Assert.Equal([new EventPiece(940, 1070)], EventWindow.Around([1010, 1000], 1, 100_000, 240));

    [Fact]
    public void A_chain_that_is_far_spread_is_shown_in_pieces_of_one_width_that_are_few_enough_together()
    {
        var pieces = EventWindow.Around([90_000, 10, 50_000], 1, 100_000, 100);
        Assert.Equal([new EventPiece(1, 27), new EventPiece(49_983, 50_017), new EventPiece(89_983, 90_017)], pieces);
        Assert.InRange(pieces.Sum(p => p.Count), 90, 100);
    }

    [Fact]
    public void Of_more_links_than_events_the_most_important_are_shown() =>
        Assert.Equal([new EventPiece(70, 70), new EventPiece(90, 90)], EventWindow.Around([90, 70, 50, 30, 10], 1, 1000, 2));

    [Fact]
    public void Where_nothing_is_wrong_the_last_events_are_shown() => Assert.Equal([new EventPiece(901, 1000)], EventWindow.Around([], 1, 1000, 100));

    [Fact]
    public void Links_before_a_window_are_not_in_it() => Assert.Equal([new EventPiece(501, 600)], EventWindow.Around([20], 501, 600, 200));
}
