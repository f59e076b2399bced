using System.Collections.Immutable;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Hunting;
using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Simulation.Hunting;

public sealed class ProgramMakerTests
{
    private const int Seeds = 150;

    public static TheoryData<string> Collectors => [.. Families.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Collectors))]
    public void A_generated_program_reads_as_it_prints(string collector)
    {
        var maker = new ProgramMaker(Families.Find(collector).Family);
        var made = Enumerable.Range(1, Seeds).Select(seed => maker.Make((ulong)seed)).ToList();

        Assert.All(made, program => Assert.Equal(program, HeapProgramParser.Parse(program.Name, HeapProgramPrinter.Print(program))));
    }

    [Fact]
    public void A_seed_makes_the_same_program_each_time()
    {
        var family = Families.Find("incminimark").Family;

        Assert.Equal(new ProgramMaker(family).Make(7), new ProgramMaker(family).Make(7));
        Assert.NotEqual(new ProgramMaker(family).Make(7), new ProgramMaker(family).Make(8));
    }

    /// <summary>Nothing that a collector has is left out: each operation in some program, none of them skipped in all.</summary>
    [Theory]
    [MemberData(nameof(Collectors))]
    public void Every_operation_and_kind_of_a_collector_comes_up_and_is_done(string collector)
    {
        var campaign = new Campaign(new HuntTarget { Collector = collector }, []);
        // Some operations need what others did before: a dead object in a queue, a key in a dict.
        for (var seed = 1UL; seed <= 4 * Seeds; seed++)
            campaign.Run(seed);

        Assert.Empty(campaign.TakeCoverage().OperationsNotDone);
        var maker = new ProgramMaker(campaign.Maker.Family);
        var kinds = Enumerable.Range(1, Seeds).SelectMany(seed => Kinds(maker.Make((ulong)seed))).ToHashSet();
        Assert.Empty(campaign.Maker.Family.Kinds.Where(ObjectKinds.Nodes.Contains).Except(kinds));
    }

    [Theory]
    [MemberData(nameof(Collectors))]
    public void The_run_of_a_tree_is_the_run_of_its_text(string collector)
    {
        var maker = new RunMaker(new HuntTarget { Collector = collector });

        for (var seed = 1UL; seed <= 20; seed++)
        {
            var (tree, text) = (maker.Prepare(seed).Execute(), new PreparedRun(maker.Options(seed), "test").Execute());
            Assert.Equal((tree.Events, tree.StateHash, tree.Failure?.Signature), (text.Events, text.StateHash, text.Failure?.Signature));
        }
    }

    [Fact]
    public void Programs_that_mix_what_harms_a_process_in_life_are_not_made()
    {
        var family = Families.Find("cpython39").Family;
        var maker = new ProgramMaker(family);

        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var program = maker.Make(seed);
            ImmutableHashSet<string> used = [.. Kinds(program), .. program.Statements().Select(statement => statement.Operation.Name)];
            Assert.All(family.Misuses, misuse => Assert.False(misuse.Some.Any(used.Contains) && misuse.Others.Any(used.Contains), misuse.Why));
        }
    }

    private static IEnumerable<string> Kinds(HeapProgram program) =>
        program.Statements().SelectMany(statement => statement.Operands).Where(operand => operand is { Form: OperandForm.Type })
            .Select(operand => program.Types[(int)operand!.Number].Kind);
}
