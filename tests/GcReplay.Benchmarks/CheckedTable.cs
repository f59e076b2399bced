namespace GcReplay.Benchmarks;

/// <summary>Prints what it costs to ask every sanitizer after every event of a healthy run.</summary>
internal static class CheckedTable
{
    private static readonly string[] Collectors = ["cpython39", "marksweep", "incminimark", "generational"];

    public static void Print(TextWriter writer)
    {
        writer.WriteLine("| program | collector | operations | operations/s unchecked, CPU | checked, CPU | checked ÷ unchecked |");
        writer.WriteLine("|---|---|---|---|---|---|");
        foreach (var collector in Collectors)
        {
            foreach (var workload in new[] { Workload.Rich(collector), Workload.Churn(collector), Workload.Crowd(collector) })
                writer.WriteLine(Row(workload));
        }
    }

    private static string Row(Workload workload)
    {
        var operations = workload.Run.Execute().Operations;
        var plain = FirstTable.Measure(() => workload.Run.Execute()).Cpu;
        var asked = FirstTable.Measure(() => workload.Run.Execute(observer: new Checks())).Cpu;
        string[] cells =
        [
            workload.Name, workload.Run.Header.Collector, $"{operations:N0}", FirstTable.Speed(operations, plain), FirstTable.Speed(operations, asked),
            $"{asked / plain:0.00}",
        ];
        return $"| {string.Join(" | ", cells)} |";
    }
}
