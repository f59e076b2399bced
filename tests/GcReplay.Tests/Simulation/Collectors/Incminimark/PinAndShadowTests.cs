using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Pins and ids where a program does with them what upstream's own programs do not.</summary>
public sealed class PinAndShadowTests
{
    /// <summary>Each minor collection makes the array grey again, and each step visits it and nothing else. As upstream's algorithm: it is so for
    /// single objects there, measured; programs that are generated with pins have no objects so large.</summary>
    [Theory]
    [InlineData("10", "hang")]
    [InlineData("11", null)]
    public void Marking_never_ends_where_an_object_that_reaches_itself_and_a_pinned_one_is_larger_than_a_step(string nurseryWords, string? failure)
    {
        var options = TestRun.Options("""
            thread main {
              g0 = new plain 40
              collect minor
              store g0 39 g0
              g1 = new str 1
              pin g1
              store g0 0 g1
              collect full
            }
            """, "incminimark");
        var parameters = options.Parameters.SetItem("nursery_words", nurseryWords).SetItem("large_object_words", "4").SetItem("small_request_threshold_words", "4");

        Assert.Equal(failure, TestRun.Of(options with { Parameters = parameters }).Result.Failure?.Kind);
    }

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
