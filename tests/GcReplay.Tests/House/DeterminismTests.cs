namespace GcReplay.Tests.House;

/// <summary>What would make two runs differ does not compile on floors 0 to 2, or is found here.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [MemberData(nameof(LowerFloors))]
    public void Floors_0_to_2_build_with_the_list_of_banned_symbols(string project)
    {
        var items = Repository.Project(project).Descendants().ToList();
        Assert.Contains(items, i => i.Name == "PackageReference" && i.Attribute("Include")!.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Assert.Contains(items, i => i.Name == "AdditionalFiles" && i.Attribute("Include")!.Value == "../../tools/BannedSymbols.txt");
    }

    [Theory]
    [InlineData("T:System.Random")]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("P:System.Environment.TickCount64")]
    [InlineData("T:System.HashCode")]
    [InlineData("M:System.String.GetHashCode")]
    [InlineData("T:System.Threading.Thread")]
    [InlineData("T:System.Threading.Tasks.Task")]
    public void Randomness_clocks_and_threads_are_banned_with_a_reason(string symbol) =>
        Assert.Contains(
            Repository.Read("tools/BannedSymbols.txt").Split('\n'),
            line => line.StartsWith(symbol + ";", StringComparison.Ordinal) && line.Trim().Length > symbol.Length + 10);

    [Fact]
    public void Only_the_trace_files_switch_the_ban_off_and_say_why()
    {
        var bans = from file in Repository.Files
                   where LowerFloorSource(file)
                   from line in Repository.Read(file).Split('\n')
                   where line.Contains("pragma warning disable RS0030")
                   select (file, line);
        Assert.All(bans, ban =>
        {
            Assert.StartsWith("src/GcReplay.Traces/Files/", ban.file);
            Assert.Matches(@"RS0030 // \S+ \S+", ban.line);
        });
    }

    [Theory]
    [MemberData(nameof(LowerFloors))]
    public void An_unordered_collection_is_iterated_only_where_a_comment_says_why_its_order_does_not_matter(string project) =>
        Assert.Empty(UnorderedIteration.In(Path.Combine(AppContext.BaseDirectory, project + ".dll")));

    [Fact]
    public void The_search_for_unordered_iteration_finds_each_form_of_it()
    {
        var found = UnorderedIteration.In(typeof(DeterminismTests).Assembly.Location).Where(f => f.Contains(nameof(UnorderedIterationExamples)));
        Assert.Equal(4, found.Count());
    }

    public static TheoryData<string> LowerFloors() => [.. Repository.LowerFloors];

    private static bool LowerFloorSource(string file) =>
        file.EndsWith(".cs", StringComparison.Ordinal) && Repository.LowerFloors.Any(p => file.StartsWith($"src/{p}/", StringComparison.Ordinal));
}
