using System.Collections.Immutable;

namespace GcReplay.Screen;

/// <summary>The keys that work now, in the last row.</summary>
internal static class BottomKeys
{
    private static readonly (string Keys, string Word)[] Last = [("?", "help"), ("q", "quit")];

    /// <summary>The pane's own keys, then the common ones, as far as there is room; help and quit always.</summary>
    public static Line Of(ScreenSession session, IReadOnlyList<PaneKey> own, int width)
    {
        var groups = new List<(string Keys, string Word)>();
        groups.AddRange(own.Where(k => k.Refusal.Length == 0 && k.Word.Length > 0).Select(k => (k.Key, k.Word)));
        foreach (var group in KeyTable.All.GroupBy(k => k.Group))
        {
            var keys = group.Where(k => k.Refusal(session).Length == 0).Select(k => k.Key).ToList();
            if (keys.Count > 0)
                groups.Add((string.Join(' ', keys), group.First().Word));
        }

        var room = width - Last.Sum(Length);
        var spans = ImmutableArray.CreateBuilder<Span>();
        foreach (var group in groups)
        {
            if (Length(group) > room)
                break;
            room -= Length(group);
            Add(spans, group);
        }

        foreach (var group in Last)
            Add(spans, group);
        return new Line(spans.ToImmutable());
    }

    private static int Length((string Keys, string Word) group) => group.Keys.Length + group.Word.Length + 3;

    private static void Add(ImmutableArray<Span>.Builder spans, (string Keys, string Word) group)
    {
        spans.Add(new Span(group.Keys, Ink.Key));
        spans.Add(new Span($" {group.Word}  ", Ink.Dim));
    }
}
