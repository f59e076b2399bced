namespace GcReplay.Debugging.Explaining;

/// <summary>What the last event of a trace is.</summary>
internal enum TraceEnd
{
    /// <summary>The run ended with it.</summary>
    OfRun = 0,

    /// <summary>The run was stopped from outside, or its recorder was.</summary>
    Interrupted,

    /// <summary>More was recorded: this is a window, or what followed can not be read.</summary>
    OfPart,
}
