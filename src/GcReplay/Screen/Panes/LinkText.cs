using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>What a reference or link names, with a sign in front when that memory is gone.</summary>
internal static class LinkText
{
    /// <summary>Stands in front of whatever names memory that is freed or unmapped.</summary>
    public const string Lost = "! ";

    /// <summary><c>→ [W] #3 node 'item'</c>, <c>→ ! unmapped sub.generation2 head</c>.</summary>
    public static Span To(HeapView view, Address target, string behind = "")
    {
        if (target.IsNull)
            return new Span("→ 0", Ink.Dim);
        var isLost = IsLost(view, target);
        return new Span($"→ {(isLost ? Lost : "")}{Colour(view, target)}{EventText.ObjectAt(view, target)}{behind}", isLost ? Ink.Failure : Ink.Normal);
    }

    /// <summary>The letter of an object's colour and a blank; nothing outside of collections.</summary>
    public static string Colour(HeapView view, Address target) =>
        view.ObjectAt(target)?.Colour is { } colour and not Heaps.Layouts.Colour.None ? $"{ColourText.Letter(colour)} " : "";

    /// <summary>Whether memory was given back that a word still names.</summary>
    public static bool IsLost(HeapView view, Address target) =>
        !target.IsNull && view.IsGone(target);

    /// <summary>Whose memory it was that a word names, and until when; nothing when it is in use.</summary>
    public static string Past(Debugger debugger, Address target) =>
        IsLost(debugger.Timeline.View, target) && debugger.Pasts.Of(debugger.Timeline, target, debugger.Progress) is { } past
            ? $"{past}. To see it: goto {past.Went - 1}"
            : "";

    /// <summary>The object that a reference, or a link, names; 0 for none.</summary>
    public static ulong ObjectOf(HeapView view, Address target) =>
        target.IsNull || view.ListAt(target) is not null ? 0 : (view.ObjectAt(target) ?? view.ObjectCovering(target))?.Number ?? 0;
}
