using BenchmarkDotNet.Running;
using GcReplay.Benchmarks;

if (args is ["table", .. var recordings])
    FirstTable.Print(Console.Out, recordings);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
