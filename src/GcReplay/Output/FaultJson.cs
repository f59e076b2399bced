using System.Text.Json.Nodes;
using GcReplay.Simulation.Chaos.Faults;

namespace GcReplay.Output;

/// <summary>What became of a planted fault, as a command's result says it.</summary>
internal static class FaultJson
{
    public static JsonObject Of(FaultReport fault) => new()
    {
        ["name"] = fault.Setting.Name,
        ["occurrence"] = fault.Setting.Occurrence,
        ["asked"] = fault.Asked,
        ["struck"] = fault.Struck,
        ["firstEvent"] = fault.Struck == 0 ? null : fault.FirstEvent,
    };
}
