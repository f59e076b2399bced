using System.Text;
using GcReplay.Heaps;

namespace GcReplay.Commands;

/// <summary>Files that a command reads as a whole.</summary>
internal static class InputFile
{
    /// <summary>More than this is no text that a person or an importer made, but a device or a wrong file.</summary>
    private const int CharactersMax = 1 << 27;

    /// <param name="what">What the file should be, in words.</param>
    /// <exception cref="GcReplayException">It can not be read.</exception>
    public static string ReadText(string path, string what)
    {
        if (Directory.Exists(path))
            throw new GcReplayException($"{path} is a folder; expected {what}.");
        if (!File.Exists(path))
            throw new GcReplayException($"{(path.Length == 0 ? "an empty name" : path)} does not exist; expected {what}.");
        try
        {
            using var file = new StreamReader(path);
            var text = new StringBuilder();
            var part = new char[1 << 16];
            for (var read = file.Read(part); read > 0; read = file.Read(part))
            {
                text.Append(part, 0, read);
                if (text.Length > CharactersMax)
                    throw new GcReplayException($"{path} has more than {CharactersMax} characters; expected {what}.");
            }

            return text.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"cannot read {path}: {e.Message.TrimEnd('.')}. Check its permissions.", e);
        }
    }
}
