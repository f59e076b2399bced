using System.Text;

namespace GcReplay.Screen;

/// <summary>The control sequence (OSC 52) that puts text into the clipboard of the terminal, also of one far away; terminals that do
/// not know it ignore it.</summary>
internal static class ClipboardText
{
    public static string Of(string text) => $"\u001b]52;c;{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\u0007";
}
