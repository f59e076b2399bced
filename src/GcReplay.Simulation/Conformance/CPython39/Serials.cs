using GcReplay.Simulation.Collectors.CPython39;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Simulation.Conformance.CPython39;

/// <summary>Serials of objects: from 0, in the order of allocation, whoever allocates. The temporary tuple has none.</summary>
internal sealed class Serials(HeapView view)
{
    /// <summary>Stands for the temporary tuple.</summary>
    public const int Temporary = -1;

    /// <summary>Stands for what is no object.</summary>
    public const int Unknown = -2;

    private readonly Dictionary<ulong, int> byAddress = [];
    private readonly Dictionary<ulong, int> byNumber = [];
    private int born;

    /// <summary>Takes the next serial for what an Allocate event allocates.</summary>
    /// <returns>The serial; null for what is no object of the program.</returns>
    public int? Born(in Event e)
    {
        if (e.C == 0 || (e.C & Shadow.RuntimeFlag) != 0 || view.Object(e.C) is not { } newborn)
            return null;
        var isTemporary = newborn.Name == CPython39Collector.TemporaryTuple;
        var serial = isTemporary ? Temporary : born++;
        byAddress[newborn.Address.Value] = serial;
        byNumber[newborn.Number] = serial;
        return isTemporary ? null : serial;
    }

    /// <summary>Serial of the last object that was allocated at an address.</summary>
    public int At(Address address) => At(address.Value);

    /// <inheritdoc cref="At(Address)"/>
    public int At(ulong address) => byAddress.GetValueOrDefault(address, Unknown);

    /// <summary>Serial of an object by its birth number.</summary>
    public int Of(ulong number) => byNumber.GetValueOrDefault(number, Unknown);
}
