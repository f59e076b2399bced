using Terminal.Gui.Input;

namespace GcReplay.Screen;

/// <summary>Names of keys as <see cref="ScreenController"/> and panes take them: a character as itself, others by name.</summary>
internal static class KeyNames
{
    private static readonly Dictionary<Key, string> Named = new()
    {
        [Key.Enter] = "Enter", [Key.Esc] = "Esc", [Key.Tab] = "Tab", [Key.Tab.WithShift] = "Shift+Tab",
        [Key.F1] = "F1", [Key.F2] = "F2", [Key.F3] = "F3", [Key.F4] = "F4",
        [Key.F5] = "F5", [Key.F6] = "F6", [Key.F7] = "F7", [Key.F8] = "F8",
        [Key.CursorUp] = "Up", [Key.CursorDown] = "Down", [Key.CursorLeft] = "Left", [Key.CursorRight] = "Right",
        [Key.PageUp] = "PageUp", [Key.PageDown] = "PageDown", [Key.Home] = "Home", [Key.End] = "End",
        [Key.Backspace] = "Backspace", [Key.Delete] = "Delete",
    };

    /// <summary>Stands before a key pressed with Alt, and before one that followed Esc quickly: a terminal sends the same for both.</summary>
    public const string Alt = "Alt+";

    /// <summary>The empty string for a key that has no meaning here.</summary>
    public static string Of(Key key)
    {
        if (key.IsAlt)
            return Of(key.NoAlt) is { Length: > 0 } plain ? Alt + plain : "";
        if (Named.TryGetValue(key, out var name))
            return name;
        if (key.IsCtrl)
            return key.NoCtrl.NoShift.AsRune.Value is >= 'a' and <= 'z' or >= 'A' and <= 'Z' ? $"Ctrl+{char.ToUpperInvariant((char)key.NoCtrl.NoShift.AsRune.Value)}" : "";
        return key.AsRune.Value >= ' ' ? key.AsRune.ToString() : "";
    }
}
