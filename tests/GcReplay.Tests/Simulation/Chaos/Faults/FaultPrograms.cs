using System.Collections.Immutable;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Chaos.Faults;

/// <summary>A section of a family's file: a program on which a fault shows, and what it comes to.</summary>
public sealed record FaultProgram(string Collector, string Fault, ImmutableSortedDictionary<string, string> Parameters, string Found, string Text)
{
    public const string Nothing = "nothing is found";

    /// <param name="setting">Value of the parameter; null for a run without the fault.</param>
    public RunOptions Options(string? setting) => new()
    {
        ProgramName = Fault + ".heap",
        ProgramText = Text,
        Collector = Families.Find(Collector).Family.Faults.Single(fault => fault.Name == Fault).CollectorOf(Collector),
        Parameters = setting is null ? Parameters : Parameters.SetItem(RunParameters.Fault, setting),
    };
}

/// <summary>The files of programs.</summary>
public static class FaultPrograms
{
    private const string Folder = "tests/GcReplay.Tests/Simulation/Chaos/Faults";

    public static TheoryData<string> Collectors =>
        [.. Families.All.Where(family => !family.Faults.IsEmpty).Select(family => family.Name)];

    public static TheoryData<string, string> All =>
        [.. Families.All.SelectMany(family => family.Faults.Select(fault => (family.Name, fault.Name)))];

    public static IReadOnlyList<FaultProgram> Of(string collector)
    {
        var programs = new List<FaultProgram>();
        foreach (var section in Repository.Read(PathOf(collector)).Split("## ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = section.Split('\n');
            var words = lines[0].Split(' ');
            var parameters = words.Skip(1).Select(word => word.Split('=')).ToImmutableSortedDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
            programs.Add(new FaultProgram(collector, words[0], parameters, lines[1][2..], string.Join('\n', lines.Skip(2))));
        }

        return programs;
    }

    public static FaultProgram Of(string collector, string fault) => Of(collector).Single(program => program.Fault == fault);

    /// <summary>Writes a section's signature anew.</summary>
    public static void Update(FaultProgram program, string found)
    {
        var lines = Repository.Read(PathOf(program.Collector)).Split('\n');
        var heading = Array.FindIndex(lines, line => line.Split(' ') is ["##", var fault, ..] && fault == program.Fault);
        lines[heading + 1] = "# " + found;
        File.WriteAllText(Repository.PathOf(PathOf(program.Collector)), string.Join('\n', lines));
    }

    private static string PathOf(string collector) => $"{Folder}/{collector}.heaps";
}
