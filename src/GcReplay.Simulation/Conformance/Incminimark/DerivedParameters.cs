using System.Collections.Immutable;
using System.Text.Json;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>Numbers of <c>params</c> that follow from the others, and the fields in which the collector keeps them.</summary>
internal sealed record DerivedParameters(ImmutableArray<(string Key, string Field, long Value)> Numbers)
{
    private static readonly ImmutableArray<(string Key, string Field)> Keys =
    [
        ("nursery_bytes", "nursery_size"),
        ("nonlarge_max_bytes", "nonlarge_max"),
        ("increment_step_bytes", "gc_increment_step"),
        ("max_pinned", "max_number_of_pinned_objects"),
        ("raw_sweep_limit", "raw_sweep_limit"),
        ("page_sweep_limit", "page_sweep_limit"),
    ];

    public static DerivedParameters Read(JsonPlace place, JsonElement parameters) =>
        new([.. Keys.Select(key => (key.Key, key.Field, place.Number(place.Member(parameters, key.Key), $"\"{key.Key}\"", 0, long.MaxValue)))]);
}
