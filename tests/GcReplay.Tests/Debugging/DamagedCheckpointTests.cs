using System.Runtime.InteropServices;
using GcReplay.Benchmarks;
using GcReplay.Debugging;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Tests.Debugging;

/// <summary>Pages of checkpoints that can not be read cost time and no answer.</summary>
public sealed class DamagedCheckpointTests
{
    private const string Program = """
        globals kept other
        thread main {
          kept = new plain 3 "kept"
          loop 12000 {
            other = new plain 2
            store kept 0 other
          }
        }
        """;

    [Fact]
    public void A_question_that_touches_a_damaged_page_is_answered_as_without_the_damage()
    {
        var whole = SimulatedTrace.OfText("long.heap", Program);
        var checkpoint = whole.Checkpoints[^1];
        Assert.True(checkpoint > 25_000, $"nothing jumps to a checkpoint at {checkpoint}");
        var damaged = new Damaged(whole);

        Assert.Equal(Answers(whole, checkpoint), Answers(damaged, checkpoint));
        Assert.True(damaged.Refused > 0);
    }

    private static string[] Answers(ITraceSource trace, long position)
    {
        var debugger = new Debugger(trace);
        string[] lines = [$"goto {position}", "object #1", "step", "who-wrote #1.slot0", "list main.generation0"];
        return [.. lines.SelectMany(line => debugger.Execute(line).Lines)];
    }

    /// <summary>A trace of whose checkpoints no page of the process can be read.</summary>
    private sealed class Damaged(ITraceSource trace) : WrappedTrace(trace)
    {
        public int Refused { get; private set; }

        public override void LoadCheckpoint(int index, AddressSpace into)
        {
            var state = new AddressSpace();
            base.LoadCheckpoint(index, state);
            into.Load(new Pages(this, [.. state.SavedPages().Select(p => (p.Number, p.Words.ToArray()))], state.Hash));
        }

        private sealed class Pages(Damaged owner, (ulong Number, ulong[] Words)[] pages, ulong hash)
            : SavedState([.. pages.Select(p => p.Number)], hash)
        {
            public override void Read(int index, AddressSpace into)
            {
                if (pages[index].Number < Windows.ProcessEnd >> AddressSpace.PageShift)
                {
                    owner.Refused++;
                    throw new UnreadablePageException($"page {pages[index].Number:x} can not be read");
                }

                into.Fill(index, MemoryMarshal.AsBytes(pages[index].Words.AsSpan()));
            }
        }
    }
}
