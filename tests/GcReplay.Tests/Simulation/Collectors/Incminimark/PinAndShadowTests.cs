using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Pins and ids where a program does with them what upstream's own programs do not.</summary>
public sealed class PinAndShadowTests
{
    [Theory]
    [InlineData("")]
    [InlineData("g1 = new str 0")]
    public void An_object_that_dies_pinned_leaves_an_empty_pin(string afterwards)
    {
        var run = TestRun.Of(TestRun.Options($$"""
            thread main {
              g0 = new str 0
              pin g0
              drop g0
              collect minor
              {{afterwards}}
              unpin 0
            }
            """, "incminimark"));

        Assert.Null(run.Result.Failure);
        Assert.Equal(afterwards.Length == 0 ? 0 : 1, run.LiveCount);
    }

    [Theory]
    [InlineData("debug")]
    [InlineData("pymalloc")]
    [InlineData("debug:glibc")]
    public void The_place_of_an_id_is_given_back_through_the_door_it_came_by(string allocator)
    {
        var options = TestRun.Options("""
            thread main {
              g0 = new node 2
              id g0
              collect minor
              drop g0
              collect
            }
            """, "incminimark", allocator);
        var run = TestRun.Of(options with { Parameters = options.Parameters.SetItem("arena", "simple") });

        Assert.Null(run.Result.Failure);
        Assert.Equal(0, run.LiveCount);
    }
}
