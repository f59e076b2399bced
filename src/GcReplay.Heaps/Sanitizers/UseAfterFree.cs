using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Neither program nor collector accesses freed memory (asked after every hazard), and no owned reference of a living
/// object or root names freed memory (must hold at ends of operations while none is under way on any thread).</summary>
/// <remarks>Exceptions: accesses of the allocator, which owns freed memory; references of objects being deallocated, which is why
/// nested ends of operations are not asked; references of garbage still to be swept to garbage swept before: without reference counts, in
/// a sweeping phase, a holder that nothing keeps.</remarks>
public sealed class UseAfterFree : ISanitizer
{
    public string Name => "use-after-free";

    public string Claim => "Nobody accesses freed memory, and no owned reference names it.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.Hazard, EventKind.OperationEnd];

    public bool HoldsAfter(in Event e, HeapView view) =>
        e.Kind == EventKind.Hazard || view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => after.Kind == EventKind.Hazard || index.MayDangle();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) =>
        after.Kind == EventKind.Hazard ? [Access(view, after, number)] : References(view, number);

    private Violation Access(HeapView view, in Event hazard, long number)
    {
        var address = new Address(hazard.A);
        var occupant = view.ObjectCovering(address);
        return new Violation(
            Name, number, $"{(hazard.C == 0 ? "read from" : "write to")} {view.Describe(address)}", address,
            occupant is { IsRuntime: false } o ? o.Number : 0, view.ListAt(address)?.Name ?? "", occupant?.Type.Name ?? "");
    }

    private IEnumerable<Violation> References(HeapView view, long number) =>
        Dangling.Of(view).Select(dangling => new Violation(
            Name, number, $"{dangling.Text} holds a reference to {view.Describe(dangling.Reference.Target)}", dangling.Reference.Slot,
            dangling.Holder?.Number ?? 0, "", dangling.Holder?.Type.Name ?? ""));
}
