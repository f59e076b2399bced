using GcReplay.Simulation.Conformance;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class ConformanceDataTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(ConformanceData.CPython39, "*.json.gz", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(ConformanceData.CPython39, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_simulated_collector_agrees_in_every_field(string file)
    {
        var differing = from program in ConformanceFiles.Read([Path.Combine(ConformanceData.CPython39, file)])
                        let differences = ConformanceRun.Execute(program, "test").Differences
                        where differences.Count > 0
                        select $"{program.Id}: {differences.Count}, the first: {differences.Kept[0]}";
        Assert.Equal("", string.Join('\n', differing));
    }

    [Fact]
    public void The_data_are_complete()
    {
        var programs = ConformanceFiles.Read([Path.Combine(ConformanceData.CPython39, "dev")]).ToList();
        Assert.Equal((301, 26_037), (programs.Count, programs.Sum(program => program.Operations.Length)));
        Assert.Equal(112, ConformanceFiles.Read([Path.Combine(ConformanceData.CPython39, "subinterpreters.json.gz")]).Count());
    }
}
