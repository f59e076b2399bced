using GcReplay.Simulation.Conformance;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class IncminimarkDataTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(ConformanceData.Incminimark, "*.json.gz", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(ConformanceData.Incminimark, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_simulated_collector_agrees_in_every_field_and_fails_where_the_real_one_did(string file)
    {
        var differing = from program in ConformanceFiles.Read([Path.Combine(ConformanceData.Incminimark, file)])
                        let differences = ConformanceRun.Execute(program, "test").Differences
                        where differences.Count > 0
                        select $"{program.Id}: {differences.Count}, the first: {differences.Kept[0]}";
        Assert.Equal("", string.Join('\n', differing));
    }
}
