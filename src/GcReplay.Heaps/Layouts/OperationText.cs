namespace GcReplay.Heaps.Layouts;

/// <summary>A statement of the program, as an event names it: the reader needs no parser to show it.</summary>
/// <param name="Label">Stable name of the statement, kept by printer and shrinker.</param>
/// <param name="Block">Name of the thread or script it belongs to.</param>
/// <param name="Line">Line in the program's text, from 1.</param>
/// <param name="Text">The statement as printed.</param>
public sealed record OperationText(string Label, string Block, int Line, string Text);
