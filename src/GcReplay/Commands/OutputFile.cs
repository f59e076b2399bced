using GcReplay.Heaps;
using GcReplay.Traces.Files;

namespace GcReplay.Commands;

/// <summary>Files that a command writes as a whole: the new content is there, or what was there before.</summary>
internal static class OutputFile
{
    /// <summary>Whether a name stands for a device: what is written there can not be replaced or read again.</summary>
    public static bool IsDevice(string path) => path.Length > 0 && Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>Asks before the work whether a text made from a trace can be written: so that nobody waits for nothing.</summary>
    /// <exception cref="GcReplayException">It would replace the trace or the file it is recorded into, a folder, or a device.</exception>
    public static void CheckText(string source, string target)
    {
        RefuseSame(source, target, "the trace");
        if (Path.GetExtension(target) == ".gctrace")
            throw new GcReplayException($"{target} is the name of a trace, and what is written is none. Name a file that ends otherwise.");
        RefuseText(target);
        if (Path.GetDirectoryName(Path.GetFullPath(target)) is { } folder && !Directory.Exists(folder))
            throw new GcReplayException($"cannot write {target}: there is no folder {folder}. Make it, or name another file.");
    }

    /// <exception cref="GcReplayException">It can not be written.</exception>
    public static void WriteText(string path, string text, CancellationToken cancellation)
    {
        RefuseText(path);
        var unfinished = Unfinished(path);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            File.WriteAllText(unfinished, text);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (DiskFailure.Is(e))
        {
            File.Delete(unfinished);
            throw Failed(path, DiskFailure.Text(e), e);
        }
    }

    /// <summary>Writes a trace beside its place and moves it there once it is whole.</summary>
    /// <param name="write">Given the name to write to.</param>
    /// <exception cref="GcReplayException">It can not be written, or would replace something that is no trace.</exception>
    public static T WriteTrace<T>(string path, Func<string, T> write)
    {
        TraceWriter.CheckTarget(path);
        if (IsDevice(path))
            throw new GcReplayException($"{path} is no file that can be replaced as a whole. Name one in another folder.");
        // Another command that writes the same trace would lose its unfinished file to this one, a recorder its finished one.
        using var reserved = TraceWriter.Reserve(path);
        var unfinished = Unfinished(path);
        TraceWriter.CheckTarget(unfinished);
        try
        {
            var written = write(unfinished);
            File.Move(unfinished, path, overwrite: true);
            return written;
        }
        catch (Exception e)
        {
            File.Delete(unfinished);
            if (e is TraceWriteException full)
                throw Failed(path, full.Reason, e);
            if (DiskFailure.Is(e))
                throw Failed(path, DiskFailure.Text(e), e);
            throw;
        }
    }

    private static void RefuseText(string path)
    {
        if (Directory.Exists(path))
            throw new GcReplayException($"{path} is a folder; name a file in it.");
        if (path.Length == 0)
            throw new GcReplayException("the name of the output is empty; name a file.");
        // Moved over a device, the file would take its place.
        if (IsDevice(path))
            throw new GcReplayException($"{path} is no file that can be replaced as a whole. Name one in another folder.");
    }

    private static GcReplayException Failed(string path, string reason, Exception e)
    {
        var left = File.Exists(path) ? "What was there before is as it was." : "Nothing is left of it.";
        return new GcReplayException($"cannot write {path}: {reason}. {left} Free some space, check the folder and its permissions, or name another file.", e);
    }

    /// <exception cref="GcReplayException">Both names are one file, or the source stands where the target is written until it is whole.</exception>
    public static void RefuseSame(string source, string target, string what)
    {
        if (source.Length == 0 || target.Length == 0)
            return;
        if (Path.GetFullPath(source) == Path.GetFullPath(target))
            throw new GcReplayException($"{target} is {what} itself: it is left as it is. Name another file.");
        if (Path.GetFullPath(source) == Path.GetFullPath(Unfinished(target)))
            throw new GcReplayException($"{source} is where {target} would be written until it is whole. Name another file, or rename the first.");
    }

    private static string Unfinished(string path) => path + ".unfinished";
}
