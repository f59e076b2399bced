namespace GcReplay.Simulation.Chaos.Faults;

/// <summary>A small defect that a family can be run with, to see that it is found.</summary>
/// <param name="Name">Lower-case words with hyphens between them. Its site is <c>fault.NAME</c>.</param>
/// <param name="Summary">The branch, and what is left out or done wrong there.</param>
public sealed record PlantedFault(string Name, string Summary)
{
    /// <summary>Begins the names of the sites of faults, and of no others.</summary>
    public const string SitePrefix = "fault.";

    /// <summary>Why no check finds it, where none does; null where one does.</summary>
    public string? Unseen { get; init; }

    /// <summary>The revision to plant it at; null for the newest. A fault that undoes a fix has nothing to undo where there is none.</summary>
    public string? Revision { get; init; }

    /// <summary>The collector to run with it, as options name one.</summary>
    public string CollectorOf(string family) => Revision is null ? family : $"{family}@{Revision}";

    public string Site => SitePrefix + Name;

    /// <summary>Whether a name is one: it is typed, and a setting has its own meaning for '@'.</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

/// <summary>What a run with a fault came to.</summary>
/// <param name="Asked">How often the fault's site was reached.</param>
/// <param name="Struck">How often it did something there.</param>
/// <param name="FirstEvent">The last event that was open when it struck first: what it did or left out belongs to this event or to what follows. 0
/// when it did not strike.</param>
/// <param name="LastEvent">The same when it struck last.</param>
public sealed record FaultReport(FaultSetting Setting, long Asked, long Struck, long FirstEvent, long LastEvent)
{
    public override string ToString() =>
        $"fault {Setting}: asked {Times(Asked)}, {(Struck == 0 ? "struck never" : $"struck {Times(Struck)}, first after event {FirstEvent}")}";

    private static string Times(long count) => count == 1 ? "once" : $"{count} times";
}
