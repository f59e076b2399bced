namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>Every field is compared in both directions: what is expected and does not happen, what happens and is not mentioned.</summary>
public sealed class CPython39ComparisonTests
{
    [Fact]
    public void What_agrees_has_no_difference() => Assert.Equal(0, ConformanceData.Compare(ConformanceData.SelfReference).Count);

    [Theory]
    [InlineData("{'r':0", "{'r':1", "r", 2)]
    [InlineData(",'ev':[['A',0]]", "", "ev", 0)]
    [InlineData("[['A',0]]", "[['A',0],['A',1]]", "ev", 0)]
    [InlineData(",'g':{'0':{'set':[]},'2':{'add':[0]}}", "", "g", 2)]
    [InlineData("{'0':{'set':[]},", "{'0':{'set':[0]},", "g", 2)]
    [InlineData("'2':{'add':[0]}", "'1':{'add':[0]}", "g", 2)]
    [InlineData(",'rc':[[0,2]]", "", "rc", 1)]
    [InlineData("[[0,1]],'cnt'", "[[0,1],[1,1]],'cnt'", "rc", 0)]
    [InlineData(",'rc':[[0,2]]", ",'rc':[[0,2]],'fl':[0]", "fl", 1)]
    [InlineData(",'rc':[[0,2]]", ",'rc':[[0,2]],'wr':[[0,-1]]", "wr", 1)]
    [InlineData(",'rc':[[0,2]]", ",'rc':[[0,2]],'gb':[0]", "gb", 1)]
    [InlineData(",'cnt':[0,0,1]", "", "cnt", 2)]
    [InlineData(",'ll':[0,1]", "", "ll", 2)]
    [InlineData(",'st':[[0,0,0],[1,0,0],[0,0,0]]", "", "st", 2)]
    [InlineData("['T',0,0],['V',0,1],['R'", "['T',0,0],['R'", "ph", 2)]
    [InlineData("['U',[[0,2,0]]]", "['U',[[0,2,1]]]", "ph", 2)]
    [InlineData("['V',0,1],['R'", "['V',0,0],['R'", "ph", 2)]
    [InlineData("['R',[[0,1]]]", "['R',[[0,'u']]]", "ph", 2)]
    public void A_field_that_is_otherwise_is_a_difference(string found, string otherwise, string field, int operation)
    {
        var differences = ConformanceData.Compare(Changed(found, otherwise));
        Assert.Equal((operation, field), (differences.Kept[0].Operation, differences.Kept[0].Field));
    }

    [Fact]
    public void Counts_are_not_compared_where_a_program_shows_none() =>
        Assert.Equal(0, ConformanceData.Compare(Changed("'detail':true", "'detail':true,'counts':false").Replace(",\"cnt\":[1,0,0]", "")).Count);

    [Fact]
    public void Phases_are_not_compared_where_a_program_shows_none() =>
        Assert.Equal(0, ConformanceData.Compare(Changed("'detail':true,", "")).Count);

    [Fact]
    public void A_difference_holds_only_what_differs()
    {
        var first = ConformanceData.Compare(Changed("'rc':[[0,2]]", "'rc':[[0,3]]")).Kept[0];
        Assert.Equal(("[[0,3]]", "[[0,2]]"), (first.Expected!.ToJsonString(), first.Actual!.ToJsonString()));
    }

    [Fact]
    public void All_differences_are_counted_and_the_first_kept()
    {
        var collects = string.Join(',', Enumerable.Repeat("""["collect",0]""", 150));
        var wrong = string.Join(',', Enumerable.Repeat("""{"r":7}""", 150));
        var differences = ConformanceData.Compare($$"""[{"id":"a","ops":[{{collects}}],"expect":[{{wrong}}]}]""");
        // Two fields of each: the result and the statistics that nothing was said about; from the first on the counts, too.
        Assert.Equal((450, 100), (differences.Count, differences.Kept.Count));
    }

    /// <summary>The program that agrees, with another text in one place; single quotes stand for double ones.</summary>
    private static string Changed(string found, string otherwise)
    {
        Assert.Contains(found.Replace('\'', '"'), ConformanceData.SelfReference);
        return ConformanceData.SelfReference.Replace(found.Replace('\'', '"'), otherwise.Replace('\'', '"'));
    }
}
