using GcReplay.Heaps.Events;
using GcReplay.Simulation.Chaos.Faults;
using GcReplay.Simulation.Recording;
using GcReplay.Traces;

namespace GcReplay.Simulation.Chaos;

/// <summary>Address of a decision: never its position in a stream, so that an extra decision elsewhere does not shift it.</summary>
/// <param name="Operation">Label of the statement.</param>
/// <param name="Occurrence">Counts from 0 within one run of the operation.</param>
public readonly record struct ChoiceAddress(int Thread, string Operation, ulong Iteration, string Site, int Occurrence);

/// <summary>Where answers come from.</summary>
public interface IChoiceSource
{
    /// <summary>The answer, or null for none (the default is taken).</summary>
    int? Answer(in ChoiceAddress address, int n);

    /// <summary>The same where a thread is chosen: an index into those that can run. The first is the default.</summary>
    int? AnswerWho(in ChoiceAddress address, ReadOnlySpan<int> threads) => Answer(address, threads.Length);
}

/// <summary>Asks a source, makes an event of each decision and keeps it for the trace. Without a source every answer is the
/// default and nothing is kept.</summary>
/// <remarks>Forgets everything at each operation, so that nothing survives between operations but the record itself.</remarks>
public sealed class ChoiceBook(Journal journal, IChoiceSource? source, IReadOnlyDictionary<string, int> sites) : IChoices
{
    private Dictionary<string, int> occurrences = new(StringComparer.Ordinal);
    private string operation = "";
    private string scope = "";
    private ulong iteration;

    public List<RecordedChoice> Made { get; } = [];

    /// <summary>Decisions for which the source had no answer, or one out of range.</summary>
    public long Defaulted { get; private set; }

    /// <summary>The faults of the collector's family.</summary>
    public FaultBook Faults { get; init; } = new([], null, null);

    /// <summary>Decisions asked from now on belong to this operation of the journal's present thread.</summary>
    /// <param name="within">In a script, what tells its runs apart; empty otherwise.</param>
    public void StartOperation(string label, ulong round, string within = "")
    {
        operation = label;
        scope = within;
        iteration = round;
        occurrences.Clear();
    }

    /// <summary>Puts the present operation aside while operations of a script run within it.</summary>
    public SuspendedOperation Suspend()
    {
        var suspended = new SuspendedOperation(operation, scope, iteration, occurrences);
        occurrences = new(StringComparer.Ordinal);
        return suspended;
    }

    /// <summary>Goes on with an operation that was put aside.</summary>
    public void Resume(SuspendedOperation suspended) => (operation, scope, iteration, occurrences) = suspended;

    public int Choose(int n, string site)
    {
        if (n <= 1 || source is null)
            return 0;
        var address = Next(site);
        return Keep(address, n, source.Answer(address, n));
    }

    /// <summary>Chooses one of the threads that can run; gives its place among them.</summary>
    public int ChooseWho(ReadOnlySpan<int> threads, string site)
    {
        if (threads.Length <= 1 || source is null)
            return 0;
        var address = Next(site);
        return Keep(address, threads.Length, source.AnswerWho(address, threads));
    }

    /// <summary>A fault that the family declares, to be asked at its site.</summary>
    public Fault Fault(string name) => Faults.Has(name) ? new Fault(this) : Chaos.Faults.Fault.None;

    /// <summary>Whether the fault that the run has strikes here. Makes no event: the trace is that of a collector which has the bug.</summary>
    internal bool FaultStrikes()
    {
        var address = Next(Faults.Site);
        if (!Faults.Strikes(address, journal.LastEvent))
            return false;
        if (Faults.IsRecorded)
            Made.Add(new RecordedChoice(address.Thread, address.Operation, iteration, address.Site, address.Occurrence, 2, 1));
        return true;
    }

    private ChoiceAddress Next(string site)
    {
        var occurrence = occurrences.GetValueOrDefault(site);
        occurrences[site] = occurrence + 1;
        return new ChoiceAddress(journal.Thread, operation + scope, iteration, site, occurrence);
    }

    private int Keep(in ChoiceAddress address, int n, int? answer)
    {
        if (answer is not { } chosen || chosen < 0 || chosen >= n)
        {
            chosen = 0;
            Defaulted++;
        }

        Made.Add(new RecordedChoice(address.Thread, address.Operation, iteration, address.Site, address.Occurrence, n, chosen));
        journal.Event(EventKind.Choice, (ulong)n, (ulong)chosen, (ulong)address.Occurrence, 0, sites[address.Site]);
        return chosen;
    }
}

/// <summary>An operation whose decisions go on when the script within it has ended.</summary>
public sealed record SuspendedOperation(string Operation, string Scope, ulong Iteration, Dictionary<string, int> Occurrences);
