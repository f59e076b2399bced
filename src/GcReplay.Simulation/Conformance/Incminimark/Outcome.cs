using System.Globalization;
using System.Text.Json;

namespace GcReplay.Simulation.Conformance.Incminimark;

/// <summary>How a run ended: <c>ok</c>, or what failed, in which operation, in it or in the check after it, and gc_state then.</summary>
/// <param name="Code">As the file calls it; <see cref="FreedMemory"/> for each of its three faces.</param>
/// <param name="Phase">op, check or lists.</param>
internal sealed record Outcome(string Code, int At, string Phase, int State)
{
    /// <summary>use-after-free, bad-address and type-confusion: which of them appears depends on who has the memory by then.</summary>
    public const string FreedMemory = "freed-memory";

    public static readonly Outcome Ok = new("ok", 0, "", 0);

    public override string ToString() =>
        this == Ok ? Code : string.Create(CultureInfo.InvariantCulture, $"{Code}@{At}/{Phase}/{State}");

    /// <summary><c>{"code":"ok"}</c>, or code, at, phase and state.</summary>
    public static Outcome Read(JsonPlace place, JsonElement element)
    {
        var code = place.Text(place.Member(element, "code"), "\"code\"");
        if (code == Ok.Code)
            return Ok;
        return Of(
            code, (int)place.Number(place.Member(element, "at"), "\"at\"", 0, int.MaxValue),
            place.Text(place.Member(element, "phase"), "\"phase\""), (int)place.Number(place.Member(element, "state"), "\"state\"", 0, 3));
    }

    /// <summary><c>ok</c>, or <c>code@at/phase/state</c>.</summary>
    public static Outcome Parse(JsonPlace place, JsonElement element)
    {
        var text = place.Text(element, "an outcome");
        if (text == Ok.Code)
            return Ok;
        var parts = text.Split('@', '/');
        return parts.Length == 4 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && parts[3] is ['0' or '1' or '2' or '3']
            ? Of(parts[0], at, parts[2], parts[3][0] - '0')
            : throw place.Error("an outcome (ok, or code@operation/phase/state)", element);
    }

    public static Outcome Of(string code, int at, string phase, int state) =>
        new(code is "use-after-free" or "bad-address" or "type-confusion" ? FreedMemory : code, at, phase, state);
}
