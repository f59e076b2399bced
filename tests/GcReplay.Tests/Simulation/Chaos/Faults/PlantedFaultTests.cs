using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Simulation.Chaos.Faults;

public sealed class PlantedFaultTests
{
    [Theory]
    [MemberData(nameof(FaultPrograms.Collectors), MemberType = typeof(FaultPrograms))]
    public void Each_fault_of_a_family_has_its_program(string collector) => Assert.Equal(
        Families.Find(collector).Family.Faults.Select(fault => fault.Name).Order(StringComparer.Ordinal),
        FaultPrograms.Of(collector).Select(program => program.Fault).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(FaultPrograms.All), MemberType = typeof(FaultPrograms))]
    public void A_fault_strikes_on_its_program_and_comes_to_what_is_written_there(string collector, string fault)
    {
        var program = FaultPrograms.Of(collector, fault);

        var found = Try(program, fault);

        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            FaultPrograms.Update(program, Text(found));
        else
            Assert.Equal(program.Found, Text(found));
        Assert.True(found.Run.Fault!.Struck > 0);
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.All), MemberType = typeof(FaultPrograms))]
    public void Without_the_fault_its_program_is_clean_and_does_something_else(string collector, string fault)
    {
        var program = FaultPrograms.Of(collector, fault);

        var healthy = Try(program, null);

        Assert.Null(healthy.Failure);
        Assert.Null(healthy.Run.Fault);
        Assert.NotEqual(ContentOf(program, null), ContentOf(program, fault));
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.All), MemberType = typeof(FaultPrograms))]
    public void A_fault_that_nothing_finds_says_why_and_the_others_do_not(string collector, string fault)
    {
        var declared = Families.Find(collector).Family.Faults.Single(one => one.Name == fault);

        Assert.Equal(FaultPrograms.Of(collector, fault).Found == FaultProgram.Nothing, declared.Unseen is not null);
    }

    [Theory]
    [MemberData(nameof(FaultPrograms.All), MemberType = typeof(FaultPrograms))]
    public void Counting_the_occurrences_of_a_fault_changes_nothing(string collector, string fault)
    {
        var program = FaultPrograms.Of(collector, fault);

        var counted = new PreparedRun(program.Options(fault + "@0"), "").Execute(null);

        Assert.True(counted.Fault!.Asked > 0);
        Assert.Equal(0, counted.Fault.Struck);
        Assert.Empty(counted.Choices);
        Assert.Equal(ContentOf(program, null), ContentOf(program, fault + "@0"));
    }

    private static TrialResult Try(FaultProgram program, string? setting) =>
        Trial.Run(new PreparedRun(program.Options(setting), ""), new HashSet<string>(), null);

    /// <summary>Hash of all events and words.</summary>
    private static ulong ContentOf(FaultProgram program, string? setting)
    {
        var prepared = new PreparedRun(program.Options(setting), "");
        var trace = new MemoryTrace(prepared.Header);
        var result = prepared.Execute(trace);
        return trace.Finish(result.ToOutcome(), result.Choices).ContentHash;
    }

    private static string Text(TrialResult found) => found.Failure?.Signature ?? FaultProgram.Nothing;
}
