using GcReplay.Heaps.Memory;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Tests.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Fuzzing;

/// <summary>Whatever a file says, every command answers in words, in bounded time, and writes nothing but its output.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Tried = 240;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Looks =
    [
        "threads", "stack", "interpreters", "object #2", "why-alive #2", "referrers #2", "biography #2", "reverse-step", "step",
        "x 0x1000", "list gc", "print #2", "goto start", "step", "next", "finish", "why #2._gc_prev", "why g0", "why 0x600090",
    ];

    private readonly ScratchFolder folder = new();
    private readonly List<byte[]> traces;

    public FuzzTests() => traces =
    [
        File.ReadAllBytes(Repository.PathOf("traces/bpo-46070/crash.gctrace")),
        File.ReadAllBytes(Repository.PathOf("traces/two-bugs/two-bugs.gctrace")),
        Record("marksweep"),
        EveryContainer(),
        File.ReadAllBytes(Repository.PathOf("traces/frozen/1.0/window.gctrace")),
        File.ReadAllBytes(Repository.PathOf("traces/frozen/1.0/foreign.gctrace")),
        Trimmed("traces/pypy-78bbeb93471/lost.gctrace", "--from", "60"),
        Trimmed("traces/frozen/1.0/foreign.gctrace", "--from", "20", "--redact"),
    ];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void No_changed_trace_leads_to_a_defect_or_keeps_a_command_busy()
    {
        var (first, count) = Asked();
        var wrong = new List<string>();
        for (var number = first; number < first + count && wrong.Count < 10; number++)
        {
            var changed = folder.PathOf("changed.gctrace");
            File.WriteAllBytes(changed, Mutator.Change(traces[number % traces.Count], number));
            foreach (var args in Commands(changed, number))
                wrong.AddRange(Problem(number, args));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>All that reads a trace, and of the debugger's questions some for each file.</summary>
    private IEnumerable<string[]> Commands(string changed, int number) =>
    [
        ["info", changed],
        ["salvage", changed, "-o", folder.PathOf("saved.gctrace")],
        ["salvage", changed, "--behind", "1", "-o", folder.PathOf("saved.gctrace")],
        ["trim", changed, "--redact", "-o", folder.PathOf("saved.gctrace")],
        ["check", changed],
        ["explain", changed],
        ["verify", changed],
        .. number % 4 == 0 ? (string[][])[["report", changed, "-o", folder.PathOf("saved.html")], ["known", changed]] : [],
        .. Looks.Where((_, i) => (i + number) % 4 == 0).Select(look => (string[])["replay", changed, "-x", "goto end", "-x", look, "-x", "goto start"]),
    ];

    private IEnumerable<string> Problem(int number, string[] args)
    {
        using var patience = new CancellationTokenSource();
        var work = Task.Run(() => CommandLineRun.CancelledBy(patience.Token, args), CancellationToken.None);
        if (!work.Wait(Patience, CancellationToken.None))
        {
            patience.Cancel();
            return [$"{number}: {string.Join(' ', args)}: takes longer than {Patience.TotalSeconds} s"];
        }

        var run = work.Result;
        if (run.ExitCode is ExitCode.Defect)
            return [$"{number}: {string.Join(' ', args)}: {run.Error}"];
        var left = folder.Names.Except(["changed.gctrace", "saved.gctrace", "saved.html", "fuzz.heap", "marksweep.gctrace", "every.gctrace"]).ToList();
        return left.Count == 0 ? [] : [$"{number}: {string.Join(' ', args)}: leaves {string.Join(' ', left)}"];
    }

    private byte[] Record(string collector)
    {
        var program = folder.Write("fuzz.heap", """
            globals a b
            thread main {
              a = new plain 3 "head"
              loop 4 {
                b = new plain 2 "part"
                store b 0 a
                store a 1 b
                collect minor
              }
              drop b
              collect full
            }
            """);
        var trace = folder.PathOf($"{collector}.gctrace");
        var run = CommandLineRun.Of("record", program, "--collector", collector, "-o", trace);
        Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.Finding, run.Error);
        return File.ReadAllBytes(trace);
    }

    private byte[] Trimmed(string of, params string[] window)
    {
        var trace = folder.PathOf("saved.gctrace");
        var run = CommandLineRun.Of(["trim", Repository.PathOf(of), "-o", trace, .. window]);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return File.ReadAllBytes(trace);
    }

    /// <summary>Made up: no collector uses every kind of container and condition yet.</summary>
    private byte[] EveryContainer()
    {
        var trace = folder.PathOf("every.gctrace");
        using (var writer = new TraceWriter(trace, Headers.Full, CheckpointPolicy.EveryBlock))
        {
            Runs.Write(writer, new AddressSpace(), 4, 20);
            writer.Finish(Runs.Outcome(80), Runs.Choices);
        }

        return File.ReadAllBytes(trace);
    }

    private static (int First, int Count) Asked()
    {
        var asked = (Environment.GetEnvironmentVariable("GCREPLAY_FUZZ") ?? $"{Tried}").Split(':').Select(int.Parse).ToArray();
        return (asked.Length > 1 ? asked[1] : 1, asked[0]);
    }
}
