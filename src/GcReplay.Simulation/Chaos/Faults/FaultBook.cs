using System.Collections.Immutable;
using GcReplay.Heaps;
using GcReplay.Traces;

namespace GcReplay.Simulation.Chaos.Faults;

/// <summary>Answers for the fault of a run, and counts how often it was asked.</summary>
/// <param name="declared">Of the family.</param>
/// <param name="setting">Null for a run without a fault.</param>
/// <param name="recorded">Choices of an earlier run: a fault that strikes at some occurrences strikes where they say, whatever the numbers; null to count.</param>
public sealed class FaultBook(ImmutableArray<PlantedFault> declared, FaultSetting? setting, IEnumerable<RecordedChoice>? recorded)
{
    private readonly RecordedChoices? answers = setting is { IsPartial: true } && recorded is not null ? new RecordedChoices(recorded) : null;
    private long asked;
    private long struck;
    private long firstEvent;
    private long lastStrike;

    /// <summary>Site of the fault that the run has.</summary>
    public string Site { get; } = PlantedFault.SitePrefix + setting?.Name;

    /// <summary>Null for a run without a fault.</summary>
    public FaultReport? Report => setting is null ? null : new FaultReport(setting, asked, struck, firstEvent, lastStrike);

    /// <summary>Whether a strike is a choice to record: one that strikes always follows from the setting alone.</summary>
    public bool IsRecorded => setting is { IsPartial: true };

    /// <summary>Whether the run has a fault.</summary>
    public bool Has(string name)
    {
        Check.That(declared.Any(fault => fault.Name == name), $"there is no fault '{name}' among those that the collector's family declares");
        return setting?.Name == name;
    }

    /// <param name="lastEvent">Number of the event that is open.</param>
    public bool Strikes(in ChoiceAddress address, long lastEvent)
    {
        asked++;
        var strikes = answers is null ? setting!.StrikesAt(asked) : answers.Answer(address, 2) == 1;
        if (!strikes)
            return false;
        if (struck++ == 0)
            firstEvent = lastEvent;
        lastStrike = lastEvent;
        return true;
    }
}
