using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace GcReplay.Tests.House;

/// <summary>An arrow between projects goes only downwards, and the two engines do not see each other.</summary>
public sealed class FloorTests
{
    [Theory]
    [InlineData("GcReplay.Heaps", "")]
    [InlineData("GcReplay.Traces", "GcReplay.Heaps")]
    [InlineData("GcReplay.Simulation", "GcReplay.Traces")]
    [InlineData("GcReplay.Debugging", "GcReplay.Traces")]
    [InlineData("GcReplay", "GcReplay.Debugging GcReplay.Simulation")]
    public void A_project_references_only_the_floor_below(string project, string expected) =>
        Assert.Equal(expected, string.Join(' ', Repository.ReferencesOf(project)));

    [Theory]
    [InlineData("GcReplay.Heaps", "GcReplay.Traces GcReplay.Simulation GcReplay.Debugging gcreplay")]
    [InlineData("GcReplay.Traces", "GcReplay.Simulation GcReplay.Debugging gcreplay")]
    [InlineData("GcReplay.Simulation", "GcReplay.Debugging gcreplay")]
    [InlineData("GcReplay.Debugging", "GcReplay.Simulation gcreplay")]
    public void A_built_assembly_names_none_above_it(string assembly, string forbidden)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        var referenced = metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name));
        Assert.Empty(referenced.Intersect(forbidden.Split(' ')));
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = Repository.Read("GcReplay.sln").Replace('\\', '/');
        Assert.DoesNotContain(Repository.Files, f => f.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains(f));
    }
}
