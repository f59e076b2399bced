using GcReplay.Heaps;

namespace GcReplay.Commands;

/// <summary>Files that a command reads as a whole.</summary>
internal static class InputFile
{
    /// <param name="what">What the file should be, in words.</param>
    /// <exception cref="GcReplayException">It can not be read.</exception>
    public static string ReadText(string path, string what)
    {
        if (Directory.Exists(path))
            throw new GcReplayException($"{path} is a folder; expected {what}.");
        if (!File.Exists(path))
            throw new GcReplayException($"{path} does not exist; expected {what}.");
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"cannot read {path}: {e.Message.TrimEnd('.')}. Check its permissions.", e);
        }
    }
}
