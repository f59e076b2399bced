using System.Collections.Immutable;
using GcReplay.Heaps.Layouts;

namespace GcReplay.Traces;

/// <summary>Everything that is known before the first event: enough to show a trace without its collector, and to run its
/// program again.</summary>
/// <remarks>Holds no timestamp, path, host or user name: two recordings of one run are the same bytes.</remarks>
public sealed record TraceHeader
{
    public required string ToolVersion { get; init; }

    /// <summary>File name of the program, without folders.</summary>
    public required string ProgramName { get; init; }

    /// <summary>The program's text as it was run.</summary>
    public required string ProgramText { get; init; }

    public required string Collector { get; init; }

    public required string Revision { get; init; }

    /// <summary>The file that the collector came from; null for one that is part of GcReplay.</summary>
    public PlugInNote? PlugIn { get; init; }

    public required string Allocator { get; init; }

    public required ulong Seed { get; init; }

    public required bool IsChaos { get; init; }

    /// <summary>What <c>--set</c> gave, by key.</summary>
    public required ImmutableSortedDictionary<string, string> Parameters { get; init; }

    public required Layout Layout { get; init; }

    /// <summary>The program's statements; OperationBegin's operand is an index into this.</summary>
    public required ImmutableArray<OperationText> Operations { get; init; }

    /// <summary>Names of the program's threads, by thread index; 0 is main.</summary>
    public required ImmutableArray<string> Threads { get; init; }

    /// <summary>The position at which the trace begins: 0, or where <c>trim</c> cut it. Before it are only the events that a question
    /// inside may lead to; the others stand as <see cref="Heaps.Events.EventKind.Elided"/>.</summary>
    public long FirstPosition { get; init; }

    /// <summary>Events of the whole run that this trace is a window of; 0 when it is no window.</summary>
    public long RecordedEvents { get; init; }

    /// <summary>Whether names, texts and string bytes were taken out: the program can not be run again.</summary>
    public bool IsRedacted { get; init; }
}

/// <summary>A file that a collector was loaded from.</summary>
/// <param name="File">Its name, without folders.</param>
/// <param name="Version">Of its assembly.</param>
/// <param name="Hash">SHA-256 of the file, in lower-case hexadecimal.</param>
public sealed record PlugInNote(string File, string Version, string Hash)
{
    /// <summary>As a message names it: enough of the hash to tell two files apart.</summary>
    public override string ToString() => $"{File} {Version}, sha256 {Hash[..Math.Min(12, Hash.Length)]}";
}

/// <summary>One nondeterministic decision: where it was asked, between how many answers, and the answer.</summary>
/// <param name="Thread">Index of the thread that asked.</param>
/// <param name="Operation">Label of the statement that was running; empty between operations.</param>
/// <param name="Iteration">Its loop iteration.</param>
/// <param name="Site">Name of the place that asked.</param>
/// <param name="Occurrence">How many times this place had asked before in this operation.</param>
/// <param name="Of">Number of answers, at least 2.</param>
/// <param name="Chosen">0 to Of - 1; 0 is the default.</param>
public sealed record RecordedChoice(int Thread, string Operation, ulong Iteration, string Site, int Occurrence, int Of, int Chosen);

/// <summary>How the run ended.</summary>
public enum RunStatus
{
    Ok = 0,
    Failure = 1,

    /// <summary>Stopped from outside; what was finished is in the trace.</summary>
    Cancelled = 2,
}

/// <summary>What went wrong in a run.</summary>
/// <param name="Kind">One of crash, assertion, hang, hazard, violation, leak, plug-in.</param>
/// <param name="Code">Short stable name (the assertion, the sanitizer, the kind of access).</param>
/// <param name="Event">Number of the event after which it holds.</param>
/// <param name="Signature">Groups failures: check, event kind, phase, site, object kind; never addresses or event numbers.</param>
public sealed record RunFailure(string Kind, string Code, long Event, string Message, string Signature);

/// <summary>Everything that is known after the last event.</summary>
public sealed record TraceOutcome
{
    public required RunStatus Status { get; init; }

    public required long Events { get; init; }

    public required long Operations { get; init; }

    /// <summary>Hash of the decoded events and changes: the same in every version of the tool.</summary>
    public required ulong ContentHash { get; init; }

    /// <summary>State hash after the last event.</summary>
    public required ulong StateHash { get; init; }

    /// <summary>Recorded choices that were not found, or out of range, and took the default.</summary>
    public required long DefaultedChoices { get; init; }

    public RunFailure? Failure { get; init; }
}
