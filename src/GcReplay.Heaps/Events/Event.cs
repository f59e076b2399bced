namespace GcReplay.Heaps.Events;

/// <summary>One event: the smallest thing that happens. What <paramref name="A"/> to <paramref name="D"/> mean is said by
/// <see cref="EventShapes"/>. The words it changed stand beside it, in an <see cref="EventBlock"/>.</summary>
/// <param name="Thread">Index of the thread that did it.</param>
/// <param name="Site">Index into <c>Layout.Sites</c> (where the decision was taken, and why); 0 when there is none.</param>
public readonly record struct Event(EventKind Kind, int Thread, int Site, ulong A, ulong B, ulong C, ulong D);
