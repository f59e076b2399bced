namespace GcReplay.Screen;

/// <summary>Something that the user did.</summary>
/// <param name="Key">As <see cref="KeyNames"/> has it; <c>Click</c>, <c>DoubleClick</c>, <c>WheelUp</c>, <c>WheelDown</c>; <c>Resize</c>, where
/// the place is the new size; <c>Open</c>, once.</param>
internal readonly record struct Press(string Key, int Row = 0, int Column = 0);
