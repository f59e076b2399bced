using System.Diagnostics;
using System.Text.Json.Nodes;
using GcReplay.Commands;
using GcReplay.Heaps;
using GcReplay.Simulation.Hunting;
using GcReplay.Traces;

namespace GcReplay.Hunting;

/// <summary>Runs seeds in a process of its own. One that dies, or takes too long, is a finding at the seed that did it.</summary>
/// <param name="patience">What longer than this answers nothing is hung.</param>
internal sealed class WorkerProcess(HuntTarget target, IReadOnlyList<string> ignored, TimeSpan patience) : IHuntRunner
{
    private Process? process;
    private Task<string>? errors;

    public HuntResult? Run(ulong first, int count, CancellationToken cancellation)
    {
        var answer = Ask(first, count, cancellation, out var trouble);
        if (answer is not null || cancellation.IsCancellationRequested)
            return answer;
        if (count == 1)
            return Finding(first, trouble!.Value);
        // Which of them it was shows when each runs alone.
        var all = HuntResult.Empty;
        for (var i = 0; i < count; i++)
        {
            if (Run(first + (ulong)i, 1, cancellation) is not { } one)
                return null;
            all = all.With(one);
        }

        return all;
    }

    public void Dispose() => End();

    /// <summary>Null when there was no answer; then the process is gone.</summary>
    /// <param name="trouble">What happened instead, in one word and in a sentence.</param>
    private HuntResult? Ask(ulong first, int count, CancellationToken cancellation, out (string Code, string Message)? trouble)
    {
        trouble = null;
        try
        {
            process ??= Start();
            process.StandardInput.WriteLine($"{first} {count}");
            process.StandardInput.Flush();
            var reading = process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask();
            if (!reading.Wait((int)patience.TotalMilliseconds, cancellation))
            {
                trouble = ("hung", $"the process that ran it did not answer for {patience.TotalSeconds:0} s");
            }
            else if (reading.Result is { } line)
            {
                var json = JsonNode.Parse(line)!;
                if ((string?)json["message"] is { } message)
                    throw new GcReplayException(message);
                return HuntResult.Of(json);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer.
        }
        catch (IOException)
        {
            // It died before it could be asked.
        }

        var code = End();
        trouble ??= ("died", $"the process that ran it died with exit code {code}{LastLineOf(errors)}");
        return null;
    }

    private Process Start()
    {
        var started = Process.Start(new ProcessStartInfo(Executable(), Arguments())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        errors = started.StandardError.ReadToEndAsync();
        started.StandardInput.WriteLine(HuntWorkerCommand.Describe(target, ignored).ToJsonString());
        started.StandardInput.Flush();
        // How long it takes to start says nothing of a run.
        started.StandardOutput.ReadLine();
        return started;
    }

    /// <summary>Ends the process; gives its exit code.</summary>
    private int End()
    {
        if (process is null)
            return 0;
        using (process)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            var code = process.ExitCode;
            process = null;
            return code;
        }
    }

    private static string Executable()
    {
        var own = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gcreplay.exe" : "gcreplay");
        return File.Exists(own) ? own : Environment.ProcessPath!;
    }

    private static string[] Arguments() =>
        Path.GetFileNameWithoutExtension(Executable()) == "dotnet" ? [typeof(App).Assembly.Location, HuntWorkerCommand.Name] : [HuntWorkerCommand.Name];

    private static string LastLineOf(Task<string>? text) =>
        text is not null && text.Wait(1000) && text.Result.Trim().Split('\n') is [.., { Length: > 0 } last] ? $": {last.Trim()}" : "";

    private static HuntResult Finding(ulong seed, (string Code, string Message) trouble)
    {
        var signature = $"worker {trouble.Code} |  |  |  | ";
        var failure = new RunFailure("worker", trouble.Code, 0, trouble.Message, signature);
        var tally = HuntTally.Empty with { Runs = 1 };
        return HuntResult.Empty with { Tally = tally with { Failures = tally.Failures.Add(signature, new FailureGroup(signature, 1, seed, 0, failure)) } };
    }
}
