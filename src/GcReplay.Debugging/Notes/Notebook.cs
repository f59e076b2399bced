using System.Globalization;
using System.Text;
using GcReplay.Heaps;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Debugging.Notes;

/// <summary>A name for a position.</summary>
public sealed record Mark(string Name, long Position);

/// <summary>A remark on a position.</summary>
public sealed record Note(long Position, string Text);

/// <summary>Marks and notes of one trace.</summary>
/// <param name="path">File that keeps them; null to keep them for this session only.</param>
public sealed class Notebook(ITraceSource source, string? path = null)
{
    private const string Format = "gcreplay notes 1";

    private List<Mark> marks = [];
    private List<Note> notes = [];
    private bool isRead;

    /// <summary>Null when nothing is kept beyond this session.</summary>
    public string? Path => path;

    /// <summary>In the order of positions.</summary>
    /// <exception cref="GcReplayException">The file is about another recording, or no file of notes.</exception>
    public IReadOnlyList<Mark> Marks()
    {
        ReadOnce();
        return marks;
    }

    /// <inheritdoc cref="Marks"/>
    public IReadOnlyList<Note> Notes()
    {
        ReadOnce();
        return notes;
    }

    /// <summary>Null when there is no such mark.</summary>
    public Mark? Find(string name) => Marks().FirstOrDefault(m => m.Name == name);

    /// <summary>Sets a mark, or moves the one of that name.</summary>
    /// <exception cref="GcReplayException">The file can not be read or written; nothing is changed.</exception>
    public void Set(Mark mark) => Change(() => Place(marks, m => m.Name == mark.Name, mark, m => m.Position));

    /// <inheritdoc cref="Set"/>
    public void Add(Note note) => Change(() => Place(notes, n => n == note, note, n => n.Position));

    /// <summary>Takes a mark away; false when there is none of that name.</summary>
    public bool DeleteMark(string name)
    {
        var had = false;
        Change(() => had = marks.RemoveAll(m => m.Name == name) > 0);
        return had;
    }

    /// <summary>Takes the notes at a position away, and returns how many there were.</summary>
    public int DeleteNotes(long position)
    {
        var count = 0;
        Change(() => count = notes.RemoveAll(n => n.Position == position));
        return count;
    }

    private static void Place<T>(List<T> items, Predicate<T> same, T item, Func<T, long> position)
    {
        items.RemoveAll(same);
        var at = items.FindIndex(i => position(i) > position(item));
        items.Insert(at < 0 ? items.Count : at, item);
    }

    /// <summary>Changes what the file holds now: another session may have written it since.</summary>
    private void Change(Action change)
    {
        isRead = isRead && path is null;
        ReadOnce();
        var (marksBefore, notesBefore) = (marks.ToList(), notes.ToList());
        change();
        try
        {
            Write();
        }
        catch (Exception e) when (DiskFailure.Is(e))
        {
            (marks, notes) = (marksBefore, notesBefore);
            throw new GcReplayException(
                $"{path} can not be written: {DiskFailure.Text(e)}. Marks and notes are kept beside the trace: copy it to a folder that can be written to.", e);
        }
    }

    private void ReadOnce()
    {
        if (isRead)
            return;
        if (path is not null && File.Exists(path))
            Read(path);
        isRead = true;
    }

    private void Read(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"{file} can not be read: {e.Message}", e);
        }

        if (lines.Length < 2 || lines[0] != Format)
            throw new GcReplayException($"{file} is no file of notes: it does not begin with '{Format}'. Move it away, or give the trace another name.");
        if (lines[1] != Subject())
        {
            throw new GcReplayException(
                $"{file} is about another recording ({lines[1]}; this one: {Subject()}): the trace was recorded anew since. Move it away to start new notes.");
        }

        var (newMarks, newNotes) = (new List<Mark>(), new List<Note>());
        for (var i = 2; i < lines.Length; i++)
        {
            var words = lines[i].Split(' ', 3);
            if (words.Length < 3 || words[0] is not ("mark" or "note") || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                || position > source.EventCount)
                throw new GcReplayException($"{file}, line {i + 1}: '{lines[i]}' is not mark POSITION NAME or note POSITION TEXT with a position up to {source.EventCount}");
            if (words[0] == "mark")
                newMarks.Add(new Mark(words[2], position));
            else
                newNotes.Add(new Note(position, words[2]));
        }

        (marks, notes) = (newMarks, newNotes);
    }

    /// <summary>Which recording the notes are about.</summary>
    private string Subject() => $"trace {source.EventCount} events, content {source.Outcome?.ContentHash ?? 0:x16}";

    private void Write()
    {
        if (path is null)
            return;
        var text = new StringBuilder().Append(Format).Append('\n').Append(Subject()).Append('\n');
        foreach (var mark in marks)
            text.Append(CultureInfo.InvariantCulture, $"mark {mark.Position} {mark.Name}\n");
        foreach (var note in notes)
            text.Append(CultureInfo.InvariantCulture, $"note {note.Position} {note.Text}\n");
        var fresh = path + ".new";
        File.WriteAllText(fresh, text.ToString());
        File.Move(fresh, path, overwrite: true);
    }
}
