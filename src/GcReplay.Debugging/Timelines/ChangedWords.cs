using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Timelines;

/// <summary>The words of the process that one event changed, and what they were before it.</summary>
public sealed class ChangedWords
{
    private readonly Dictionary<ulong, ulong> bits = [];
    private readonly List<ulong> addresses;

    /// <summary>Those of the present event; none at the start.</summary>
    /// <remarks>Cost: the event's changes.</remarks>
    public ChangedWords(Timeline timeline)
    {
        addresses = [];
        if (timeline.Position <= timeline.Start)
            return;
        var e = timeline.EventAt(timeline.Position);
        for (var i = 0; i < e.ChangeCount; i++)
        {
            var change = e.Change(i);
            if (!Windows.IsProcess(change.Address))
                continue;
            if (!bits.TryGetValue(change.Address.Value, out var before))
                addresses.Add(change.Address.Value);
            bits[change.Address.Value] = before ^ change.Xor;
        }

        addresses.Sort();
    }

    /// <summary>By ascending address, those included that were written with what they held.</summary>
    public IEnumerable<Address> Addresses => addresses.Select(a => new Address(a));

    public bool Contains(Address address) => bits.ContainsKey(address.Value & ~7UL);

    /// <summary>Whether any lies in a range.</summary>
    public bool AnyIn(Address start, Address end)
    {
        var at = addresses.BinarySearch(start.Value);
        at = at < 0 ? ~at : at;
        return at < addresses.Count && addresses[at] < end.Value;
    }

    /// <summary>What a word was before the event, given what it is now; null when the event did not write it.</summary>
    public ulong? Before(Address address, ulong now) => bits.TryGetValue(address.Value & ~7UL, out var xor) ? now ^ xor : null;
}
