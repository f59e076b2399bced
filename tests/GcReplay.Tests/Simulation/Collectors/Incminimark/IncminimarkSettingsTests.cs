using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Parameters and sizes that can not be are refused before the run, with what is expected.</summary>
public sealed class IncminimarkSettingsTests
{
    [Theory]
    [InlineData("card_page_indices=3", "--set card_page_indices=3: expected a power of two, or 0")]
    [InlineData("nursery_words=100", "--set nursery_words=100: expected no less than large_object_words: any object that is not large must fit")]
    [InlineData("large_object_words=2", "--set large_object_words=2: expected from 3 to 1048576")]
    [InlineData("page_words=30", "--set page_words=30: expected room for a head of 4 words and one object of small_request_threshold_words")]
    [InlineData("arena_words=100", "--set arena_words=100: expected room for one word and a page")]
    [InlineData("debug=3", "--set debug=3: expected from 0 to 2")]
    [InlineData("growth_rate_max=0.5", "--set growth_rate_max=0.5: expected 1 or more")]
    [InlineData("arena=other", "--set arena=other: expected simple or paged")]
    public void A_parameter_out_of_range_is_refused(string setting, string message)
    {
        var error = Assert.Throws<GcReplayException>(() => new PreparedRun(Options("thread main {\n}", setting), "test"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cards_that_an_array_has_no_room_for_are_refused()
    {
        var error = Assert.Throws<GcReplayException>(
            () => new PreparedRun(Options("thread main {\n  push = new plain 100000\n}", "card_page_indices=2"), "test"));

        Assert.Equal(
            "test.heap:2: the cards of 100000 items take more than 255 words with card_page_indices=2. Try: --set card_page_indices=128.", error.Message);
    }

    [Fact]
    public void The_largest_array_has_cards_with_the_parameters_as_they_are()
    {
        var run = TestRun.Of(Options("globals a b\nthread main {\n  a = new plain 1000000\n  collect minor\n  b = new node 2\n  write a 999999 b\n  drop b\n  collect minor\n}", "gc.enabled=on"));

        Assert.Null(run.Result.Failure);
        Assert.Equal(2, run.LiveCount);
    }

    private static RunOptions Options(string text, string setting) => TestRun.Options(text, "incminimark") with
    {
        Parameters = ImmutableSortedDictionary<string, string>.Empty.Add(setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]),
    };
}
