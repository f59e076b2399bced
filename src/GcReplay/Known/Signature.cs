namespace GcReplay.Known;

/// <summary>What groups failures, in its parts: never addresses or event numbers.</summary>
/// <param name="Check">What noticed it: <c>crash write</c>, <c>violation black-to-white</c>.</param>
/// <param name="Kind">Of the event.</param>
/// <param name="Phase">Empty outside a collection.</param>
/// <param name="Site">Where the event was decided; empty for none.</param>
/// <param name="Type">Kind of the object; empty for none.</param>
internal sealed record Signature(string Check, string Kind, string Phase, string Site, string Type)
{
    /// <summary>Reads a signature as traces hold it; parts that are missing are empty.</summary>
    public static Signature Of(string text)
    {
        // A name of an object's kind is foreign and may hold the sign that parts them.
        var parts = text.Split(" | ", 5);
        return new Signature(parts[0].Trim(), Part(1), Part(2), Part(3), Part(4));

        string Part(int index) => index < parts.Length ? parts[index].Trim() : "";
    }

    /// <summary>Whether one invariant was broken in two ways that are alike: for objects of one kind, or at one place.</summary>
    public bool IsNear(Signature other) =>
        this != other && Check == other.Check && (Type.Length > 0 && Type == other.Type || Kind == other.Kind && Phase == other.Phase && Site == other.Site);

    /// <summary>What is otherwise in another signature: <c>phase marking instead of sweeping</c>.</summary>
    public IEnumerable<string> Differences(Signature other)
    {
        foreach (var (name, here, there) in new[] { ("check", Check, other.Check), ("event", Kind, other.Kind), ("phase", Phase, other.Phase), ("site", Site, other.Site), ("object kind", Type, other.Type) })
        {
            if (here != there)
                yield return $"{name} {(here.Length == 0 ? "none" : here)} instead of {(there.Length == 0 ? "none" : there)}";
        }
    }
}
