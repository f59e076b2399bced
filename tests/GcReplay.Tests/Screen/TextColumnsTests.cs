using GcReplay.Screen;

namespace GcReplay.Tests.Screen;

/// <summary>Text is measured and cut in columns, never within a character.</summary>
public sealed class TextColumnsTests
{
    private const string Smile = "\U0001F600";

    [Fact]
    public void What_is_wide_or_spelled_out_is_as_wide_as_it_is_shown()
    {
        Assert.Equal(2, TextColumns.Of(Smile));
        Assert.Equal(1, TextColumns.Of("e\u0301"));
        Assert.Equal(6, TextColumns.Of("\u001b"));
    }

    [Fact]
    public void A_cut_leaves_out_a_character_that_does_not_fit_as_a_whole()
    {
        Assert.Equal("a", TextColumns.Cut("a" + Smile, 2));
        Assert.Equal("a" + Smile, TextColumns.Cut("a" + Smile, 3));
        Assert.Equal("a ", TextColumns.Fit("a" + Smile, 2));
        Assert.Equal(" b", TextColumns.Skip(Smile + "b", 1));
        Assert.Equal("b", TextColumns.Skip(Smile + "b", 2));
        Assert.Equal("", TextColumns.Skip(Smile + "b", 9));
    }

    [Fact]
    public void A_text_is_broken_between_characters_also_where_none_fits()
    {
        Assert.Equal([Smile, Smile, "a"], TextColumns.Wrapped(Smile + Smile + "a", 2, "", isEarlySpaceTaken: true));
        Assert.Equal([Smile, "a"], TextColumns.Wrapped(Smile + "a", 1, "", isEarlySpaceTaken: true));
    }

    [Fact]
    public void In_a_strip_each_column_is_one_unit()
    {
        Assert.Equal("a??b", TextColumns.PerColumn($"a{Smile}b"));
        Assert.Equal("main", TextColumns.PerColumn("main"));
    }

    [Fact]
    public void Half_a_character_reaches_no_terminal() => Assert.Equal("a\uFFFD" + Smile, TextColumns.Shown("a\uD83D" + Smile));
}
