using GcReplay.Benchmarks;
using GcReplay.Debugging;
using GcReplay.Debugging.Provenance;
using GcReplay.Debugging.Stops;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Contracts;
using GcReplay.Tests.Traces;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging;

/// <summary>A recording of a few blocks in a file: what its index answers is what a look at every event answers.</summary>
public sealed class RecordedFile : IDisposable
{
    private const string Program = """
        globals kept ring walk
        thread main {
          kept = new plain 3 "kept"
          walk = new plain 2
          store walk 0 walk
          interpreter sub
          loop 900 {
            ring = new plain 2 "ring"
            store ring 0 ring
            store kept 0 ring
            push = new plain 9
            store f0 1 kept
            store kept 1 f0
            drop f0
          }
          end sub
          collect full
          clear walk 0
        }
        """;

    private readonly TemporaryFolder folder = new();

    public RecordedFile()
    {
        var options = TestRun.Options(Program);
        var path = folder.Path("run.gctrace");
        var run = new PreparedRun(options, "test");
        using (var writer = new TraceWriter(path, run.Header, CheckpointPolicy.EveryBlock))
        {
            var result = run.Execute(writer);
            writer.Finish(result.ToOutcome(), result.Choices);
        }

        Hashes = TestRun.Of(options, keepsHashes: true).Hashes;
        Reader = TraceReader.Open(path);
        Assert.InRange(Reader.BlockCount, 3, 100);
    }

    public TraceReader Reader { get; }

    /// <summary>State hash after each event.</summary>
    public IReadOnlyList<ulong> Hashes { get; }

    public void Dispose()
    {
        Reader.Dispose();
        folder.Dispose();
    }
}

public sealed class IndexTests(RecordedFile file) : IClassFixture<RecordedFile>
{
    private readonly ITraceSource indexed = file.Reader;
    private readonly WithoutIndex plain = new(file.Reader);

    [Fact]
    public void A_block_s_index_has_the_words_that_it_changed_and_no_others()
    {
        foreach (var block in Blocks())
        {
            var changed = block.ChangeAddresses.AsSpan(0, block.ChangeCount).ToArray().ToHashSet();
            var summary = indexed.ReadSummary(indexed.BlockOf(block.FirstEvent))!;
            Assert.All(changed.SelectMany(a => new[] { a, a + 8, a ^ 4096 }), a => Assert.Equal(changed.Contains(a), summary.Written.Contains(new Address(a))));
        }
    }

    [Fact]
    public void A_block_s_index_has_the_kinds_and_the_objects_of_its_events()
    {
        foreach (var block in Blocks())
        {
            var summary = indexed.ReadSummary(indexed.BlockOf(block.FirstEvent))!;
            var events = Enumerable.Range(0, block.Count).Select(i => block[i]).ToList();
            Assert.Equal(events.Aggregate(0UL, (mask, e) => mask | 1UL << (int)e.Kind), summary.Kinds);
            Assert.All(events.Where(e => e.Kind == EventKind.Link), e => Assert.True(summary.Names(new Address(e.A)) && summary.Names(new Address(e.B))));
            Assert.All(events.Where(e => e.Kind == EventKind.Allocate && e.C != 0), e => Assert.True(summary.NamesNumber(e.C)));
            Assert.False(summary.NamesNumber(1 << 20));
        }
    }

    [Fact]
    public void Who_wrote_a_word_is_answered_as_without_an_index()
    {
        var words = Blocks().SelectMany(b => b.ChangeAddresses.AsSpan(0, b.ChangeCount).ToArray()).Distinct().Where((_, i) => i % 61 == 0).ToList();
        Assert.All(words, word =>
        {
            foreach (var position in new[] { 1, indexed.EventCount / 2, indexed.EventCount })
                Assert.Equal(Words(plain).LastWrite(new Address(word), position), Words(indexed).LastWrite(new Address(word), position));
        });
    }

    [Fact]
    public void Who_freed_memory_is_answered_as_without_an_index() =>
        Assert.All(Frees(), e =>
        {
            var inside = new Address(e.A + e.B / 2);
            Assert.Equal(Words(plain).LastGone(inside, plain.EventCount), Words(indexed).LastGone(inside, indexed.EventCount));
            Assert.Equal(Words(plain).LastFree(inside, plain.EventCount / 2), Words(indexed).LastFree(inside, indexed.EventCount / 2));
        });

    [Fact]
    public void Births_deaths_and_places_are_found_as_without_an_index()
    {
        var (expected, found) = (new ObjectIndex(new BlockCache(plain)), new ObjectIndex(new BlockCache(indexed)));
        Assert.Equal(expected.Highest(), found.Highest());
        Assert.All(Names(expected), name =>
        {
            Assert.Equal(expected.Find(name), found.Find(name));
            Assert.Equal(PlacesOf(plain, expected, name), PlacesOf(indexed, found, name));
        });
        Assert.Null(found.Find(new ObjectName(expected.Highest() + 1, false)));
    }

    [Fact]
    public void An_object_s_lists_are_found_as_without_an_index_and_as_the_full_index_has_them()
    {
        var objects = new ObjectIndex(new BlockCache(plain));
        Assert.All(Names(objects), name =>
        {
            var places = PlacesOf(plain, objects, name);
            var (expected, found) = (new Memberships(new BlockCache(plain)).OfObject(places), new Memberships(new BlockCache(indexed)).OfObject(places));
            for (var number = 1L; number <= indexed.EventCount; number++)
                Assert.Equal(expected.Contains(number), found.Contains(number));
        });
    }

    [Fact]
    public void A_list_s_history_is_found_as_without_an_index()
    {
        var end = new Timeline(indexed);
        end.MoveTo(indexed.EventCount / 2);
        var heads = end.View.Lists().Select(list => list.Head).ToList();
        Assert.NotEmpty(heads);
        Assert.All(heads, head =>
        {
            var (expected, found) = (new Memberships(new BlockCache(plain)).OfList(head), new Memberships(new BlockCache(indexed)).OfList(head));
            for (var number = 1L; number <= indexed.EventCount; number++)
                Assert.Equal(expected.Contains(number), found.Contains(number));
        });
    }

    /// <summary>A condition on the state is asked only where the event may stop the run.</summary>
    [Theory]
    [InlineData("break #2 if #2.ob_refcnt < 4", true)]
    [InlineData("break #2 if colour(#2) == none", true)]
    [InlineData("break InterpreterEnd if list(#1) != none", true)]
    [InlineData("break CollectionBegin if #1.ob_refcnt > 0", true)]
    [InlineData("watch value list(#2)", true)]
    [InlineData("break Free if #1.ob_refcnt > 1 && position % 701 == 3", false)]
    [InlineData("watch value #1.ob_refcnt", false)]
    public void A_run_with_a_condition_stops_where_it_stops_without_an_index(string stop, bool passesOverBlocks)
    {
        var (expected, found) = (new Debugger(plain), new Debugger(indexed));
        expected.Execute(stop);
        found.Execute(stop);
        foreach (var forward in new[] { true, false })
        {
            for (var stops = 0; stops < 40; stops++)
            {
                var (halt, other) = (expected.Runner.Continue(forward), found.Runner.Continue(forward));
                Assert.Equal((halt.Reason, expected.Timeline.Position), (other.Reason, found.Timeline.Position));
                if (halt.Reason != HaltReason.Stop)
                    break;
            }

            expected.Timeline.MoveTo(indexed.EventCount);
            found.Timeline.MoveTo(indexed.EventCount);
        }

        var counting = new WithoutIndex(indexed) { HasIndex = true };
        var debugger = new Debugger(counting);
        debugger.Execute(stop);
        counting.BlocksRead.Clear();
        debugger.Runner.Continue(forward: true);
        for (var stops = 0; stops < 3; stops++)
            debugger.Runner.Continue(forward: true);
        Assert.True(!passesOverBlocks || counting.BlocksRead.Count < counting.BlockCount, $"{counting.BlocksRead.Count} of {counting.BlockCount} blocks are read");
    }

    [Fact]
    public void A_position_reached_through_a_checkpoint_has_the_words_it_had_in_the_run()
    {
        var timeline = new Timeline(indexed);
        for (var i = 1L; i < 60; i++)
        {
            var position = i * 7919 % indexed.EventCount + 1;
            timeline.MoveTo(position);
            Assert.Equal(file.Hashes[(int)position - 1], timeline.Space.Hash);
            Assert.Equal(timeline.Space.Hash, i % 7 == 0 ? timeline.Space.ComputeHash() : timeline.Space.Hash);
        }
    }

    private static WordHistory Words(ITraceSource source) => new(new BlockCache(source));

    private static IReadOnlyList<Placement> PlacesOf(ITraceSource source, ObjectIndex objects, ObjectName name) =>
        new Placements(new BlockCache(source), objects).Of(name);

    private static IEnumerable<ObjectName> Names(ObjectIndex objects)
    {
        for (var number = 1UL; number <= objects.Highest(); number += 89)
            yield return new ObjectName(number, false);
        yield return new ObjectName(1, true);
        yield return new ObjectName(2, true);
    }

    private IEnumerable<EventBlock> Blocks() => Enumerable.Range(0, indexed.BlockCount).Select(indexed.ReadBlock);

    private IEnumerable<Event> Frees() => Blocks().SelectMany(b => Enumerable.Range(0, b.Count).Select(i => b[i]))
        .Where((e, i) => e.Kind is EventKind.Free or EventKind.Unmap && i % 5 == 0).Take(200);

    /// <summary>The same trace, every block of which must be read, if not said otherwise.</summary>
    private sealed class WithoutIndex(ITraceSource trace) : WrappedTrace(trace)
    {
        public bool HasIndex { get; init; }

        public HashSet<int> BlocksRead { get; } = [];

        public override EventBlock ReadBlock(int block)
        {
            BlocksRead.Add(block);
            return base.ReadBlock(block);
        }

        public override BlockSummary? ReadSummary(int block) => HasIndex ? base.ReadSummary(block) : null;
    }
}
