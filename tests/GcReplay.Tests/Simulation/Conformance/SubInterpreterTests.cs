using System.Text.Json.Nodes;
using GcReplay.Simulation.Conformance;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>A record that is changed in one value no longer agrees.</summary>
public sealed class SubInterpreterTests
{
    [Theory]
    [InlineData("lists", "shared", 0)]
    [InlineData("before.A.in", "sub.g1", 0)]
    [InlineData("before.B.next", "0", 0)]
    [InlineData("after_end.D.rc", 2, 1)]
    [InlineData("after_end.D.prev", "B", 1)]
    [InlineData("old_state_mapped", 0, 1)]
    [InlineData("old_heads[2][1]", "D", 1)]
    [InlineData("after_action.D.next", "A", 2)]
    [InlineData("writes_into_old_state[0][0]", 48, 2)]
    [InlineData("crashed", true, 2)]
    [InlineData("exit", 139, 2)]
    public void A_value_that_is_otherwise_is_a_difference(string path, object otherwise, int operation)
    {
        var record = Record();
        Set(record, path, JsonValue.Create(otherwise));
        var first = Compare(record).Kept[0];
        Assert.Equal((path, operation), (first.Field, first.Operation));
    }

    [Fact]
    public void An_object_that_should_live_or_should_not_is_a_difference()
    {
        var record = Record();
        record["after_action"]!.AsObject().Remove("F");
        Assert.Equal("after_action.F", Assert.Single(Compare(record).Kept).Field);
    }

    [Fact]
    public void What_the_interpreter_has_of_its_own_matches_anything()
    {
        var record = Record();
        Set(record, "after_end.B.next", "other");
        Assert.Equal(0, Compare(record).Count);
    }

    private static Differences Compare(JsonObject record) => ConformanceData.Compare(new JsonArray(record).ToJsonString());

    private static void Set(JsonNode node, string path, JsonNode? value)
    {
        var steps = path.Replace("[", ".[").Split('.');
        foreach (var step in steps.SkipLast(1))
            node = (step[0] == '[' ? node[int.Parse(step[1..^1])] : node[step])!;
        if (steps[^1][0] == '[')
            node[int.Parse(steps[^1][1..^1])] = value;
        else
            node[steps[^1]] = value;
    }

    /// <summary>What untracking B did after 7247407: it wrote into the freed state.</summary>
    private static JsonObject Record() => JsonNode.Parse(
        """
        {"build":"3.9.18-nofini","state":"between 7247407 and 1a4d1c1","malloc":"pymalloc","action":"untrack B","lists":"per-interpreter",
         "before":{
          "M":{"in":"main.g0","rc":1,"next":"main.g0","prev":"other"},"A":{"in":"sub.g2","rc":1,"next":"other","prev":"other"},
          "B":{"in":"sub.g1","rc":1,"next":"sub.g1","prev":"sub.g1"},"C":{"in":"sub.g0","rc":2,"next":"D","prev":"other"},
          "D":{"in":"sub.g0","rc":1,"next":"sub.g0","prev":"C"},"F":{"in":"sub.g0","rc":1,"next":"other","prev":"sub.g0"}},
         "after_end":{
          "M":{"in":"main.g0","rc":1,"next":"main.g0","prev":"other"},"A":{"in":"no live list","rc":1,"next":"F","prev":"other"},
          "B":{"in":"no live list","rc":1,"next":"sub.g2","prev":"D"},"C":{"in":"no live list","rc":2,"next":"D","prev":"F"},
          "D":{"in":"no live list","rc":1,"next":"B","prev":"C"},"F":{"in":"no live list","rc":1,"next":"C","prev":"A"}},
         "old_state_mapped":1,"old_heads":[["sub.g0","sub.g0"],["sub.g1","sub.g1"],["other","B"]],
         "after_action":{
          "M":{"in":"main.g0","rc":1,"next":"main.g0","prev":"other"},"A":{"in":"no live list","rc":1,"next":"F","prev":"other"},
          "B":{"in":"untracked","rc":1,"next":"0","prev":"0"},"C":{"in":"no live list","rc":2,"next":"D","prev":"F"},
          "D":{"in":"no live list","rc":1,"next":"sub.g2","prev":"C"},"F":{"in":"no live list","rc":1,"next":"C","prev":"A"}},
         "writes_into_old_state":[[56,"D"]],"crashed":false,"exit":0}
        """)!.AsObject();
}
