using GcReplay.Simulation.Programs;
using GcReplay.Simulation.Programs.Importing;
using GcReplay.Simulation.Recording;

namespace GcReplay.Benchmarks;

/// <summary>A run to be measured.</summary>
internal sealed record Workload(string Name, PreparedRun Run)
{
    /// <summary>The recording of a real Python program that the tests use too: 28 k operations, a collection now and then.</summary>
    public static Workload Rich(string collector = "cpython39") => Recorded(Path.Combine(AppContext.BaseDirectory, "cpython313-rich.ops.gz"), collector);

    /// <summary>Any recording, run by cpython39.</summary>
    public static Workload Recorded(string path) => Recorded(path, "cpython39");

    private static Workload Recorded(string path, string collector)
    {
        var program = RecordingFile.Import(path).Program;
        return Of(Path.GetFileName(path).Replace(".ops.gz", "", StringComparison.Ordinal), HeapProgramPrinter.Print(program), collector);
    }

    /// <summary>200,000 objects are born, made part of a cycle with one that stays, and given up again: 600 k operations.</summary>
    public static Workload Churn(string collector) => Of($"churn, {collector}", """
        globals ring spare
        thread main {
          ring = new plain 1000
          loop 200 {
            loop 1000 {
              spare = new plain 2
              store spare 0 ring
              store ring 7 spare
            }
          }
        }
        """, collector);

    /// <summary>The same garbage while 20,000 objects live: what costs the heap at each operation is not to be overlooked here.</summary>
    public static Workload Crowd(string collector) => Of("crowd of 20,000", """
        globals ring spare
        thread main {
          disable
          ring = new plain 1000
          loop 20000 {
            push = new plain 2
            store ring 3 f0
          }
          enable
          loop 100 {
            loop 1000 {
              spare = new plain 2
              store spare 0 spare
              store ring 7 spare
            }
          }
        }
        """, collector);

    public static Workload Of(string name, string text, string collector) =>
        new(name, new PreparedRun(new RunOptions { ProgramName = name, ProgramText = text, Collector = collector }, "benchmark"));
}
