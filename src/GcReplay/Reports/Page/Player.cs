using System.Globalization;
using System.Text;
using GcReplay.Heaps.Memory;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>The states of a player: every piece of markup once, and for each state which pieces it shows. The engine rendered them all; the
/// page's script only puts them where they belong.</summary>
internal sealed class Player(ScenePanels panels)
{
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<string> pieces = [];
    private readonly StringBuilder states = new();
    private readonly List<long> shown = [];
    private Dictionary<(int Panel, string Key), string> before = [];
    private long markupLength;

    /// <summary>Characters of markup and data so far.</summary>
    public long Length => markupLength + states.Length;

    /// <summary>Events of the states, in order.</summary>
    public IReadOnlyList<long> Events => shown;

    /// <summary>Starts a run of states: what a scene shows otherwise than this one is new.</summary>
    public void Begin(Scene scene) => before = Keyed(panels.Of(scene));

    /// <summary>Adds a state.</summary>
    /// <param name="note">Markup that stands with the moment: links of the chain, events that are left out.</param>
    public void Add(Scene scene, string note)
    {
        var content = panels.Of(scene);
        states.Append(shown.Count == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{{\"n\":{scene.Position},\"l\":[{string.Join(',', scene.Lines)}],\"o\":[{string.Join(',', scene.Named.Select(n => $"\"{ObjectNumber.Text(n)}\""))}],\"p\":[");
        for (var panel = 0; panel < content.Count; panel++)
        {
            states.Append(panel == 0 ? "[" : ",[");
            states.AppendJoin(',', content[panel].Select(p => NumberOf(p.Markup) * 2 + (IsNew(panel, p) ? 1 : 0)));
            states.Append(panel == 0 && note.Length > 0 ? $",{NumberOf(note) * 2}]" : "]");
        }

        states.Append("]}");
        shown.Add(scene.Position);
        before = Keyed(content);
    }

    /// <summary>The pieces, which a browser parses and does not show.</summary>
    public string Templates() => string.Concat(pieces.Select((markup, number) => $"<template id=\"f{number}\">{markup}</template>\n"));

    /// <summary>Of each state its event, lines of the program, objects named, and pieces by panel, as JSON. It holds numbers only.</summary>
    public string Data() => $"[{states}]";

    private bool IsNew(int panel, Piece piece) =>
        panel > 0 && piece.Key.Length > 0 && (!before.TryGetValue((panel, piece.Key), out var known) || known != piece.Markup);

    private int NumberOf(string markup)
    {
        if (numbers.TryGetValue(markup, out var number))
            return number;
        numbers.Add(markup, number = pieces.Count);
        pieces.Add(markup);
        markupLength += markup.Length + 40;
        return number;
    }

    private static Dictionary<(int Panel, string Key), string> Keyed(IReadOnlyList<IReadOnlyList<Piece>> content)
    {
        var keyed = new Dictionary<(int, string), string>();
        for (var panel = 0; panel < content.Count; panel++)
        {
            foreach (var piece in content[panel])
                keyed.TryAdd((panel, piece.Key), piece.Markup);
        }

        return keyed;
    }
}
