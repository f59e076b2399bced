using System.Collections.Immutable;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Debugging.Explaining.Tracing;

/// <summary>A program that goes on for some collections, and the fault somewhere in the middle of it: much was done with the same objects before.</summary>
public class LongRunCauseTests
{
    private const string Program = """
        globals head fresh a b tmp
        thread main {
          head = new plain 2 "first"
          a = new plain 30 "a"
          b = new plain 30 "b"
          loop 200 {
            loop 5 {
              fresh = new plain 2 "n"
              store fresh 1 head
              head = copy fresh
            }
            tmp = new plain 4 "t"
            store tmp 0 head
            store a 7 tmp
            store a 29 fresh
            arraycopy a 0 b 10 20
            store b 25 tmp
            clear a 7
            loop 3 { tmp = new plain 3 "garbage" }
          }
        }
        """;

    [Theory]
    [InlineData("marksweep", "gc.trigger", "100", "black-not-cleared", 763, 1068, 1221)]
    [InlineData("generational", "gc.nursery", "512", "remembered-not-cleared", 4, 18, 33)]
    [InlineData("incminimark", "nursery_words", "512", "root-not-dragged-out", 6, 25, 46)]
    public void The_chain_ends_where_the_fault_struck(string collector, string parameter, string value, string fault, params int[] occurrences) =>
        Assert.All(occurrences, occurrence =>
        {
            var run = PlantedRun.Of(new RunOptions
            {
                ProgramName = "long.heap",
                ProgramText = Program,
                Collector = collector,
                Parameters = ImmutableSortedDictionary<string, string>.Empty.Add(parameter, value).Add(RunParameters.Fault, $"{fault}@{occurrence}"),
            });

            Assert.InRange(run.Explain().Cause!.Event, run.Struck, run.Struck + 1);
        });
}
