using System.Globalization;

namespace GcReplay.Screen;

/// <summary>A line being typed in the last row, with the keys of readline.</summary>
/// <param name="sign">What stands before it: <c>:</c> or <c>/</c>.</param>
/// <param name="candidates">What may stand at the end of a text, given all before its last word and that word.</param>
internal sealed class TypedLine(char sign, CommandHistory history, Func<string, string, IEnumerable<string>> candidates)
{
    private string text = "";
    private int caret;
    private IReadOnlyList<string> offered = [];
    private int offer = -1;

    public char Sign => sign;

    public string Text => text;

    /// <summary>What Tab found, when more than one name fits.</summary>
    public IReadOnlyList<string> Offered => offered;

    /// <summary>Acts on a key that is neither Enter nor Esc.</summary>
    public void Press(string key)
    {
        if (key is not ("Tab" or "Shift+Tab"))
            (offered, offer) = ([], -1);
        switch (key)
        {
            case "Left" or "Ctrl+B": caret -= Before(); break;
            case "Right" or "Ctrl+F": caret += After(); break;
            case "Home" or "Ctrl+A": caret = 0; break;
            case "End" or "Ctrl+E": caret = text.Length; break;
            case "Backspace": Remove(caret - Before(), caret); break;
            case "Delete" or "Ctrl+D": Remove(caret, caret + After()); break;
            case "Ctrl+U": Remove(0, caret); break;
            case "Ctrl+K": Remove(caret, text.Length); break;
            case "Ctrl+W": Remove(StartOfWord(), caret); break;
            case "Up" or "Ctrl+P": Replace(history.Before() ?? text); break;
            case "Down" or "Ctrl+N": Replace(history.After()); break;
            case "Tab": Complete(1); break;
            case "Shift+Tab": Complete(-1); break;
            default:
                if (key.Length == 1 || key.Length > 1 && char.IsSurrogate(key[0]))
                    Insert(key);
                break;
        }
    }

    /// <summary>Puts text in at the caret; of several lines, as one.</summary>
    public void Insert(string inserted)
    {
        inserted = inserted.ReplaceLineEndings(" ");
        text = text.Insert(caret, inserted);
        caret += inserted.Length;
    }

    /// <summary>The line with its caret, scrolled so that the caret is among the columns there are.</summary>
    public Line Show(int width)
    {
        var at = text[caret..];
        var under = at.Length == 0 ? " " : StringInfo.GetNextTextElement(at);
        var before = text[..caret];
        var room = Math.Max(1, width - 3);
        if (TextColumns.Of(before) is var columns && columns > room)
            before = "…" + TextColumns.Skip(before, columns - room + 1);
        return Line.Of(
            new Span(sign.ToString(), Ink.Key), new Span(before), new Span(under, Ink.Caret), new Span(at.Length == 0 ? "" : at[under.Length..]));
    }

    private int Before()
    {
        if (caret == 0)
            return 0;
        var starts = StringInfo.ParseCombiningCharacters(text[..caret]);
        return caret - starts[^1];
    }

    private int After() => caret == text.Length ? 0 : StringInfo.GetNextTextElement(text, caret).Length;

    private int StartOfWord()
    {
        var end = text[..caret].TrimEnd().Length;
        return text.LastIndexOf(' ', Math.Max(0, end - 1), Math.Max(0, end)) + 1;
    }

    private void Remove(int from, int to)
    {
        text = text.Remove(from, to - from);
        caret = from;
    }

    private void Replace(string line) => (text, caret) = (line, line.Length);

    /// <summary>As far as all names agree; then, with each further Tab, one name after the other.</summary>
    private void Complete(int by)
    {
        var start = text.LastIndexOf(' ', Math.Max(0, caret - 1), caret) + 1;
        if (offer < 0 && offered.Count == 0)
        {
            offered = [.. candidates(text[..start], text[start..caret])];
            if (offered.Count == 0)
                return;
            var common = offered.Aggregate(Common);
            if (offered.Count == 1)
                (common, offered) = (common + " ", []);
            if (common.Length > caret - start || offered.Count == 0)
            {
                Put(start, common);
                return;
            }
        }

        offer = offer < 0 ? by > 0 ? 0 : offered.Count - 1 : (offer + by + offered.Count) % offered.Count;
        Put(start, offered[offer]);
    }

    private void Put(int start, string word)
    {
        text = text[..start] + word + text[caret..];
        caret = start + word.Length;
    }

    private static string Common(string one, string other)
    {
        var length = 0;
        while (length < Math.Min(one.Length, other.Length) && one[length] == other[length])
            length++;
        return one[..length];
    }
}
