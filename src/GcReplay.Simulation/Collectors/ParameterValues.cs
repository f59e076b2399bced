using System.Globalization;

namespace GcReplay.Simulation.Collectors;

/// <summary>Reads the parameters that a collector is made with.</summary>
public static class ParameterValues
{
    public static ulong Number(this IReadOnlyDictionary<string, string> parameters, string key) =>
        ulong.Parse(parameters[key], NumberStyles.None, CultureInfo.InvariantCulture);

    public static bool IsOn(this IReadOnlyDictionary<string, string> parameters, string key) => parameters[key] == "on";
}
