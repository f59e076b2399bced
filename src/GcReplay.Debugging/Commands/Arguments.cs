using System.Globalization;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

/// <summary>The words behind a command's name.</summary>
public sealed class Arguments(Command command, IReadOnlyList<string> words)
{
    public int Count => words.Count;

    public string this[int index] => words[index];

    /// <summary>All words, with one space in between.</summary>
    public string Text => string.Join(' ', words);

    /// <exception cref="GcReplayException">Fewer or more words than that.</exception>
    public void Require(int least, int most)
    {
        if (words.Count < least)
            throw Wrong("something is missing");
        if (words.Count > most)
            throw Wrong($"'{words[most]}' is too much");
    }

    /// <summary>A count of 1 or more.</summary>
    public long CountAt(int index, long otherwise)
    {
        if (index >= words.Count)
            return otherwise;
        if (!long.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            throw Wrong($"'{words[index]}' is no count");
        return count;
    }

    /// <summary>Number of a breakpoint or watchpoint.</summary>
    public int IdAt(int index) =>
        int.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Wrong($"'{words[index]}' is no number");

    /// <summary>The words from one on, with one space in between.</summary>
    public string TextFrom(int index) => string.Join(' ', words.Skip(index));

    /// <summary>What to throw when an argument is not what the command takes.</summary>
    public GcReplayException Wrong(string fact) => new($"{command.Name}: {fact}. Usage: {command.Usage}. For example: {command.Example}");
}
