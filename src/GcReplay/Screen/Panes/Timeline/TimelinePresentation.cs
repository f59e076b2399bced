using System.Collections.Immutable;
using System.Text;
using GcReplay.Debugging.Notes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The strip as text. Every row is one kind of fact, and the present column stands out in all of them.</summary>
internal static class TimelinePresentation
{
    private const string Heights = " ▁▂▃▄▅▆▇█";

    /// <summary>As many rows as there is room for; the last ones to go are phases and marks.</summary>
    public static ImmutableArray<Line> Rows(
        TimelineScale scale, IReadOnlyList<InterpreterLife> lives, HeapView view, long position, ScreenMarks marks, Notebook notebook, int height)
    {
        var present = scale.ColumnOf(position);
        var rows = new List<Line>();
        var livesRows = Math.Clamp(height - 3, 0, Math.Max(1, lives.Count));
        if (height >= 3)
            rows.Add(Row(scale, "writes", Writes(scale), present));
        if (height >= 2)
            rows.Add(Row(scale, "gc", Phases(scale, view), present));
        for (var i = 0; i < livesRows && i < lives.Count; i++)
            rows.Add(Row(scale, i == 0 ? "interp" : "", Life(scale, view, i == livesRows - 1 ? [.. lives.Skip(i)] : [lives[i]]), present));
        rows.Add(Row(scale, "marks", Marks(scale, position, marks, notebook), present));
        return [.. rows];
    }

    /// <summary>How many words were changed in each column, as heights.</summary>
    private static Cell[] Writes(TimelineScale scale)
    {
        var changes = new long[scale.Columns];
        for (var column = 0; column < scale.Columns; column++)
        {
            var (first, end) = scale.CellsOf(column);
            foreach (var cell in scale.Overview.Cells[first..end])
                changes[column] += cell.Changes;
        }

        // Logarithmic: one event that fills a page would else make all others look the same.
        var most = Math.Log2(1 + Math.Max(1, changes.Max()));
        return [.. changes.Select(c => new Cell(Heights[(int)Math.Ceiling(8 * Math.Log2(1 + c) / most)], Ink.Key))];
    }

    /// <summary>Phases as bands with their names, as far as there is room; <c>:</c> where a collection is only a part of a column.</summary>
    private static Cell[] Phases(TimelineScale scale, HeapView view)
    {
        var cells = new Cell[scale.Columns];
        var phases = Enumerable.Range(0, scale.Columns).Select(c => PhaseOf(scale, c)).ToArray();
        var isOther = false;
        for (var column = 0; column < scale.Columns;)
        {
            var (phase, collects) = phases[column];
            var end = column + 1;
            while (end < scale.Columns && phases[end] == phases[column])
                end++;
            var name = phase > OverviewCell.BetweenPhases ? TextColumns.PerColumn(view.PhaseName(phase)) : "";
            for (var i = column; i < end; i++)
            {
                cells[i] = phase == OverviewCell.Mutator
                    ? new Cell(collects ? ':' : '·', collects ? Ink.Key : Ink.Dim)
                    : new Cell(i - column < name.Length ? name[i - column] : name.Length > 0 ? '=' : '-', isOther ? Ink.OtherPhase : Ink.Collection);
            }

            if (phase != OverviewCell.Mutator)
                isOther = !isOther;
            column = end;
        }

        return cells;
    }

    private static (int Phase, bool Collects) PhaseOf(TimelineScale scale, int column)
    {
        var (first, end) = scale.CellsOf(column);
        var span = scale.Overview.Cells[first..end];
        var (phase, votes, collects) = (OverviewCell.Mutator, 0, false);
        foreach (var cell in span)
        {
            // What was not read yet belongs to nobody.
            if (cell.Kinds == 0)
                continue;
            collects |= cell.Collects;
            if (votes == 0)
                phase = cell.Phase;
            votes += phase == cell.Phase ? 1 : -1;
        }

        return (phase, collects && phase == OverviewCell.Mutator);
    }

    /// <summary>Each with its name; <c>[</c> where an interpreter begins, <c>]</c> where it ends. Of those that share a row, the last one
    /// is seen.</summary>
    private static Cell[] Life(TimelineScale scale, HeapView view, IReadOnlyList<InterpreterLife> lives)
    {
        var cells = Enumerable.Repeat(new Cell(' ', Ink.Normal), scale.Columns).ToArray();
        foreach (var life in lives)
        {
            var begin = Math.Max(life.Begin, scale.Overview.First);
            var end = life.End == 0 ? scale.Overview.Last : Math.Min(life.End, scale.Overview.Last);
            if (begin > end)
                continue;
            var (from, to) = (scale.ColumnOf(begin), scale.ColumnOf(end));
            var name = TextColumns.PerColumn(view.InterpreterName(life.Index));
            for (var column = from; column <= to; column++)
                cells[column] = new Cell(column > from && column - from <= name.Length ? name[column - from - 1] : '─', Ink.Good);
            if (begin == life.Begin)
                cells[from] = new Cell('[', Ink.Good);
            if (end == life.End)
                cells[to] = new Cell(']', Ink.Freed);
        }

        return cells;
    }

    private static Cell[] Marks(TimelineScale scale, long position, ScreenMarks marks, Notebook notebook)
    {
        var cells = Enumerable.Repeat(new Cell(' ', Ink.Normal), scale.Columns).ToArray();
        void Put(long number, char sign, Ink ink)
        {
            if (number > 0 && scale.ColumnOf(number) is var column and >= 0)
                cells[column] = new Cell(sign, ink);
        }

        Put(Math.Max(1, position), '^', Ink.Present);
        for (var column = 0; column < scale.Columns; column++)
        {
            var (first, end) = scale.CellsOf(column);
            foreach (var cell in scale.Overview.Cells[first..end])
            {
                if ((cell.Kinds >> (int)EventKind.CollectionBegin & 1) != 0 && cells[column].Sign == ' ')
                    cells[column] = new Cell('c', Ink.Key);
                if (cell.Failure > 0)
                    cells[column] = new Cell('!', Ink.Failure);
            }
        }

        foreach (var note in notebook.Notes())
            Put(note.Position, '~', Ink.Mark);
        foreach (var mark in notebook.Marks())
            Put(mark.Position, TextColumns.PerColumn(mark.Name) is [var first, ..] ? first : 'm', Ink.Mark);
        foreach (var finding in marks.Findings)
            Put(finding.Event, '!', Ink.Failure);
        Put(marks.Failure, '!', Ink.Failure);
        Put(marks.Corrupt, '*', Ink.Corrupt);
        return cells;
    }

    private static Line Row(TimelineScale scale, string name, Cell[] cells, int present)
    {
        var spans = ImmutableArray.CreateBuilder<Span>();
        if (scale.Left > 0)
            spans.Add(new Span(name.Length >= scale.Left ? name[..(scale.Left - 1)] + " " : name.PadRight(scale.Left), Ink.Dim));
        var text = new StringBuilder();
        for (var column = 0; column < cells.Length; column++)
        {
            var ink = column == present ? Ink.Present : cells[column].Ink;
            text.Append(cells[column].Sign);
            if (column + 1 < cells.Length && (column + 1 == present ? Ink.Present : cells[column + 1].Ink) == ink)
                continue;
            spans.Add(new Span(text.ToString(), ink));
            text.Clear();
        }

        return new Line(spans.ToImmutable());
    }

    private readonly record struct Cell(char Sign, Ink Ink);
}
