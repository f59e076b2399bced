using GcReplay.Hunting;

namespace GcReplay.Tests.Hunting;

public sealed class SeedRangesTests
{
    [Fact]
    public void Ranges_that_touch_become_one()
    {
        var ranges = new SeedRanges();

        ranges.Add(11, 20);
        ranges.Add(31, 40);
        ranges.Add(1, 10);

        Assert.Equal("1-20, 31-40", ranges.ToString());
    }

    [Fact]
    public void The_next_seeds_are_the_first_that_are_not_done()
    {
        var ranges = new SeedRanges();
        ranges.Add(1, 10);
        ranges.Add(14, 20);

        Assert.Equal((11UL, 3), ranges.Next(1, 100));
        Assert.Equal((21UL, 100), ranges.Next(14, 100));
        Assert.Equal((11UL, 2), ranges.Next(5, 2));
    }
}
