using GcReplay.Heaps.Memory;

namespace GcReplay.Screen.Panes.Words;

/// <summary>Raw memory at the selection.</summary>
internal sealed class WordsPane() : VirtualPane(Pane.Words)
{
    private readonly WordsContext context = new();

    protected override PaneScroll Scroll => context.Scroll;

    public override IReadOnlyList<PaneKey> Keys(PaneRequest request) =>
    [
        new("Enter", "follow", "goes to the memory that the word names", Target(request) is null ? "the selected word names no memory" : ""),
        new("Backspace", "back", "to the place before"),
    ];

    protected override PaneText Make(PaneRequest request)
    {
        Body = PaneParts.Body(request.Size);
        context.Follow(request.View, request.Focus.Address, request.Timeline.Position, Body);
        return WordsPresentation.Of(request.Timeline, context, request.Size);
    }

    protected override bool Follow(Line line, PaneRequest request)
    {
        if (Target(request) is not { } target)
            return false;
        request.Session.Select(target);
        return true;
    }

    private Address? Target(PaneRequest request) =>
        request.View.TryRead(context.Selected, out var word) && word >= AddressSpace.PageBytes && Heaps.Memory.Windows.IsProcess(new Address(word))
            ? new Address(word & ~7UL)
            : null;
}
