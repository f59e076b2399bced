using Terminal.Gui.Input;

namespace GcReplay.Screen;

/// <summary>Names of keys as <see cref="ScreenController.Press"/> takes them.</summary>
internal static class KeyNames
{
    private static readonly (Key Key, string Name)[] Named =
    [
        (Key.Enter, "Enter"), (Key.Esc, "Esc"), (Key.Tab, "Tab"), (Key.Tab.WithShift, "Shift+Tab"), (Key.F6, "F6"),
        (Key.F6.WithShift, "Shift+Tab"), (Key.CursorUp, "Up"), (Key.CursorDown, "Down"),
        (Key.CursorLeft, "Left"), (Key.CursorRight, "Right"), (Key.PageUp, "PageUp"), (Key.PageDown, "PageDown"), (Key.Home, "Home"), (Key.End, "End"), (Key.C.WithCtrl, "Ctrl+C"),
    ];

    /// <summary>A character as itself; the empty string for a key that has no meaning here.</summary>
    public static string Of(Key key)
    {
        foreach (var (known, name) in Named)
        {
            if (key == known)
                return name;
        }

        return !key.IsCtrl && !key.IsAlt && key.AsRune.Value >= ' ' ? key.AsRune.ToString() : "";
    }
}
