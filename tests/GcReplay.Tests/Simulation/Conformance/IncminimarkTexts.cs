using System.Text.Json.Nodes;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>Small programs of incminimark's vocabulary, written by hand.</summary>
internal static class IncminimarkTexts
{
    /// <summary>A program without operations; two prebuilt objects.</summary>
    public static JsonObject Empty() => (JsonObject)JsonNode.Parse("""
        {"format":"incminimark-conformance-1","name":"small","seed":null,
         "params":{"nursery_words":32,"nursery_bytes":256,"large_object_words":8,"nonlarge_max_bytes":63,"small_request_threshold_words":5,
                   "card_page_indices":0,"arena":"simple","page_words":16,"arena_words":64,"single_step":false,"debug":2,
                   "major_collection_threshold":2.5,"growth_rate_max":2.5,"min_heap_bytes":349.44,"max_pinned":2,"increment_step_bytes":1024,
                   "raw_sweep_limit":19,"page_sweep_limit":6,"word":8},
         "prebuilt":[{"k":"node","prev":-2,"next":null},{"k":"array","items":[-1,null,-2]}],
         "initial":{"a":{"arena_used":0,"arenas":0,"made_old":0,"made_old_limit":0,"majors":0,"nfree":0,"ntop":32,"pinned":0,"raw_used":0,"survived":0,
                         "threshold":349.44,"threshold_initial":349.44},
                    "o":{"-1":["p",3],"-2":["p",3]},"st":0},
         "ops":[],"expect":[],"outcome":{"code":"ok"}}
        """)!;

    /// <summary>With these operations; nothing is expected of them but what they give.</summary>
    /// <param name="given">Operations that give something: <c>ret</c> is there.</param>
    public static JsonObject With(string[] operations, params int[] given)
    {
        var program = Empty();
        program["ops"] = new JsonArray([.. operations.Select(operation => JsonNode.Parse(operation))]);
        program["expect"] = new JsonArray([.. operations.Select((_, i) => (JsonNode)(given.Contains(i) ? new JsonObject { ["ret"] = 1 } : []))]);
        return program;
    }

    /// <summary>The body of the heap program that operations become.</summary>
    public static string[] Translate(string[] operations, params int[] given)
    {
        var text = HeapProgramPrinter.Print(Assert.Single(ConformanceData.Read(With(operations, given).ToJsonString())).Tree);
        return [.. text.Split('\n').SkipWhile(line => line != "thread main {").Skip(1).TakeWhile(line => line != "}").Select(line => line.Trim())];
    }
}
