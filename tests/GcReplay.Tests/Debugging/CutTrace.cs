using GcReplay.Debugging.Cutting;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Debugging;

/// <summary>A window of a trace of the gallery, or all of it redacted, in a file of its own.</summary>
internal sealed class CutTrace : IDisposable
{
    private readonly ScratchFolder folder = new();

    /// <param name="to">0 for the last event.</param>
    public CutTrace(string trace, long from = 1, long to = 0, bool isRedacted = false)
    {
        using var whole = TraceReader.Open(Repository.PathOf(trace));
        Path = folder.PathOf("cut.gctrace");
        new TraceWindow(whole, from, to == 0 ? whole.EventCount : to, isRedacted ? PublishedNames.All : null).Write(Path);
        Reader = TraceReader.Open(Path);
    }

    public string Path { get; }

    public TraceReader Reader { get; }

    public void Dispose()
    {
        Reader.Dispose();
        folder.Dispose();
    }
}
