using GcReplay.Known;

namespace GcReplay.Tests.Known;

public sealed class RecognitionTests
{
    private const string Crash = "crash write | Unlink |  | untrack | method";
    private const string Freed = "violation freed-named-by-live-link | Free |  |  | method";
    private const string White = "violation black-to-white | Store | marking | barrier | list";

    [Theory]
    [InlineData(Crash, Freed, nameof(Likeness.Same))]
    [InlineData("", Freed, nameof(Likeness.SameCorruption))]
    [InlineData(Crash, White, nameof(Likeness.SameFailure))]
    [InlineData("", "violation freed-named-by-live-link | Sweep |  |  | method", nameof(Likeness.Near))]
    [InlineData("", "violation freed-named-by-live-link | Free |  |  | function", nameof(Likeness.Near))]
    [InlineData("", "violation freed-named-by-live-link | Sweep |  |  | function", null)]
    [InlineData("", White, null)]
    [InlineData("", "", null)]
    public void What_went_wrong_first_decides(string failure, string corruption, string? likeness)
    {
        var known = new KnownFailure("a.gctrace", "c@1", Crash, Freed, "a.md", "A story.");
        Assert.Equal(likeness, Recognition.Of("c@1", failure, corruption, [known]).SingleOrDefault()?.Likeness.ToString());
    }

    [Fact]
    public void A_story_is_named_once_with_the_traces_that_are_most_alike()
    {
        KnownFailure[] known =
        [
            new("a.gctrace", "c@1", "", Freed, "story.md", ""), new("b.gctrace", "c@2", Crash, Freed, "story.md", ""), new("c.gctrace", "c@1", Crash, Freed, "story.md", ""),
        ];
        var match = Assert.Single(Recognition.Of("c@1", Crash, Freed, known));
        Assert.Equal(["c.gctrace", "b.gctrace"], match.Entries.Select(e => e.Trace));
    }

    [Fact]
    public void A_kind_of_object_may_hold_the_sign_that_parts_a_signature() =>
        Assert.Equal("a | b", Signature.Of("violation x | Free | marking | here | a | b").Type);
}
