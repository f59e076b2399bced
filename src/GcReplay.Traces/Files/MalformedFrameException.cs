namespace GcReplay.Traces.Files;

/// <summary>The bytes of a frame are not what the format says. Never leaves this folder: whoever knows the file and the place
/// turns it into a <see cref="Heaps.GcReplayException"/> or into the trace's damage.</summary>
/// <param name="message">Goes on from "the frame at byte N".</param>
internal sealed class MalformedFrameException(string message) : Exception(message)
{
    /// <summary>Whether the file ends before the frame does: what a killed recorder leaves.</summary>
    public bool IsCut { get; init; }
}
