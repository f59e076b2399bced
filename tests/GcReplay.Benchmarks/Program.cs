using BenchmarkDotNet.Running;
using GcReplay.Benchmarks;

if (args is ["table"])
    FirstTable.Print(Console.Out);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
