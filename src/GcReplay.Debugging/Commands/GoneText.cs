using System.Text.Json.Nodes;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

/// <summary>What used to be where a link leads and nothing is any more.</summary>
internal static class GoneText
{
    /// <summary>So many are looked for in one answer: each is a look back through the trace.</summary>
    private const int Most = 32;

    /// <summary>A line under the link; null where memory is in use, or enough was said.</summary>
    /// <param name="data">Takes what was found under a key.</param>
    public static string? Of(Debugger debugger, Address target, JsonObject data, string key)
    {
        if (data.Count >= Most || debugger.Pasts.Of(debugger.Timeline, target, debugger.Progress) is not { } past)
            return null;
        data[key] = new JsonObject { ["was"] = past.What, ["whose"] = past.Whose.Length == 0 ? null : past.Whose, ["until"] = past.Went };
        return $"    {past}. To see it: goto {past.Went - 1}";
    }
}
