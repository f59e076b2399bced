using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>All sanitizers. Of two that fail after one event the earlier here tells more about the cause.</summary>
public static class Sanitizers
{
    public static IReadOnlyList<ISanitizer> All { get; } =
    [
        new FreedNamedByLiveLink(),
        new LiveObjectFreed(),
        new GarbageInUse(),
        new ForwardingLeft(),
        new UseAfterFree(),
        new ListIntegrity(),
        new DeadList(),
        new MemberOfTwoLists(),
        new ReferenceCount(),
        new BlackToWhite(),
        new OldToYoung(),
        new CardContents(),
        new MarkedOutsideMarking(),
        new ShadowWithoutObject(),
    ];

    /// <summary>Those whose invariants can have to hold in heaps of a layout, in the same order.</summary>
    public static IReadOnlyList<ISanitizer> Of(HeapView view) => [.. All.Where(sanitizer => sanitizer.IsPromised(view))];

    /// <summary>The same, told by a layout alone.</summary>
    public static IReadOnlyList<ISanitizer> Of(Layout layout)
    {
        var space = new AddressSpace();
        return Of(new HeapView(space, new Shadow(space), layout));
    }
}
