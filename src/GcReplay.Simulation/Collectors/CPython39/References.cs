using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Consecutive words that hold an object's references, in the order in which its type visits and releases them.</summary>
/// <param name="Step">Bytes from one to the next: 8, or -8 for tuples, which go from their last item to their first.</param>
internal readonly record struct References(Address First, int Count, int Step)
{
    public Address At(int index) => First + (long)index * Step;
}

/// <summary>Where objects of each kind hold their references.</summary>
internal sealed class ReferenceWords(CPython39Collector collector, Process process)
{
    /// <summary>All references that an object holds.</summary>
    public References Owned(Address reference, Kind kind)
    {
        switch (kind)
        {
            case Kind.None or Kind.Weakref:
                return default;
            case Kind.Tuple:
                var items = collector.SizeOf(reference);
                return new References(reference + TupleWords.Items + (items - 1) * 8L, items, -8);
            case Kind.Dict:
                return new References(
                    new Address(process.Journal.Read(reference + DictWords.Values)), collector.Length(reference + DictWords.Entries), 8);
            default:
                return new References(reference + kind.SlotsAt(), collector.SizeOf(reference), 8);
        }
    }

    /// <summary>The references that tp_traverse visits.</summary>
    public References Traversed(Address reference, Kind kind) => kind == Kind.Opaque ? default : Owned(reference, kind);
}
