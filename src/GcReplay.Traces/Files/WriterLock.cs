using GcReplay.Heaps;

namespace GcReplay.Traces.Files;

/// <summary>Keeps a second recorder away from a trace that is being written, and lets readers through.</summary>
/// <remarks>A file beside the trace, <c>FILE.lock</c>, held open and shared with nobody. A lock on the trace itself would keep
/// readers out on Unix, where shared and exclusive are all there is. The system lets go of it also when the recorder is killed; the
/// empty file that then stays is taken over by the next one.</remarks>
internal sealed class WriterLock : IDisposable
{
    private readonly FileStream? held;

    /// <exception cref="GcReplayException">Somebody is writing this trace.</exception>
    public WriterLock(string path)
    {
        var name = path + ".lock";
        try
        {
            held = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // Whoever may not write beside the trace is told so about the trace itself.
            if (File.Exists(name) && e is IOException)
                throw new GcReplayException($"{path} is being written by another recorder. Wait for it, stop it, or name another file.", e);
        }
    }

    public void Dispose() => held?.Dispose();
}
