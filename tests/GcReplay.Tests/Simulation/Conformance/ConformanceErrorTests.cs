using GcReplay.Heaps;
using GcReplay.Simulation.Conformance;
using GcReplay.Tests.CommandLine;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class ConformanceErrorTests
{
    private const string Place = "program 'a', operation 0: ";

    [Theory]
    [InlineData("nothing", "data.json is not JSON")]
    [InlineData("{}", "is of no family of conformance data that this version reads")]
    [InlineData("[]", "is of no family of conformance data that this version reads")]
    [InlineData("""[{"ops":[],"expect":[]}]""", "program 'number 0': expected \"id\" in the object")]
    [InlineData("""[{"id":"a","ops":{},"expect":[]}]""", "program 'a': expected \"ops\" (an array), found {}")]
    [InlineData("""[{"id":"a","ops":[["drop",1]],"expect":[]}]""", "expected one entry of \"expect\" for each of \"ops\", found 0 for 1")]
    [InlineData("""[{"id":"a","ops":[],"expect":[]},7]""", "program 'number 1': expected an object with \"id\", found 7")]
    public void What_is_no_conformance_data_is_told(string json, string message) => AssertError(json, message);

    [Theory]
    [InlineData("""["fly",1]""", "unknown operation 'fly'")]
    [InlineData("""["drop"]""", "'drop' with 1 operands, found 0")]
    [InlineData("""["new",1,"plain"]""", "'new' with 3 to 4 operands, found 2")]
    [InlineData("""["drop",64]""", "expected a root (a whole number from 0 to 63), found 64")]
    [InlineData("""["drop","g1"]""", "expected a root (a whole number from 0 to 63), found \"g1\"")]
    [InlineData("""["new",1,"plane",2]""", "unknown kind 'plane'")]
    [InlineData("""["new",1,"plain",2,[]]""", "a script for kind 'plain'; only 'fin' has one")]
    [InlineData("""["new",1,"fin",2,[["fly",1]]]""", "unknown action 'fly' of a script")]
    [InlineData("""["repeat",2,[["repeat",2,[]]]]""", "a repetition within a repetition")]
    [InlineData("""["collect",3]""", "expected a generation (a whole number from 0 to 2), found 3")]
    [InlineData("7", "expected an operation (an array), found 7")]
    public void An_operation_of_another_shape_is_told_with_its_place(string operation, string message) =>
        AssertError($$"""[{"id":"a","ops":[{{operation}}],"expect":[{"r":1}]}]""", Place + message);

    [Theory]
    [InlineData("""{}""", "expected \"r\" in the object")]
    [InlineData("""{"r":1,"colour":[]}""", "unknown field \"colour\" of an entry of \"expect\"")]
    [InlineData("""{"r":1,"g":{"4":{"set":[]}}}""", "unknown list \"4\" in \"g\"")]
    [InlineData("""{"r":1,"rc":[[0]]}""", "expected a serial and its count (an array of 2), found [0]")]
    [InlineData("""{"r":1,"cnt":[0,0]}""", "expected \"cnt\" (an array of 3), found [0,0]")]
    [InlineData("""{"r":1,"ev":[["x",-1]]}""", "expected a serial (a whole number from 0 to")]
    public void An_expectation_of_another_shape_is_told_with_its_place(string expected, string message) =>
        AssertError($$"""[{"id":"a","ops":[["drop",1]],"expect":[{{expected}}]}]""", Place + message);

    [Theory]
    [InlineData("debug", "jemalloc", "unknown \"malloc\" 'jemalloc'")]
    [InlineData("none", "pray", "unknown \"action\" 'pray'")]
    [InlineData("after gh-92036", "today", "unknown \"state\" 'today'")]
    [InlineData("lists", "list", "expected \"lists\" in the object")]
    public void A_record_of_another_shape_is_told(string found, string otherwise, string message)
    {
        const string record = """
            [{"build":"3.9.18","malloc":"debug","action":"none","state":"after gh-92036","lists":"shared",
              "before":{},"after_end":{},"old_state_mapped":1,"crashed":false,"exit":0}]
            """;
        AssertError(record.Replace($"\"{found}\"", $"\"{otherwise}\""), message);
    }

    [Fact]
    public void A_path_without_data_is_told()
    {
        using var folder = new ScratchFolder();
        Assert.Contains("does not exist", Assert.Throws<GcReplayException>(() => Read(folder.PathOf("none"))).Message);
        Assert.Contains("holds no conformance data", Assert.Throws<GcReplayException>(() => Read(folder.Root)).Message);
        Assert.Contains("is not packed by gzip", Assert.Throws<GcReplayException>(() => Read(folder.Write("a.json.gz", "[]"))).Message);
    }

    private static void AssertError(string json, string message) =>
        Assert.Contains(message, Assert.Throws<GcReplayException>(() => ConformanceData.Read(json)).Message);

    private static List<ConformanceProgram> Read(string path) => [.. ConformanceFiles.Read([path])];
}
