using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes;

/// <summary>Raw memory at the selection.</summary>
internal sealed class WordsPane() : VirtualPane(Pane.Words)
{
    /// <summary>Farther away a text is not looked for: memory is long.</summary>
    private const long FoundWithin = 20_000;

    /// <summary>A search reads rows with all that wide ones show.</summary>
    private const int WideRow = 200;

    private readonly WordsContext context = new();

    protected override PaneScroll Scroll => context.Scroll;

    public override IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("Enter", "follow", "goes to the memory that the word names", Target(request) is null ? "the selected word names no memory" : ""),
        new("Backspace", "back", "to the place before"),
    ];

    public override bool Find(string text, bool forward, PaneRequest request)
    {
        var changed = new ChangedWords(request.Timeline);
        for (var i = 1L; i < Math.Min(context.Total, FoundWithin); i++)
        {
            var row = Scroll.Selected + (forward ? i : -i);
            if (row < 0 || row >= context.Total)
                return false;
            if (!WordsPresentation.Row(request.Timeline, changed, context.Area.Start + row * 8, WideRow).Text.Contains(text, StringComparison.OrdinalIgnoreCase))
                continue;
            Scroll.Select(row);
            return true;
        }

        return false;
    }

    protected override PaneText Make(PaneRequest request)
    {
        Body = PaneParts.Body(request.Size);
        context.Follow(request.View, request.Focus.Address.IsNull ? PlaceOf(request.Timeline) : request.Focus.Address, Body);
        return WordsPresentation.Of(request.Timeline, context, request.Size);
    }

    protected override bool Follow(Line line, PaneRequest request)
    {
        if (Target(request) is not { } target)
            return false;
        request.Session.Select(target);
        return true;
    }

    /// <summary>The first place that the present event names; null when it names none.</summary>
    private static Address PlaceOf(Timeline timeline)
    {
        if (timeline.Position <= timeline.Start)
            return default;
        var e = timeline.EventAt(timeline.Position).Event;
        var operand = Array.FindIndex(EventShapes.Of(e.Kind).Operands, o => o.Kind is OperandKind.Address or OperandKind.ReadAddress or OperandKind.Container or OperandKind.Object);
        return new Address(operand switch { 0 => e.A, 1 => e.B, 2 => e.C, 3 => e.D, _ => 0 });
    }

    private Address? Target(PaneRequest request) =>
        request.View.TryRead(context.Selected, out var word) && word >= AddressSpace.PageBytes && Windows.IsProcess(new Address(word))
            ? new Address(word & ~7UL)
            : null;
}
