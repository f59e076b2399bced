using GcReplay.Heaps;
using GcReplay.Traces.Files;

namespace GcReplay.Hunting;

/// <summary>Keeps a second hunt away from a folder: each would write over what the other found.</summary>
/// <remarks>A file in it, held open and shared with nobody. The system lets go of it also when the hunter is killed; the empty file that
/// then stays is taken over by the next one.</remarks>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream held;

    /// <summary>Makes the folder where there is none.</summary>
    /// <exception cref="GcReplayException">Another hunt is under way in it, or it can not be written to.</exception>
    public FolderLock(string folder)
    {
        var name = Path.Combine(folder, "hunt.lock");
        try
        {
            Directory.CreateDirectory(folder);
            held = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (File.Exists(name))
        {
            throw new GcReplayException($"another hunt is under way in {folder}. Wait for it, stop it, or name another folder with -o.", e);
        }
        catch (Exception e) when (DiskFailure.Is(e))
        {
            throw new GcReplayException($"cannot keep anything in {folder}: {DiskFailure.Text(e)}. Check the folder and its permissions, or name another with -o.", e);
        }
    }

    public void Dispose() => held.Dispose();
}
