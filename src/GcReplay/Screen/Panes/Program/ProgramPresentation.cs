using System.Collections.Immutable;
using GcReplay.Debugging.Commands;
using GcReplay.Debugging.Stops;
using GcReplay.Traces;

namespace GcReplay.Screen.Panes;

/// <summary>The heap program as text: breakpoints in the margin, and where each thread is.</summary>
internal static class ProgramPresentation
{
    /// <param name="first">First row to show, from 0.</param>
    /// <param name="current">The thread whose event is the present one.</param>
    public static ImmutableArray<Line> Rows(
        string[] text, TraceHeader header, IReadOnlyList<ProgramPlace> places, IReadOnlyList<Stop> stops, int current, int first, int height)
    {
        var width = text.Length.ToString().Length;
        return [.. Enumerable.Range(first, Math.Max(0, Math.Min(height, text.Length - first))).Select(i =>
            Row(text[i], i + 1, width, header, [.. places.Where(p => p.Line == i + 1)], Breakpoint(header, stops, i + 1), current))];
    }

    private static Line Row(string text, int number, int width, TraceHeader header, List<ProgramPlace> here, string breakpoint, int current)
    {
        var isPresent = here.Any(p => p.Thread == current && p.IsInner);
        var (sign, ink) = here.Count == 0 ? (' ', Ink.Normal)
            : here.Any(p => p is { IsInner: true, IsUnderway: true }) ? ('>', isPresent ? Ink.Present : Ink.Title)
            : here.Any(p => p.IsUnderway) ? ('^', Ink.Title)
            : ('-', isPresent ? Ink.Present : Ink.Title);
        var isComment = ink == Ink.Normal && text.TrimStart().StartsWith('#');
        return Line.Of(
            new Span(breakpoint, Ink.Failure),
            new Span($"{sign}{number.ToString().PadLeft(width)}  ", ink == Ink.Normal ? Ink.Dim : ink),
            new Span(text, isComment ? Ink.Dim : ink),
            new Span(Threads(header, here), Ink.Key))
            with { SourceLine = number };
    }

    /// <summary>Who is here, and how; with one thread only what a sign alone does not say.</summary>
    private static string Threads(TraceHeader header, List<ProgramPlace> here)
    {
        if (here.Count == 0)
            return "";
        var texts = here.Select(p => (header.Threads.Length > 1 ? EventText.ThreadName(header, p.Thread) : "")
            + (p.IsUnderway ? p.IsInner ? "" : " waits for a script" : " done"));
        return $"  {string.Join(", ", texts.Select(t => t.Trim()).Where(t => t.Length > 0))}".TrimEnd();
    }

    /// <summary><c>B</c> for one that always stops there, <c>b</c> for one with a condition or for once.</summary>
    private static string Breakpoint(TraceHeader header, IReadOnlyList<Stop> stops, int line)
    {
        var here = stops.Where(s => s.Condition is AtOperation at && at.Operations.Any(o => header.Operations[o].Line == line)).ToList();
        return here.Count == 0 ? " " : here.Any(s => s.Guard is null && !s.IsTemporary) ? "B" : "b";
    }
}
