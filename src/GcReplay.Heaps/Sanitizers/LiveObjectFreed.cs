using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>The ground truth: a collection frees nothing that the program can still reach. While sweeping, asked at each free: nothing
/// that is kept refers to what is freed. At the end of each collection: nothing that is kept refers to freed memory. Must hold for
/// layouts that make promises about tracing.</summary>
/// <remarks>What is kept is told by words alone: by one traversal from roots, from objects that are never freed, and from lists that
/// keep their members. Exceptions: frees of runtime objects, and memory that an object left or that the runtime keeps. Garbage may
/// refer to garbage that was swept before.</remarks>
public sealed class LiveObjectFreed : ISanitizer
{
    public string Name => "live-object-freed";

    public string Claim => "No collection frees what the program can still reach.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.Free, EventKind.CollectionEnd];

    public bool IsPromised(HeapView view) => view.Layout.Tracing is not null;

    public bool HoldsAfter(in Event e, HeapView view) =>
        e.Kind == EventKind.CollectionEnd
        || e.D == (ulong)FreeKind.Freed && e.C != 0 && (e.C & Shadow.RuntimeFlag) == 0 && view.WholePhase is { } phase && view.IsSweeping(phase);

    public bool MayFail(HeapIndex index, in Event after) => index.MayDangle();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) =>
        after.Kind == EventKind.Free
            ? Dangling.Of(view, new Address(after.A), new Address(after.A) + (long)after.B).Select(d => Violation(view, d, number))
            : Dangling.Of(view).Select(d => Violation(view, d, number));

    private Violation Violation(HeapView view, DanglingReference dangling, long number)
    {
        var dead = view.ObjectCovering(dangling.Reference.Target);
        return new Violation(
            Name, number,
            $"{(dead is null ? view.Describe(dangling.Reference.Target) : $"{dead} was freed: it")} is still named by {dangling.Text}, which the program can reach",
            dangling.Reference.Slot, dead is { Entry.IsRuntime: false } ? dead.Number : 0, "", dead?.Type.Name ?? "");
    }
}
