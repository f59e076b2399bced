using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;

namespace GcReplay.Heaps.Sanitizers;

/// <summary>Each key of the map of shadows is a living object that says so, its value is a living place that is nobody else's, and each
/// object that says so is a key. Must hold at ends of operations while none is under way on any thread, for layouts with such a map.
/// Source: rpython/memory/gc/incminimark.py, nursery_objects_shadows.</summary>
/// <remarks>Exceptions: none. A shadow whose object died young is in no map: it is garbage until a sweep finds it.</remarks>
public sealed class ShadowWithoutObject : ISanitizer
{
    public string Name => "shadow-without-object";

    public string Claim => "Every shadow that is on the map has its object, and every object with a shadow is there.";

    public IReadOnlyList<EventKind> Kinds { get; } = [EventKind.OperationEnd];

    public bool IsPromised(HeapView view) => view.Tracing is { Shadows.Length: > 0, HasShadow: not null };

    public bool HoldsAfter(in Event e, HeapView view) => view.IsIdle();

    public bool MayFail(HeapIndex index, in Event after) => index.MayShadowsBeWrong();

    public IEnumerable<Violation> Check(HeapView view, in Event after, long number) => Find(view, number);

    private IEnumerable<Violation> Find(HeapView view, long number)
    {
        var has = view.Tracing.HasShadow!;
        var keys = new HashSet<ulong>();
        var places = new Dictionary<ulong, ulong>();
        foreach (var (key, value) in Entries(view))
        {
            keys.Add(key.Value);
            var o = view.ObjectAt(key);
            if (o is not { IsLive: true } || !view.Holds(has, o.Entry))
                yield return Violation(
                    number, key, o, $"{view.Tracing.Shadows} has a shadow at {value} for {view.Describe(key)}, which {(o is { IsLive: true } ? $"has not {Flags(has)} set" : "is no living object")}");
            else if (view.Shadow.CellAt(value) is not { State: CellState.Live } cell || cell.Start != value)
                yield return Violation(number, value, o, $"the shadow of {o} is {view.Describe(value)}: it will move into memory that is not kept for it");
            else if (!places.TryAdd(value.Value, key.Value))
                yield return Violation(number, value, o, $"{o} and {view.Describe(new Address(places[value.Value]))} have the same shadow {value}");
        }

        foreach (var entry in view.Census().Objects)
        {
            if (view.Holds(has, entry) && !keys.Contains(entry.Address.Value))
                yield return Violation(
                    number, entry.Address, view.ObjectAt(entry.Address), $"{view.TextOf(entry)} has {Flags(has)} set, and {view.Tracing.Shadows} has no shadow for it");
        }
    }

    /// <summary>Objects and the places kept for them, by ascending address of the object.</summary>
    internal static IEnumerable<(Address Key, Address Value)> Entries(HeapView view)
    {
        foreach (var instance in view.Instances().Where(i => !i.HasEnded))
        {
            foreach (var map in instance.Layout.Containers.OfType<Map>().Where(map => map.Name == view.Tracing.Shadows))
            {
                var items = ContainerView.Of(view, instance.Layout, instance.Address, map).Items().ToArray();
                foreach (var pair in items.Chunk(2).OrderBy(pair => pair[0].Value))
                    yield return (new Address(pair[0].Value), new Address(pair[1].Value));
            }
        }
    }

    private static string Flags(Condition has) => string.Join(", ", has.FlagsSet);

    private Violation Violation(long number, Address about, ObjectView? o, string message) =>
        new(Name, number, message, about, o?.Number ?? 0, "", o?.Type.Name ?? "");
}
