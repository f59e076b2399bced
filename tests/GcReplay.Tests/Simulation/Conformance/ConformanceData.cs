using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Programs;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>Conformance data of tests: what is in the repository, and small texts written by hand.</summary>
internal static class ConformanceData
{
    /// <summary>One object that refers to itself, then a collection of generation 1: agrees in every field.</summary>
    public const string SelfReference = """
        [{"id":"self","family":"hand","detail":true,
          "ops":[["new",0,"plain",1],["store",0,0,0],["collect",1]],
          "expect":[
            {"r":1,"ev":[["A",0]],"g":{"0":{"add":[0]}},"rc":[[0,1]],"cnt":[1,0,0]},
            {"r":1,"rc":[[0,2]]},
            {"r":0,"g":{"0":{"set":[]},"2":{"add":[0]}},"cnt":[0,0,1],"ll":[0,1],"st":[[0,0,0],[1,0,0],[0,0,0]],
             "ph":[["U",[[0,2,0]]],["T",0,0],["V",0,1],["R",[[0,1]]],["T",1,0],["V",0,1]]}]}]
        """;

    public static string CPython39 { get; } = Repository.PathOf("tests/GcReplay.Tests/Data/conformance/cpython39");

    public static string Incminimark { get; } = Repository.PathOf("tests/GcReplay.Tests/Data/conformance/incminimark");

    /// <summary>The programs of a text as a file.</summary>
    public static List<ConformanceProgram> Read(string json)
    {
        using var folder = new ScratchFolder();
        return [.. ConformanceFiles.Read([folder.Write("data.json", json)])];
    }

    /// <summary>The differences of the one program in a text.</summary>
    public static Differences Compare(string json) => ConformanceRun.Execute(Assert.Single(Read(json)), "test").Differences;

    /// <summary>The text of the heap program that operations become; nothing is expected of them.</summary>
    public static string Translate(params string[] operations)
    {
        var expect = string.Join(',', operations.Select(_ => """{"r":1}"""));
        return HeapProgramPrinter.Print(
            Assert.Single(Read($$"""[{"id":"a","ops":[{{string.Join(',', operations)}}],"expect":[{{expect}}]}]""")).Tree);
    }
}
