using System.Text.Json.Nodes;
using GcReplay.Heaps;

namespace GcReplay.Tests.Simulation.Conformance;

public sealed class IncminimarkErrorTests
{
    [Theory]
    [InlineData("""["fly",1]""", "unknown operation 'fly'")]
    [InlineData("""["drop"]""", "'drop' with 1 operands, found 0")]
    [InlineData("""["drop",0]""", "expected a root slot (a whole number from 0 to -1), found 0")]
    [InlineData("""["take_id",-3]""", "expected a root slot or prebuilt object (a whole number from -2 to -1), found -3")]
    [InlineData("""["write",null,"next",-1]""", "expected a root slot or prebuilt object (a whole number from -2 to -1), found null")]
    [InlineData("""["read",-1,"left"]""", "unknown field 'left'; expected prev or next")]
    [InlineData("""["malloc_string","abc"]""", "expected the bytes of a string")]
    [InlineData("""["malloc_array",7]""", "expected references (an array), found 7")]
    [InlineData("""["unpin",0]""", "expected an entry of the pinned list")]
    [InlineData("""["step_until",4]""", "expected a state (a whole number from 0 to 3), found 4")]
    [InlineData("""["set_threshold",1e15]""", "expected a threshold (a number below 1e15), found 1e15")]
    [InlineData("7", "expected an operation (an array), found 7")]
    public void An_operation_of_another_shape_is_told_with_its_place(string operation, string message) =>
        AssertError(IncminimarkTexts.With([operation]), "program 'small', operation 0: " + message);

    [Theory]
    [InlineData("7", "expected an entry of \"expect\" (an object), found 7")]
    [InlineData("""{"r":1}""", "unknown field \"r\" of an entry of \"expect\"")]
    [InlineData("""{"ret":"one"}""", "expected \"ret\" (a number, true or false), found \"one\"")]
    [InlineData("""{"o":{"x":["n",0]}}""", "expected an identity (a serial, -1, -2 … or sN), found 'x'")]
    [InlineData("""{"o":{"1":["q",0]}}""", "unknown space 'q'")]
    [InlineData("""{"o":{"1":["n",8192]}}""", "expected flags (a whole number from 0 to 8191), found 8192")]
    [InlineData("""{"l":{"others":[]}}""", "unknown list \"others\"")]
    [InlineData("""{"l":{"oopty":{"keep":1,"add":[]}}}""", "list \"oopty\" keeps 1 of 0 items")]
    [InlineData("""{"a":{"sum":1}}""", "unknown number \"sum\"")]
    [InlineData("""{"a":{"nfree":"x"}}""", "expected a number, found \"x\"")]
    [InlineData("""{"st":4}""", "expected \"st\" (a whole number from 0 to 3), found 4")]
    public void An_expectation_of_another_shape_is_told_with_its_place(string entry, string message)
    {
        var program = IncminimarkTexts.With(["""["minor"]"""]);
        program["expect"]![0] = JsonNode.Parse(entry);

        AssertError(program, "program 'small', operation 0: " + message);
    }

    [Theory]
    [InlineData("params", "{}", "expected \"")]
    [InlineData("prebuilt", """[{"k":"str"}]""", "unknown kind 'str' of a prebuilt object")]
    [InlineData("prebuilt", """[{"k":"array","items":[-2]}]""", "expected a prebuilt object (a whole number from -1 to -1), found -2")]
    [InlineData("expect", "[{}]", "expected one entry of \"expect\" for each of \"ops\" that completes, found 1 for 0")]
    [InlineData("outcome", """{"code":"crash"}""", "expected \"at\" in the object")]
    [InlineData("outcomes", """{"HEAD":"sad"}""", "expected an outcome (ok, or code@operation/phase/state), found \"sad\"")]
    [InlineData("outcomes", """{"HEAD":"bad-address@1/op/0"}""", "\"outcome\" is ok, and in \"outcomes\" HEAD has freed-memory@1/op/0")]
    [InlineData("initial", """{"st":0,"a":{"nfree":0}}""", "expected every number in a whole state, found none for arena_used, raw_used")]
    [InlineData("initial", "[]", "expected an entry of \"expect\" (an object), found []")]
    public void A_program_of_another_shape_is_told(string key, string value, string message)
    {
        var program = IncminimarkTexts.Empty();
        program[key] = JsonNode.Parse(value);

        AssertError(program, message);
    }

    private static void AssertError(JsonObject program, string message) =>
        Assert.Contains(message, Assert.Throws<GcReplayException>(() => ConformanceData.Read(program.ToJsonString())).Message);
}
