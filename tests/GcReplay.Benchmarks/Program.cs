using BenchmarkDotNet.Running;
using GcReplay.Benchmarks;

if (args is ["table", .. var recordings])
    FirstTable.Print(Console.Out, recordings);
else if (args is ["trace", .. var options])
    TraceTable.Print(Console.Out, options);
else if (args is ["encoding", .. var encoded])
    EncodingTable.Print(Console.Out, encoded);
else if (args is ["conditions", .. var conditioned])
    ConditionTable.Print(Console.Out, conditioned);
else if (args is ["families", .. var families])
    FamilyTable.Print(Console.Out, families);
else if (args is ["screen", .. var screens])
    ScreenTable.Print(Console.Out, screens);
else if (args is ["hunt", .. var hunts])
    HuntTable.Print(Console.Out, hunts);
else if (args is ["faults", .. var faulty])
    FaultTable.Print(Console.Out, faulty);
else if (args is ["clean", var operations, .. var clean])
    FaultTable.PrintClean(Console.Out, long.Parse(operations, System.Globalization.CultureInfo.InvariantCulture), clean);
else if (args is ["explain", "history", .. var past])
    HistoryTable.Print(Console.Out, past);
else if (args is ["explain", "long", .. var collectors])
    LongRunTable.Print(Console.Out, collectors);
else if (args is ["explain", .. var explained])
    ExplainTable.Print(Console.Out, explained);
else if (args is ["campaign", .. var campaigns])
    CampaignTable.Print(Console.Out, campaigns);
else if (args is ["checked"])
    CheckedTable.Print(Console.Out);
else
    BenchmarkSwitcher.FromAssembly(typeof(ScreenTable).Assembly).Run(args);
return 0;
