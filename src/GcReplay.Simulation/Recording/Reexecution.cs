using System.Globalization;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;

namespace GcReplay.Simulation.Recording;

/// <summary>Where a re-execution first differs from the trace.</summary>
/// <param name="Event">Number of the first event that differs.</param>
/// <param name="Expected">What the trace has, in words.</param>
/// <param name="Actual">What the run did, in words.</param>
public sealed record Divergence(long Event, string Expected, string Actual);

/// <summary>What a re-execution found.</summary>
/// <param name="Divergence">Null when every event and every word agrees.</param>
/// <param name="EventsCompared">Number of events that agree.</param>
public sealed record VerifyResult(Divergence? Divergence, long EventsCompared, RunResult Run)
{
    /// <summary>The plug-in that ran, when it is not the file that the trace was recorded with.</summary>
    public PlugInNote? OtherPlugIn { get; init; }
}

/// <summary>Runs a trace's program again from its recorded choices and compares event by event, word by word.</summary>
public static class Reexecution
{
    public static VerifyResult Verify(ITraceSource trace, CancellationToken cancellation = default) => Verify(trace, null, false, cancellation);

    /// <param name="collector">The plug-in's file, where the trace's collector came from one.</param>
    /// <param name="forgets">Whether the run throws away every object after each operation: see <see cref="PreparedRun.Execute"/>.</param>
    /// <remarks>A trace that was interrupted, or stopped at a hazard or violation, is compared up to its end.</remarks>
    public static VerifyResult Verify(ITraceSource trace, string? collector, bool forgets, CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var comparison = new Comparison(trace, stop);
        var prepared = new PreparedRun(RunOptions.Of(trace, collector), trace.Header.ToolVersion);
        var run = prepared.Execute(comparison, forgets: forgets, cancellation: stop.Token);
        cancellation.ThrowIfCancellationRequested();
        comparison.Finish(run);
        return new VerifyResult(comparison.Divergence, comparison.Agreed, run)
        {
            OtherPlugIn = prepared.Header.PlugIn == trace.Header.PlugIn ? null : prepared.Header.PlugIn,
        };
    }

    private sealed class Comparison(ITraceSource trace, CancellationTokenSource stop) : IBlockSink
    {
        private EventBlock? expected;

        public Divergence? Divergence { get; private set; }

        /// <summary>Number of the last event that agrees.</summary>
        public long Agreed { get; private set; }

        private bool MayEndEarly => trace.Damage is not null || trace.Outcome is null or { Status: RunStatus.Cancelled } or { Failure.Kind: "hazard" or "violation" };

        public EventBlock Take(EventBlock block, AddressSpace state)
        {
            for (var i = 0; i < block.Count && Divergence is null; i++)
                Compare(block, i);
            if (Divergence is null)
                CompareCheckpoint(block.LastEvent, state);
            if (Divergence is not null || Agreed == trace.EventCount)
                stop.Cancel();
            block.Clear();
            return block;
        }

        public void Finish(RunResult run)
        {
            if (Divergence is not null)
                return;
            if (Agreed < trace.EventCount)
                Divergence = new Divergence(Agreed + 1, Describe(trace.EventCount > Agreed ? EventOf(Agreed + 1) : default), "the run ends here");
            else if (trace.Outcome is { } outcome && run.Events == outcome.Events && outcome.StateHash != run.StateHash)
                Divergence = new Divergence(Agreed, Hash(outcome.StateHash), Hash(run.StateHash));
        }

        private void Compare(EventBlock block, int index)
        {
            var number = block.FirstEvent + index;
            if (number > trace.EventCount)
            {
                if (!MayEndEarly)
                    Divergence = new Divergence(number, "the trace ends here", Describe(block[index]));
                return;
            }

            if (expected is null || number < expected.FirstEvent || number > expected.LastEvent)
                expected = trace.ReadBlock(trace.BlockOf(number));
            var other = (int)(number - expected.FirstEvent);
            if (block[index] != expected[other])
                Divergence = new Divergence(number, Describe(expected[other]), Describe(block[index]));
            else
                CompareChanges(number, block, index, other);
            if (Divergence is null)
                Agreed = number;
        }

        private void CompareChanges(long number, EventBlock block, int index, int other)
        {
            var count = block.ChangeEnds[index] - block.ChangeStart(index);
            var expectedCount = expected!.ChangeEnds[other] - expected.ChangeStart(other);
            for (var i = 0; i < Math.Min(count, expectedCount); i++)
            {
                var actual = block.Change(block.ChangeStart(index) + i);
                var wanted = expected.Change(expected.ChangeStart(other) + i);
                if (actual == wanted)
                    continue;
                Divergence = new Divergence(number, $"{Describe(expected[other])}: {Describe(wanted)}", $"{Describe(block[index])}: {Describe(actual)}");
                return;
            }

            if (count != expectedCount)
                Divergence = new Divergence(number, $"{Describe(expected[other])}: {expectedCount} words", $"{Describe(block[index])}: {count} words");
        }

        private void CompareCheckpoint(long position, AddressSpace state)
        {
            for (var i = 0; i < trace.Checkpoints.Count; i++)
            {
                if (trace.Checkpoints[i] != position)
                    continue;
                var saved = new AddressSpace();
                trace.LoadCheckpoint(i, saved);
                if (saved.ComputeHash() is var hash && hash != state.Hash)
                    Divergence = new Divergence(position, $"checkpoint with {Hash(hash)}", Hash(state.Hash));
            }
        }

        private Event EventOf(long number)
        {
            var block = trace.ReadBlock(trace.BlockOf(number));
            return block[(int)(number - block.FirstEvent)];
        }

        private string Describe(Event e)
        {
            if (!EventShapes.Knows((byte)e.Kind))
                return $"event of unknown kind {(byte)e.Kind}";
            var operands = EventShapes.Of(e.Kind).Operands;
            ulong[] values = [e.A, e.B, e.C, e.D];
            var text = string.Join(", ", operands.Select((o, i) => $"{o.Name} {Operand(o.Kind, values[i])}"));
            var site = e.Site > 0 && e.Site < trace.Header.Layout.Sites.Length ? $" at {trace.Header.Layout.Sites[e.Site].Name}" : "";
            return $"{e.Kind}({text}){site} of thread {e.Thread}";
        }

        private static string Describe(WordChange change) => $"word {change.Address} changes by {new Address(change.Xor)}";

        private static string Hash(ulong hash) => "state hash " + hash.ToString("x16", CultureInfo.InvariantCulture);

        private static string Operand(OperandKind kind, ulong value) => kind is OperandKind.Address or OperandKind.ReadAddress
            or OperandKind.Object or OperandKind.Container or OperandKind.Word or OperandKind.Descriptor
            ? new Address(value).ToString()
            : value.ToString(CultureInfo.InvariantCulture);
    }
}
