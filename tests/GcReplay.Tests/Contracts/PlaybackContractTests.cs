using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Contracts;

/// <summary>What a run did and what its trace plays back are the same states.</summary>
public sealed class PlaybackContractTests
{
    /// <summary>Long enough for several blocks, and so for several checkpoints.</summary>
    private const string Long = """
        globals kept ring
        thread main {
          kept = new plain 3 "kept"
          interpreter sub
          spawn worker
          loop 1500 {
            ring = new plain 2 "ring"
            store ring 0 ring
            store kept 0 ring
            push = load kept 1
            drop ring
          }
          join worker
          end sub
        }
        thread worker {
          enter sub
          loop 800 {
            push = new plain 1 "worker's"
            store kept 1 f0
            drop f0
          }
          enter main
        }
        """;

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Every_event_plays_back_to_the_state_it_had(string collector, string allocator)
    {
        var options = TestRun.Options(DeterminismContractTests.Busy, collector, allocator) with { IsChaos = true, Seed = 4 };
        var (run, trace) = Record(options, keepsHashes: true);
        var timeline = new Timeline(trace);

        Assert.All(Enumerable.Range(1, run.Hashes.Count), position =>
        {
            timeline.MoveTo(position);
            Assert.Equal(run.Hashes[position - 1], timeline.Space.Hash);
        });
        Assert.All(Enumerable.Range(1, run.Hashes.Count).Reverse(), position =>
        {
            timeline.MoveTo(position);
            Assert.Equal(run.Hashes[position - 1], timeline.Space.Hash);
        });
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Applying_all_then_undoing_all_gives_the_first_state_at_every_checkpoint(string collector, string allocator)
    {
        var (run, trace) = Record(TestRun.Options(Long, collector, allocator) with { IsChaos = true, Seed = 6 });
        var timeline = new Timeline(trace);

        Assert.InRange(trace.Checkpoints.Count, 2, int.MaxValue);
        for (var i = 0; i < trace.Checkpoints.Count; i++)
        {
            var saved = new AddressSpace();
            trace.LoadCheckpoint(i, saved);
            timeline.MoveTo(trace.Checkpoints[i]);
            Assert.Equal(saved.Hash, timeline.Space.Hash);
        }

        timeline.MoveTo(trace.EventCount);
        Assert.Equal(run.Result.StateHash, timeline.Space.Hash);
        timeline.MoveTo(0);
        Assert.Equal(0UL, timeline.Space.Hash);
        Assert.Equal(0, timeline.Space.CountNonZero());
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public void Two_recordings_of_one_run_are_the_same_bytes(string collector, string allocator)
    {
        var options = TestRun.Options(DeterminismContractTests.Busy, collector, allocator) with { IsChaos = true, Seed = 8 };

        Assert.Equal(FileOf(options), FileOf(options));
    }

    private static (TestRun Run, MemoryTrace Trace) Record(RunOptions options, bool keepsHashes = false)
    {
        var trace = new MemoryTrace(new PreparedRun(options, "test").Header);
        var run = TestRun.Of(options, trace, keepsHashes: keepsHashes);
        trace.Finish(run.Result.ToOutcome(), run.Result.Choices);
        return (run, trace);
    }

    private static byte[] FileOf(RunOptions options)
    {
        var path = Path.GetTempFileName();
        try
        {
            var run = new PreparedRun(options, "test");
            using (var writer = new TraceWriter(path, run.Header, CheckpointPolicy.EveryBlock))
            {
                var result = run.Execute(writer);
                writer.Finish(result.ToOutcome(), result.Choices);
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
